"""Files that are attached to ideas: shown where their idea is, served through the scope, never from a web root."""
