"""Telling people: who hears of what by mail, and the mail itself."""
