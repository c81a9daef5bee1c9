"""Posts: what somebody puts into the stream of a space, in no campaign: discussions, and what leaders write.

A post is an idea whose `kind` is none (decision 0017): it has votes, a thread, versions and files as an idea has, no
phases, and no end.
"""
