"""What administrators do: the organisation's pages, and mail that could not be delivered."""
