"""Policies: the organisation's rules, each with an *owner* and every *version* of its text; none changes in silence."""
