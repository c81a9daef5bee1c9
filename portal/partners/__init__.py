"""Partners: the organisations that guests come from, each with the domains that its mail addresses have."""
