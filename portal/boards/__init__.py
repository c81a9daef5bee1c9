"""A campaign's ideas, as a list and as a board: their order, what is left out of them, and how one pages on."""
