"""Following a campaign, an idea, a post or a policy: one hears of it. Nobody is ever shown who follows what."""
