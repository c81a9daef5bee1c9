"""What runs a Plein of one's own: the embedded PostgreSQL, and the parent of all processes."""
