"""When a chapter opens, in words."""

from __future__ import annotations

from portal.text.language import gettext, ngettext


def opening(days: int) -> str:
    """So many days after one's first day, or before it."""
    if days == 0:
        return gettext("On the first day")
    if days < 0:
        return ngettext("%(num)s day before the first day", "%(num)s days before the first day", -days) % {"num": -days}
    return ngettext("%(num)s day after the first day", "%(num)s days after the first day", days) % {"num": days}
