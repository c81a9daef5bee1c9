"""What administrators do: people and their roles, leaving and coming back, and mail that could not be delivered."""
