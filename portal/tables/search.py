"""What can be found, and the words by which it is."""

from piccolo.columns import BigInt, Text, Timestamptz

from portal.db import DB
from portal.tables.base import Table, reference


class SearchDocument(Table, db=DB):
    """One thing that can be found: exactly one of idea, comment, answer, campaign and person. Triggers keep it: what is
    not published is not in here. (Its `vector` is of a type that Piccolo does not know.)"""

    kind = Text()
    space = reference(null=True)
    idea = reference(null=True)
    comment = reference(null=True)
    answer = reference(null=True)
    campaign = reference(null=True)
    person = reference(null=True)
    language = Text()
    written_at = Timestamptz()


class SearchWord(Table, db=DB):
    """A word that was used in a space; near misses are looked for among them."""

    space = reference()
    word = Text()


class SearchFresh(Table, db=DB):
    """A document whose words are still to be taken in."""

    id = None  # type: ignore[assignment]
    document = BigInt(primary_key=True)
