"""Campaigns: a question put to a space, with a sponsor who answers.

*Phase*: planned, collect, discuss, vote, decide, done."""
