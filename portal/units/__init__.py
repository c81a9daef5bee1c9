"""The organisation's tree of units. The database refuses circles; administrators add, rename, move, merge, remove."""
