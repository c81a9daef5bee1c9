"""Services: what the organisation does, and which ideas would improve it."""
