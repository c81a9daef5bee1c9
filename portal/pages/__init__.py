"""Pages that put several features together: home, campaign, idea, space, answers."""
