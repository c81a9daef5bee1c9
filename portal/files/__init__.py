"""Files that people send: what is taken, how it is looked at, and where it lies. Their bytes stand on disk under
DATA_DIR/files, by random names; a row of the database says whose they are and who may read them."""

#: Bytes.
MB = 1024 * 1024
