"""Colleagues: naming one in a form, by name or address, with suggestions out of those who read the space;
and how those are called whom a text mentions."""
