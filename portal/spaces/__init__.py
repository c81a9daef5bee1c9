"""Spaces of every kind: starting and keeping them, their charters, joining them.

A *group* is open (every employee reads it) or closed; a *project* ends; a *guest space* and a *section* of an internal
space are for people from outside, too; a *sister organisation* is a ring of its own."""
