"""Cases as people see them: the page that everybody reads who reads the item, and the desk of who decides."""
