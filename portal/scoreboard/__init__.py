"""The scoreboard: whether what was owed an answer got one in time, told by the events of the cases alone."""
