"""Following a campaign, an idea or a post: one hears of it. Nobody is ever shown who follows what."""
