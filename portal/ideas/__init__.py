"""Ideas: a proposal in a campaign, and the official *answer* to it."""
