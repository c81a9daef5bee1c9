"""The schema's one linear history. A migration that has landed is never edited."""
