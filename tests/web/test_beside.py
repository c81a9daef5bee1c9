"""Two who change the same: the later one sees what was saved beside what she typed, and loses nothing."""

import asyncio
from contextvars import Context
from typing import Any

import msgspec
import pytest

from portal.db import execute, fetch_value, transaction
from tests.client import Browser, text_of
from tests.pages.forms import form_of
from tests.pages.locks import until_waiting


class Thing(msgspec.Struct, frozen=True):
    """Something that several people keep: who does, where its form stands and leads, two of its fields, what is stored
    of the two, and how somebody else changes the first."""

    who: str
    page: str
    sent_to: str
    fields: tuple[str, str]
    stored: str
    change: str


def thing(who, page, fields, stored, change, sent_to=""):
    """One whose form leads to where it stands, unless it is said."""
    return Thing(who, page, sent_to or page, fields, stored, change)


THINGS = {
    "service": thing(
        "administrator",
        "/services/{service[roads]}/edit",
        ("name", "description"),
        "SELECT name, description FROM service WHERE public_id = '{service[roads]}'",
        "UPDATE service SET name = 'Theirs' WHERE public_id = '{service[roads]}'",
    ),
    "partner": thing(
        "administrator",
        "/partners/partnerwater",
        ("name", "domains"),
        "SELECT p.name, string_agg(d.domain, ' ') FROM partner p JOIN partner_domain d ON d.partner = p.id"
        " WHERE p.public_id = 'partnerwater' GROUP BY p.id",
        "UPDATE partner SET name = 'Theirs' WHERE public_id = 'partnerwater'",
    ),
    "topic": thing(
        "administrator",
        "/admin/topics/{topic[leave]}",
        ("name", "explanation"),
        "SELECT name, explanation FROM topic WHERE public_id = '{topic[leave]}'",
        "UPDATE topic SET name = 'Theirs' WHERE public_id = '{topic[leave]}'",
    ),
    "rule": thing(
        "administrator",
        "/admin/topics/rule?topic={topic[leave]}",
        ("owner", "deputy"),
        "SELECT o.name, d.name FROM topic_rule r JOIN identity o ON o.person = r.owner"
        " JOIN identity d ON d.person = r.deputy WHERE r.topic = {topic_id[leave]} AND r.unit IS NULL",
        "WITH named AS (UPDATE identity SET name = 'Theirs' WHERE person = {person_id[employee]})"
        " UPDATE topic_rule SET owner = {person_id[employee]} WHERE topic = {topic_id[leave]} AND unit IS NULL",
        sent_to="/admin/topics/rule",
    ),
    "unit": thing(
        "administrator",
        "/admin/units/{unit[roads]}",
        ("name", "code"),
        "SELECT name, code FROM org_unit WHERE public_id = '{unit[roads]}'",
        "UPDATE org_unit SET name = 'Theirs' WHERE public_id = '{unit[roads]}'",
    ),
    "person": thing(
        "administrator",
        "/admin/people/{person[colleague]}",
        ("name", "title"),
        "SELECT n.name, n.title FROM identity n JOIN person p ON p.id = n.person"
        " WHERE p.public_id = '{person[colleague]}'",
        "UPDATE identity SET name = 'Theirs' FROM person p WHERE p.id = person AND p.public_id = '{person[colleague]}'",
    ),
    "chapter": thing(
        "insider_b",
        "/chapters/{chapter[early]}/edit",
        ("title", "body"),
        "SELECT title, body FROM chapter WHERE public_id = '{chapter[early]}'",
        "UPDATE chapter SET title = 'Theirs' WHERE public_id = '{chapter[early]}'",
    ),
    "starting text": thing(
        "administrator",
        "/admin/answer-texts/{start[thanks]}",
        ("name", "reason"),
        "SELECT name, reason FROM answer_start WHERE public_id = '{start[thanks]}'",
        "UPDATE answer_start SET name = 'Theirs' WHERE public_id = '{start[thanks]}'",
    ),
    "space": thing(
        "insider_a",
        "/spaces/{space[closed_a]}/edit",
        ("name", "purpose"),
        "SELECT name, purpose FROM space WHERE public_id = '{space[closed_a]}'",
        "UPDATE space SET name = 'Theirs' WHERE public_id = '{space[closed_a]}'",
    ),
    "charter": thing(
        "insider_a",
        "/spaces/{space[closed_a]}/charter/new",
        ("charter", "charter"),
        "SELECT text, text FROM charter WHERE space = {space_id[closed_a]} ORDER BY version DESC LIMIT 1",
        "INSERT INTO charter (space, version, preset, text, text_html, author) SELECT space, max(version) + 1, 'own',"
        " 'Theirs', '<p>Theirs</p>', max(author) FROM charter WHERE space = {space_id[closed_a]} GROUP BY space",
        sent_to="/spaces/{space[closed_a]}/charter",
    ),
}
MINE = {"domains": "mine.example", "code": "MINE", "deputy": "Wim Schotanus"}


def placed(name, world):
    """One of them, with the addresses of this world."""
    names = msgspec.structs.asdict(THINGS[name])
    said: dict[str, Any] = {
        key: text.format(**vars(world)) if isinstance(text, str) else text for key, text in names.items()
    }
    return Thing(**said)


async def stored(it):
    """What stands of its two fields."""
    return tuple((await execute(it.stored))[0].values())


@pytest.mark.parametrize("name", THINGS)
async def test_who_saves_later_sees_both_and_saves_again(as_, world, name):
    it = placed(name, world)
    browser, (_, last) = await as_(it.who), it.fields
    mine = MINE.get(last, "Mine")
    form = form_of(await browser.get(it.page), it.sent_to) | {last: mine}
    await execute(it.change)
    theirs = await stored(it)
    refused = await browser.post(it.sent_to, form)
    assert refused.status_code == 422
    assert "nothing of yours is lost" in text_of(refused)
    assert "removed: </span>Theirs" in refused.text
    assert f"added: </span>{mine}" in refused.text
    assert await stored(it) == theirs
    again = form_of(refused, it.sent_to)
    assert again[last] == mine, "what she typed is still there"
    assert (await browser.post(it.sent_to, again)).status_code == 303
    assert (await stored(it))[1] == mine


@pytest.mark.parametrize("name", THINGS)
async def test_the_same_form_twice_is_saved_and_nothing_is_wrong(as_, world, name):
    it = placed(name, world)
    browser, (_, last) = await as_(it.who), it.fields
    form = form_of(await browser.get(it.page), it.sent_to) | {last: MINE.get(last, "Mine")}
    assert (await browser.post(it.sent_to, form)).status_code == 303
    events = await fetch_value("SELECT count(*) FROM event")
    assert (await browser.post(it.sent_to, form)).status_code == 303
    assert await fetch_value("SELECT count(*) FROM event") == events, "it was saved once"


@pytest.mark.parametrize("name", THINGS)
async def test_who_saves_before_the_other_has_committed_waits_and_sees_both(fresh_db, app, world, name):
    it = placed(name, world)
    browser, (_, last) = Browser(app, world.person_id[it.who]), it.fields
    await browser.start_session()
    form = form_of(await browser.get(it.page), it.sent_to) | {last: MINE.get(last, "Mine")}
    async with transaction() as connection:
        if name == "charter":  # as whoever writes one does
            await execute("SELECT id FROM space WHERE id = {} FOR NO KEY UPDATE", world.space_id["closed_a"])
        await execute(it.change)
        sent = asyncio.create_task(browser.post(it.sent_to, form), context=Context())
        await until_waiting(connection, sent)
    assert (await sent).status_code == 422
    await browser.http.aclose()
    assert "Theirs" in await stored(it)
