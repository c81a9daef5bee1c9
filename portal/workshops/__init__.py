"""Workshops: ideas that somebody writes down for others, who *claim* them later."""
