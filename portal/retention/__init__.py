"""Retention: for how long after a case its things are kept. Only the list destroys, and that is written down."""
