"""How states of topics, and the places from which somebody comes to answer, are called."""

from __future__ import annotations

from portal.text.language import gettext, lazy, ngettext
from portal.topics.queries import Gap

STATES: dict[str, str] = {
    "draft": lazy("Draft"),
    "published": lazy("Published"),
    "retired": lazy("Retired"),
}
#: Why somebody would get it, by the place from which plein_candidates has her.
PARTS: dict[str, str] = {
    "owner": lazy("The rule names this person"),
    "deputy": lazy("Deputy in that rule"),
    "chain": lazy("Head above the person whom the rule names"),
    "neutral": lazy("The neutral of this topic"),
    "default": lazy("The default"),
    "decision_maker": lazy("Decision maker of the organisation"),
    "administrator": lazy("Administrator"),
}
#: What is missing, and where that is mended; `%(topic)s` is the name of a topic.
GAPS: dict[str, str] = {
    "no default": lazy("Nobody is the default: what fits no rule reaches nobody."),
    "no moderator": lazy("The organisation has no moderator: what is reported reaches nobody."),
    "one moderator": lazy("The organisation has one moderator: an appeal needs another to decide it."),
    "owner left": lazy("Whoever answers for “%(topic)s” has left. The deputy, or whoever comes next, has it."),
    "deputy left": lazy("The deputy for “%(topic)s” has left."),
    "neutral left": lazy("The neutral of “%(topic)s” has left."),
    "head left": lazy("The head of the unit “%(topic)s” has left: name another."),
    "no topics": lazy("No topic is published: everything goes to the default."),
    "no country": lazy("The calendar knows no holidays: say in which country you work."),
    "no heads": lazy("No unit has a head: nobody stands above an owner who is late."),
    "no head": lazy("These units have no head: %(topic)s."),
    "no deputy": lazy("“%(topic)s” has no deputy for when its owner is away."),
    "no neutral": lazy("“%(topic)s” has no neutral for when everybody else is in conflict."),
}


def missing(gap: Gap) -> str:
    """What is missing, in a sentence."""
    if gap.others:
        return ngettext(
            "These units have no head: %(units)s, and %(n)s more.",
            "These units have no head: %(units)s, and %(n)s more.",
            gap.others,
        ) % {"units": gap.name, "n": gap.others}
    return str(GAPS[gap.kind]) % {"topic": gap.name or gettext("what has no topic")}


def place_of(gap: Gap) -> str:
    """The address at which that is mended."""
    places = {
        "no moderator": "/admin/roles",
        "one moderator": "/admin/roles",
        "no country": "/admin/calendar",
        "no heads": "/admin/units",
        "no head": "/admin/units",
        "head left": f"/admin/units/{gap.public_id}",
        "no topics": "/admin/topics/new",
    }
    topic = f"/admin/topics/{gap.public_id}" if gap.public_id else "/admin/topics"
    return places.get(gap.kind, topic)
