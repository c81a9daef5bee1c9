"""Lists of people and of units, handed in as a file: read in whatever dialect, tried out, then done in batches.

A *trial run* reads the whole file, names every line that can't be used and says what would change; it changes nothing.
"""
