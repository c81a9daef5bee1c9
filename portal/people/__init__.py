"""What people tell of themselves, each field for those whom they chose; and finding one another by it."""
