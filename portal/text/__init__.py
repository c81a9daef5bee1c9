"""Words: the interface's languages, dates as people write them, Markdown."""
