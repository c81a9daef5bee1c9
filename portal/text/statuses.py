"""Where an idea stands between its proposal and what comes of it, and what each is called."""

from __future__ import annotations

from typing import NamedTuple

from portal.text.language import lazy


class Status(NamedTuple):
    """One status, with the tone and icon of its badge, and what is said of it in mail."""

    words: str
    mail: str
    tone: str
    icon: str


#: By what the database keeps, in the order of the form.
STATUSES = {
    "under review": Status(lazy("Under review"), lazy("It is under review now."), "talk", "eye"),
    "shortlisted": Status(lazy("Shortlisted"), lazy("It is on the shortlist now."), "talk", "list-bullets"),
    "being worked out": Status(lazy("Being worked out"), lazy("It is being worked out now."), "brand", "note-pencil"),
    "carried out": Status(lazy("Carried out"), lazy("It is carried out."), "good", "check-circle-fill"),
    "stopped": Status(lazy("Stopped"), lazy("It is stopped."), "", "x-circle"),
}
#: Beside these in the story of an idea: its author took it back, put it up again; it was a post before.
WITHDRAWN = Status(lazy("Withdrawn"), lazy("Its author withdrew it."), "", "arrow-bend-up-left")
PUT_BACK = Status(lazy("Put back"), lazy("Its author put it back."), "brand", "lightbulb")
ADOPTED = Status(lazy("Adopted"), lazy("A supporter goes on with it."), "brand", "handshake")
BECAME_IDEA = Status(
    lazy("Became an idea"), lazy("A moderator made an idea of a campaign of this post."), "brand", "lightbulb"
)
STEPS = STATUSES | {"became an idea": BECAME_IDEA, "withdrawn": WITHDRAWN, "put back": PUT_BACK, "adopted": ADOPTED}
