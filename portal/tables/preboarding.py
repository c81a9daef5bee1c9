"""People who start soon: what is opened to them by their first day, and who looks after them."""

from piccolo.columns import Integer, Text, Timestamptz

from portal.db import DB
from portal.tables.base import PublicTable, Table, reference


class Chapter(PublicTable, db=DB):
    """A text for people who start: it opens to each of them `opens` days after her first day, or before it."""

    space = reference()
    title = Text()
    body = Text()
    body_html = Text()
    opens = Integer()
    author = reference()
    created_at = Timestamptz()
    updated_at = Timestamptz()


class Mentor(Table, db=DB):
    """An employee who offers herself to people who start in a space, to at `most` so many at once."""

    space = reference()
    person = reference()
    most = Integer()
    words = Text()
    created_at = Timestamptz()


class Mentorship(Table, db=DB):
    """Somebody who starts, and her mentor in a space."""

    space = reference()
    person = reference()
    mentor = reference()
    created_at = Timestamptz()
