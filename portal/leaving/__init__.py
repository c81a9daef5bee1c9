"""Leaving and changing sides: somebody is deactivated, becomes a guest or an employee, is removed from a space, by the
clock too; and is erased in the end."""
