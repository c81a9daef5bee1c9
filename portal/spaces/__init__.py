"""Spaces: the organisation's own, and groups that members start.

A *group* is open (every employee reads it) or closed."""
