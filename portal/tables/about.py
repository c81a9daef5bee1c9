"""The organisation's own pages."""

from piccolo.columns import Text, Timestamptz

from portal.db import DB
from portal.tables.base import Table, reference


class AboutPage(Table, db=DB):
    """House rules, privacy, accessibility and help, in each language; a row for each edit, the newest counts."""

    slug = Text()
    language = Text()
    title = Text()
    body = Text()
    body_html = Text()
    author = reference(null=True)
    created_at = Timestamptz()


class RulesAcceptance(Table, db=DB):
    """A guest accepted these house rules, after those that she came in with."""

    person = reference()
    page = reference()
    accepted_at = Timestamptz()
