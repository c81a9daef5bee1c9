"""Following a campaign or an idea: one hears of it by mail. Nobody is ever shown who follows what."""
