"""What stands above a thread: its digest, its days, and how far one has read it."""
