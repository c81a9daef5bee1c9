"""Records: a space that has ended as one dated file, with everything that its readers may see, for who keeps it."""
