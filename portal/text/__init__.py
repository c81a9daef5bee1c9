"""Words: the interface's languages, dates and counts as people write them, Markdown."""
