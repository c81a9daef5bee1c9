"""Reporting: whoever reads something may bring it before the moderators of its space, and stays unknown."""
