"""Votes: one support per person and idea, or, where a campaign says so, a budget of votes to lay on its ideas. Nobody
is ever shown who voted for what, but the voter herself."""
