"""The first run: an organisation and its first administrator, in a browser; and the end of the demo."""
