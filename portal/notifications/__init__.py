"""Telling people: who hears of what, under the bell and by mail, and the mail itself."""
