"""Moving an idea to another campaign, or a campaign to another space: other people read it from then on."""
