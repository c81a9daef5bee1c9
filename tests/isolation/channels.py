"""What no page shows: mail, the file with one's own data, and what forms reach."""

from __future__ import annotations

from contextlib import suppress

import msgspec

from portal.access.actor import actor_of_person
from portal.access.scope import VISIBILITY
from portal.mydata.queries import everything
from portal.notifications.mails import KINDS, write
from portal.text.language import Reader, reading
from tests.access.crawl import ADMINISTRATORS_ONLY, Crawl, fillings, judge_text, routes
from tests.access.forms import send
from tests.access.stage import NOBODY, Stage

EVENTS_OF_EACH_KIND = 4  # and of each space
#: The newest events of each kind; what hangs on an event is written for whoever it is sent to.
EVENTS = """
    SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY kind, space ORDER BY id DESC) AS n FROM event) e
    WHERE n <= $1 ORDER BY id
"""


async def ask_mail(stage: Stage, result: Crawl) -> None:
    """Each kind of mail about each event, as it would be written to this reader."""
    person = stage.browsers[result.reader].person
    events = [row["id"] for row in await stage.connection.fetch(EVENTS, EVENTS_OF_EACH_KIND)]
    for kind in KINDS if person is not None else ():
        for event in events if kind != "password_reset" else [None]:
            result.asked["mail"] += 1
            message = None
            with suppress(KeyError):  # there is no mail of this kind about such an event
                message = await write(kind, person, event)
            if message is not None:
                judge_text(stage, result, f"{message}{message.get_content()}", f"the mail {kind}", "mail")


async def ask_export(stage: Stage, result: Crawl) -> None:
    """All that is stored about this reader, as it would be put into her file; what she wrote herself is hers."""
    person = stage.browsers[result.reader].person
    actor = await actor_of_person(person) if person is not None else None
    result.asked["export"] += 1
    if actor is not None:
        with reading(Reader(actor.language, actor.zone)):
            data = await everything(actor)
        told = msgspec.json.encode(data).decode()
        judge_text(stage, result, told, "the file with her own data", "export", await _own_rows(stage, actor.id))


async def _own_rows(stage: Stage, person: int) -> frozenset[tuple[str, int]]:
    """Every row that names this person as who wrote it or whom it is about."""
    found = set()
    for table in VISIBILITY:
        name, key = table._meta.tablename, table._meta.primary_key._meta.name
        columns = {column._meta.name for column in table._meta.columns} & {"author", "person", "reporter"}
        for column in columns:
            rows = await stage.connection.fetch(f"SELECT {key} FROM {name} WHERE {column} = $1", person)
            found |= {(name, row[0]) for row in rows}
    return frozenset(found)


async def ask_forms(stage: Stage, result: Crawl, only: tuple[str, ...]) -> None:
    """Every form, sent to everything that is out of sight. What it would have changed, the caller sees."""
    for route in routes(stage.app, "POST"):
        for path, may_know in fillings(route, stage, result.reader, deep=True):
            if may_know or "{public_id}" not in route.path_format or not path.startswith(only):
                continue
            result.asked["form"] += 1
            status = await send(stage, result.reader, path, result.asked["form"])
            right = 401 if result.reader in NOBODY else 403 if path.startswith(ADMINISTRATORS_ONLY) else 404
            if status != right:
                result.wrong.append(f"{result.reader} sends to {path}: {status}, not {right}")
