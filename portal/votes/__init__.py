"""Votes: one support per person and idea. Nobody is ever shown who supports what, but the voter herself."""
