"""What every page shares: request, page, forms, guards, errors, texts, dates, Markdown, assets."""
