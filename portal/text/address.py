"""E-mail addresses."""

from __future__ import annotations

import re
from email.errors import MessageError
from email.headerregistry import Address
from typing import Any

from email_validator import EmailNotValidError, validate_email

from portal.text.language import gettext


def is_address(text: str) -> bool:
    """Whether mail could be sent there: one address, with a domain that has an ending."""
    if not text.isprintable() or any(c in text for c in ' ,;<>()"') or len(text) > 254:
        return False
    try:
        return "." in Address(addr_spec=text).domain.strip(".")
    except (ValueError, MessageError, IndexError):
        return False


def has_other_letters(text: str) -> bool:
    """Whether it is whole, and no address for its letters alone: before the @ stand plain ones, not every one."""
    name, _, domain = text.rpartition("@")
    plain = "".join("x" if letter.isalpha() else letter for letter in name)
    return not name.isascii() and is_address(f"{plain}@{domain}")


def what_is_wrong_with(text: str) -> str:
    """In the reader's language, where it is no address."""
    if has_other_letters(text):
        return gettext("Before the @ stand plain letters only, as in zoe@example.org: no letter such as ë.")
    return gettext("This is no complete e-mail address, such as name@example.org.")


#: Mailboxes that several people read. A guest is one person.
SHARED = {
    *("admin", "administratie", "administration", "algemeen", "balie", "beheer", "bestuur", "bureau", "contact"),
    *("customerservice", "directie", "facturen", "finance", "frontdesk", "general", "hallo", "hello", "help"),
    *("helpdesk", "hr", "info", "informatie", "information", "inkoop", "invoices", "kantoor", "klantenservice", "mail"),
    *("marketing", "meldkamer", "noreply", "office", "planning", "post", "postbus", "postmaster", "press", "receptie"),
    *("reception", "redactie", "sales", "secretariaat", "secretary", "service", "servicedesk", "shared", "staff"),
    *("support", "team", "verkoop", "webmaster", "welkom"),
}
#: So begin the names of such mailboxes, whatever follows: "info-north".
SHARED_BEGINNINGS = {"info", "noreply", "helpdesk", "secretariaat", "team"}


#: No letters but ASCII before the @, no quoted names; nobody is asked whether the domain is there.
PLAIN: dict[str, Any] = {"check_deliverability": False, "allow_smtputf8": False, "allow_quoted_local": False}


def mailbox(text: str) -> str | None:
    """The address as it is kept and compared, its domain in ASCII and small letters; None for what is no single, plain
    address. A domain in other letters is what IDNA makes of it, so that a look-alike is another domain; one that IDNA
    would change into plain letters (full-width ones) is none."""
    try:
        found = validate_email(text, **PLAIN)
    except EmailNotValidError:
        return None
    typed = text.rpartition("@")[2].lower()
    return f"{found.local_part}@{found.ascii_domain}" if typed in (found.ascii_domain, found.domain) else None


def mail_domain(text: str) -> str | None:
    """A domain as it stands behind the @ of an address; None for what is none."""
    found = mailbox(f"somebody@{text}")
    return found.partition("@")[2] if found else None


def is_shared(address: str) -> bool:
    """Whether several people read this mailbox, as far as its name tells."""
    words = re.findall("[a-z]+", address.partition("@")[0].partition("+")[0].lower())
    return "".join(words) in SHARED or bool(words and words[0] in SHARED_BEGINNINGS)
