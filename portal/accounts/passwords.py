"""Passwords: argon2id in a thread, two at a time, so that signing in stalls nobody else's page."""

from __future__ import annotations

import asyncio
import unicodedata

from passlib.hash import argon2
from zxcvbn import zxcvbn

from portal.text.language import gettext

SHORTEST = 15
LONGEST = 4096
JUDGED = 40  # characters that the estimate looks at; what is good up to there is good
FEWEST_GUESSES = 10**8  # in the estimate of zxcvbn, which knows the common passwords and how people bend them
argon2.set_backend("argon2_cffi")  # at once: loaded by the first sign-in, it would fail a second one at the same moment
_hasher = argon2.using(type="ID", memory_cost=19_456, time_cost=2, parallelism=1)
_unknown = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$C/KzM8w0gd1OSMuQDLhrvJDC8xxzOo1JlPgzNEGBZ4U"
_two_at_a_time = asyncio.Semaphore(2)

# Guessed first in this house, beside what zxcvbn knows. Compared without spaces, digits and case.
COMMON = (
    "password", "passphrase", "wachtwoord", "welkom", "welcome", "geheim", "qwertyuiop", "asdfghjkl", "azertyuiop",
    "abcdefghijklmnop", "iloveyou", "letmein", "administrator", "changeme", "correcthorsebatterystaple",
    "zomer", "winter", "lente", "herfst", "summer", "spring", "autumn", "plein",
)  # fmt: skip


def problem_with(password: str, *own_words: str) -> str:
    """Why a new password is refused, or nothing. Length counts, composition does not; nothing easily guessed, nor
    put together out of one's own words: names, and both parts of an address."""
    try:
        password.encode()
    except UnicodeEncodeError:
        return gettext("This holds a character that can't be stored.")
    if len(password) > LONGEST:
        return gettext("This is longer than 4,096 characters.")
    if len(password) < SHORTEST:
        return gettext("Use at least 15 characters. A few words in a row are fine.")
    bare = "".join(c for c in password.casefold() if c.isalpha())
    own = (part for word in own_words for part in word.casefold().split("@"))
    guessable = {*COMMON, *("".join(c for c in part if c.isalpha()) for part in own)}
    left = bare
    for word in sorted(filter(None, guessable), key=len, reverse=True):
        left = left.replace(word, "")
    if len(set(password)) < 6 or len(left) < 6 or zxcvbn(password[:JUDGED])["guesses"] < FEWEST_GUESSES:
        return gettext("This is guessed too easily. Use words that nobody would expect together.")
    return ""


def normal(password: str) -> str:
    """The same password however a keyboard composed its letters (NFC). Raises ValueError for what can't be one."""
    if len(password) > LONGEST:
        raise ValueError("too long")
    return unicodedata.normalize("NFC", password)


async def hashed(password: str) -> str:
    """What is stored of a password."""
    async with _two_at_a_time:
        result: str = await asyncio.to_thread(_hasher.hash, normal(password))
        return result


async def matches(password: str, stored: str | None) -> bool:
    """Whether this is the password. Takes as long where nothing is stored, so that no time tells who exists."""
    try:
        given = normal(password)
        given.encode()
    except ValueError:
        return False
    async with _two_at_a_time:
        right: bool = await asyncio.to_thread(_hasher.verify, given, stored or _unknown)
    return right and stored is not None


def outdated(stored: str) -> bool:
    """Whether it was hashed with weaker parameters than today's."""
    return bool(_hasher.needs_update(stored))
