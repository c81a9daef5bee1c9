"""E-mail addresses."""

from __future__ import annotations

from email.errors import MessageError
from email.headerregistry import Address


def is_address(text: str) -> bool:
    """Whether mail could be sent there: one address, with a domain that has an ending."""
    if not text.isprintable() or any(c in text for c in ' ,;<>()"') or len(text) > 254:
        return False
    try:
        return "." in Address(addr_spec=text).domain.strip(".")
    except (ValueError, MessageError, IndexError):
        return False
