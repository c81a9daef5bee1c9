"""Records: a space that has ended, or a case, as one dated file, with everything that its readers may see, for who
keeps it."""
