"""Erasing who somebody was: nothing says it any more, and what she wrote stays."""

import pytest

from portal.db import execute, fetch_value
from portal.leaving.erasure import StillHere, erase
from tests.client import text_of
from tests.world import email_of

EMAIL = email_of("colleague")
#: Everything that can tell who she is, beside what the world holds of her.
TRACES = (
    "INSERT INTO personnel (person, number) VALUES ({p}, 'P-4711')",
    "UPDATE profile SET phone = '4711', place = 'Desk 4711', about = 'A 4711', photo = 'ph4711' WHERE person = {p}",
    "INSERT INTO mail (kind, recipient, last_error) VALUES ('reset', {p}, '{email} refused')",
    "INSERT INTO session (token_sha256, person, epoch, user_agent, created_at, last_seen_at, idle_until, expires_at)"
    " VALUES ('4711', {p}, 0, 'Her browser 4711', now(), now(), now(), now())",
    "INSERT INTO import_line (people_import, line, number, email, name) SELECT max(id), 1, 'P-4711', '{email}', '{name}'"
    " FROM people_import",
    "INSERT INTO import_problem (people_import, line, field, problem, value)"
    " SELECT max(id), 1, 'email', 'taken', '{email}' FROM people_import",
    "INSERT INTO throttle (key, failures, last_failure_at, blocked_until)"
    " VALUES ('account:reset {email}', 1, now(), now()), ('account:{email}', 1, now(), now())",
    "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('default', 'send_reset', 0, NULL, NULL,"
    ' \'{{"email": "{email}"}}\'::jsonb, NULL)::procrastinate_job_to_defer_v1])',
    "INSERT INTO guest (person, mailbox_confirmed_at) VALUES ({p}, now())",
    "INSERT INTO colleague_wish (space, person, name, email) VALUES ({space}, {other}, '{name}', '{email}')",
    "INSERT INTO help_offer (idea, space, person, body) SELECT id, space, {p}, 'Ring me: 4711' FROM idea WHERE id = {idea}",
    "WITH i AS (INSERT INTO invitation (space, partner, email, language, may_write, may_vote, may_download, until,"
    " invited_by, expires_at) SELECT {guests}, min(id), '{email}', 'en', TRUE, TRUE, TRUE, now(), {other}, now()"
    " FROM partner RETURNING id)"
    " INSERT INTO mail (kind, invitation, last_error) SELECT 'invitation', id, '{email} refused' FROM i",
    "UPDATE person SET active = FALSE WHERE id = {p}",
)
TABLES = """
    SELECT c.oid::regclass::text AS name FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
        AND c.relkind = 'r' AND c.relname !~ '^procrastinate_events'
"""


async def traces_of(*words):
    """The tables in which one of these words still stands."""
    found = set()
    for row in await execute(TABLES):
        for word in words:
            if await fetch_value(
                f"SELECT 1 FROM {row['name']} x WHERE strpos(lower(x::text), lower({{}})) > 0 LIMIT 1", word
            ):
                found.add((row["name"], word))
    return found


@pytest.fixture
async def left(rollback, world):
    """Who left, with a trace of her everywhere; her words to look for."""
    ids = {"p": world.person_id["colleague"], "other": world.person_id["employee"]}
    ids |= {"guests": world.space_id["closed_a"]}
    ids |= {"space": world.space_id["organisation"], "idea": world.idea_id["discuss"]}
    name = await fetch_value("SELECT name FROM identity WHERE person = {}", ids["p"])
    for statement in TRACES:
        await rollback.execute(statement.format(**ids, name=name, email=EMAIL))
    return name, EMAIL, "4711", name.split()[-1]


async def test_nothing_says_who_she_was_and_her_words_stay(as_, world, left):
    browser, person = await as_("administrator"), world.person_id["colleague"]
    wrote = "SELECT (SELECT count(*) FROM comment WHERE author = {0}) + (SELECT count(*) FROM vote WHERE person = {0})"
    before = await fetch_value(wrote.format(person))
    assert {table for table, _ in await traces_of(*left)} > {
        "identity",
        "mail",
        "import_line",
        "search_document",
        "throttle",
    }
    page = f"/admin/people/{world.person['colleague']}/erasure"
    assert left[0] in text_of(await browser.get(page))
    assert (await browser.post(page, {"confirmation": "Somebody else"})).status_code == 422
    assert await fetch_value("SELECT erased_at FROM person WHERE id = {}", person) is None
    assert (await browser.post(page, {"confirmation": left[0]})).status_code == 303
    assert await traces_of(*left) == set()
    assert await fetch_value("SELECT state FROM invitation WHERE email = 'erased'") == "revoked"
    assert await fetch_value(wrote.format(person)) == before > 0
    assert "Somebody who left" in text_of(await browser.get(f"/ideas/{world.idea['vote']}"))
    event = dict((await execute("SELECT * FROM event ORDER BY id DESC LIMIT 1"))[0])
    assert (event["kind"], event["person"], event["particulars"]) == ("person.erased", person, "{}")
    assert (await browser.post(page, {"confirmation": left[0]})).status_code == 404
    activation = f"/admin/people/{world.person['colleague']}/activation"
    assert (await browser.post(activation)).status_code == 404


async def test_a_second_time_nothing_happens(world, left):
    events = "SELECT count(*) FROM event WHERE kind = 'person.erased'"
    for _ in range(2):
        await erase(None, world.person_id["colleague"])
        assert await fetch_value(events) == 1


async def test_who_can_sign_in_is_not_erased(as_, world):
    with pytest.raises(StillHere):
        await erase(None, world.person_id["employee"])
    browser, page = await as_("administrator"), f"/admin/people/{world.person['employee']}/erasure"
    assert (await browser.get(page)).headers["Location"] == page.removesuffix("/erasure")
    name = await fetch_value("SELECT name FROM identity WHERE person = {}", world.person_id["employee"])
    assert (await browser.post(page, {"confirmation": name})).status_code == 303
    assert await fetch_value("SELECT count(*) FROM identity WHERE person = {}", world.person_id["employee"]) == 1
