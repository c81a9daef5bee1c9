"""Starting texts: short texts that the organisation keeps, from which answers may begin."""
