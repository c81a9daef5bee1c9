"""Mentions: naming people in a text, among those who can read it."""
