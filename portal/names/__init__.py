"""How people who are mentioned in a text are called, for whoever reads it."""
