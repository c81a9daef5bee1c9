"""What administrators do: people and their roles, and mail that could not be delivered."""
