"""Proposals: a campaign is written step by step, and opens once its decision owner has accepted it.

The same steps edit a campaign that is open, as far as what was promised allows."""
