"""What every page shares: request, page, forms, guards, errors, drawings, assets."""
