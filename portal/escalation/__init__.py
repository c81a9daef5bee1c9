"""Escalation: what enough people support is owed an answer. It becomes a *case* with an owner, a clock and a chain.

A threshold is reached in the statement of the vote itself, by a trigger; everything after that follows from events and
from the clock. The rules are those of docs/escalation.md, quoted by their numbers.
"""
