"""The event log: one row for each thing that happened, read by many."""
