"""The charter: how many people it takes until an answer is owed, how fast, by which rules; with its history."""
