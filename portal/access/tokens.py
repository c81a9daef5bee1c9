"""Tokens of sessions and links: random, and stored as a hash only."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """256 random bits, for a cookie or a link."""
    return secrets.token_urlsafe(32)


def token_sha256(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
