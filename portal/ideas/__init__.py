"""Ideas: a proposal in a campaign, from its draft to its withdrawal, with every text that it had."""
