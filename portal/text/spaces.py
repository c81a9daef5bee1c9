"""Words about spaces: their kinds, labels and checks, and the texts that a charter begins with."""

from __future__ import annotations

from typing import NamedTuple

from portal.text.language import lazy

KIND_NAMES: dict[str, str] = {
    "organisation": lazy("Organisation"),
    "sister": lazy("Sister organisation"),
    "group": lazy("Group"),
    "project": lazy("Project"),
    "guest": lazy("Guest space"),
    "section": lazy("Section with guests"),
}
NATURES: dict[str, str] = {"work": lazy("For our work"), "social": lazy("Social")}
LABELS: dict[str, str] = {
    "internal": lazy("Internal"),
    "confidential": lazy("Confidential"),
    "secret": lazy("Secret"),
}
LABELS_AT_LENGTH: dict[str, str] = {
    "internal": lazy("Internal: mails quote what is written, and files can be downloaded."),
    "confidential": lazy("Confidential: mails say that there is something, not what; guests download no files."),
    "secret": lazy("Secret: as confidential; nobody but moderators downloads files, and no text is exported."),
}
CHECKS: dict[str, str] = {
    "first": lazy("First posts"),
    "files": lazy("First posts and all files"),
    "all": lazy("Everything"),
    "none": lazy("Nothing"),
}
LEAVERS: dict[str, str] = {"name": lazy("Their name"), "former": lazy("“Former guest”")}


class Preset(NamedTuple):
    """What a charter can begin with: its name, and its text."""

    name: str
    text: str


#: By what the database keeps.
PRESETS: dict[str, Preset] = {
    "open floor": Preset(
        lazy("Open floor"),
        lazy(
            "- Everything may be said here. You say it under your own name.\n"
            "- Nobody checks beforehand what colleagues write, except for sensitive posts: about persons, health,"
            " integrity or security.\n"
            "- The house rules hold. What is removed is counted where everybody can see it.\n"
            "- Disagree with the idea, not with the person."
        ),
    ),
    "working together": Preset(
        lazy("Working together"),
        lazy(
            "- We are here to get something done: say what you need, and by when.\n"
            "- Whoever promises something says so here, and says when it is done.\n"
            "- Questions are answered within two working days, if only with “I don’t know yet”.\n"
            "- What is decided stands here, so that nobody has to have been there."
        ),
    ),
    "with guests": Preset(
        lazy("With guests"),
        lazy(
            "- People from several organisations read and write here. Everything you write is read by all of them.\n"
            "- Write nothing here that belongs to one organisation only, and nothing about single persons.\n"
            "- What you read here you use for what we do here, and pass on to nobody else.\n"
            "- What guests write may be checked first; you are told when it is up.\n"
            "- Your access ends on the day that was agreed, or when the work is done."
        ),
    ),
    "own": Preset(lazy("Our own words"), ""),
}
