"""What can be wrong with a list, in words."""

from __future__ import annotations

from portal.files import lists
from portal.text.language import lazy

#: With a whole file.
OF_FILES: dict[str, str] = {
    "empty": lazy("The file is empty."),
    "no list": lists.OF_LISTS["no list"],
    "no heading": lazy(
        "The first line has to say what each column is. For people it needs at least “E-mail”, for units “Name”."
    ),
}
#: With a line; %(value)s is what it says.
OF_LINES: dict[str, str] = {
    **lists.OF_LINES,
    "missing": lazy("This is empty. Fill it in."),
    "address": lazy("“%(value)s” is no complete e-mail address. Complete it."),
    "letters": lazy(
        "“%(value)s” has letters before the @ that e-mail addresses here can’t have, such as ë. Write it with plain "
        "letters, as in zoe@example.org."
    ),
    "language": lazy("“%(value)s” is no language of the portal. Write nl or en."),
    "zone": lazy("“%(value)s” is no time zone. Write one such as Europe/Amsterdam."),
    "yes or no": lazy("“%(value)s” says neither yes nor no. Write yes or no."),
    "twice": lazy("The same stands on line %(value)s. Keep one of the two."),
    "no unit": lazy("There is no unit “%(value)s”. Add the unit, or write another."),
    "several units": lazy("Several units are called “%(value)s”. Write those above it too, such as North > Team 2."),
    "no head": lazy("Nobody who works here has the address “%(value)s”. Write the address of a colleague."),
    "circle": lazy("Units in a circle: %(value)s. Choose which lies on top."),
    "taken": lazy("Somebody else has the address “%(value)s”."),
    "same person": lazy("This is the same person as on line %(value)s, by number or address. Keep one of the two."),
    "no sister": lazy(
        "There is no sister organisation “%(value)s”. Add it first, or write its name as it stands there."
    ),
    "no sister of theirs": lazy("“%(value)s” belongs to a guest or to somebody of our own organisation."),
    "guest": lazy("“%(value)s” belongs to a guest or to somebody of a sister organisation."),
}
#: The columns, as the reader calls them.
COLUMNS: dict[str, str] = {
    "": lazy("the whole line"),
    "email": lazy("E-mail"),
    "number": lazy("Number or code"),
    "name": lazy("Name"),
    "title": lazy("Function"),
    "unit": lazy("Unit"),
    "parent": lazy("Lies under"),
    "head": lazy("Head"),
    "language": lazy("Language"),
    "zone": lazy("Time zone"),
    "sister": lazy("Sister organisation"),
    "active": lazy("Active"),
}
