"""What is stored about oneself, to look at and to take along."""
