"""What is decided about ideas: their *status* on the way, and the official *answer*, with every text it had."""
