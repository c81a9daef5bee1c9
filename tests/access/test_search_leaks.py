"""Searching for every canary, as everybody: hits, counts, spaces and suggestions hold what one may read, and all of it.

Every document holds the word "canary" once canaries are planted, so that looking for it finds whatever can be found.
"""

from __future__ import annotations

import re
from html import unescape

import asyncpg
import pytest
from litestar import Litestar

from portal import tables as t
from portal.access import scope, sight
from portal.db import execute, transaction
from portal.search.jobs import take_in_words
from portal.search.queries import KINDS
from tests import world as of_world
from tests.access.canary import canaries_in
from tests.access.stage import NOBODY, READERS, Stage, staged
from tests.client import text_of
from tests.world import World, add_comment

#: Who is in no space finds nothing but herself; the crawl looks at what she is told.
SIGNED_IN = [reader for reader in READERS if reader not in (*NOBODY, "former_guest")]
HIT = re.compile(r'class="title-link" href="/(\w+)/(\w+)(#answer)?"')
NEXT = re.compile(r'href="([^"#]+)#results" rel="next"')
COUNT = re.compile(r'id="kind-(\w+)"[^>]*>[^<]*<span class="quiet">([\d,.]+)')
TABLES = {"ideas": "idea", "posts": "idea", "comments": "comment", "campaigns": "campaign", "people": "person"}
#: What can be found of what one sees: nothing that is hidden or withdrawn, even if it is one's own.
FINDABLE = {
    "idea": "SELECT id FROM idea WHERE state = 'published' AND id = ANY($1)",
    "comment": "SELECT id FROM comment WHERE state = 'published' AND id = ANY($1)",
    "answer": "SELECT idea FROM answer WHERE id = ANY($1)",
    "campaign": "SELECT id FROM campaign WHERE state IN ('open', 'cancelled', 'archived') AND id = ANY($1)",
    "person": "SELECT person FROM identity WHERE person = ANY($1)",
}


async def expected(stage: Stage, reader: str) -> dict[str, set[int]]:
    """What this reader has to find, by the oracle of the crawl."""
    rows = stage.sights[reader].rows | {"person": stage.sights[reader].rows["neighbour"]}
    return {
        kind: {row[0] for row in await stage.connection.fetch(sql, list(rows[kind]))} for kind, sql in FINDABLE.items()
    }


async def found(stage: Stage, reader: str, kind: str) -> tuple[set[int], str]:
    """What she finds of a kind when she turns every page; and all that she was told."""
    hits: set[int] = set()
    told, address = "", f"/search?q=canary&kind={kind}"
    while address:
        response = await stage.browsers[reader].get(address, htmx=True)
        assert response.status_code == 200
        page = [(table, public_id) for table, public_id, _ in HIT.findall(response.text)]
        ids = {stage.addresses[TABLES[table]][public_id] for table, public_id in page}
        assert len(ids) == len(page)
        assert not ids & hits, "no page repeats another's"
        hits |= ids
        told += response.text
        following = NEXT.search(response.text)
        address = unescape(following[1]) if following else ""
    return hits, told


async def test_everybody_finds_what_she_may_read_and_nothing_else(
    rollback: asyncpg.Connection, world: World, app: Litestar
):
    async with staged(rollback, world, app) as stage:
        await take_in_words()
        for reader in SIGNED_IN:
            await _finds_what_she_may_read(stage, reader)


async def _finds_what_she_may_read(stage: Stage, reader: str) -> None:
    sight, expects = stage.sights[reader], await expected(stage, reader)
    for kind in KINDS:
        hits, told = await found(stage, reader, kind)
        assert hits == expects[kind], (reader, kind)
        assert not {canary for canary in canaries_in(told) if not sight.may_read(canary)}, (reader, kind)
        counts = {name: int(number) for name, number in COUNT.findall(told)}
        assert counts == {name: len(rows) for name, rows in expects.items() if rows}, reader
    for address in ("/search/suggestions?q=canary", "/search/similar?title=Canary%20idea%20title"):
        told = (await stage.browsers[reader].get(address)).text
        assert canaries_in(told), "something to look at"
        assert not {canary for canary in canaries_in(told) if not sight.may_read(canary)}, (reader, address)


async def test_it_would_be_noticed_if_the_rule_were_gone(
    rollback: asyncpg.Connection, world: World, app: Litestar, monkeypatch: pytest.MonkeyPatch
):
    """The control: without the rule, hidden comments' replies and everybody's name come out."""
    async with staged(rollback, world, app) as stage:
        expects = await expected(stage, "guest_a")
        monkeypatch.setitem(scope.VISIBILITY, t.SearchDocument, sight.everybody)  # type: ignore[misc]
        hits = {kind: (await found(stage, "guest_a", kind))[0] for kind in KINDS}
    assert [kind for kind in KINDS if hits[kind] - expects[kind]]


# --- words that only others may read ---

SECRET = "zweefvliegtuigloods"


async def add_idea(world: World, name: str, **facts: str) -> None:
    """One more idea, with its event, which is written in a transaction only."""
    async with transaction():
        await of_world.add_idea(world, name, **facts)  # type: ignore[arg-type]


async def _same_as_nonsense(browser: object, secret: str) -> None:
    """Searching for it says the same as searching for what never was."""
    for address in ("/search?q={}", "/search/suggestions?q={}", "/search/similar?title={}"):
        for typed, nonsense in ((secret, "qqqqqwwwwwxxxxx"), (f"Night {secret}", "Night qqqqqwwwwwxxxxx")):
            one = await browser.get(address.format(typed), htmx=True)  # type: ignore[attr-defined]
            other = await browser.get(address.format(nonsense), htmx=True)  # type: ignore[attr-defined]
            assert text_of(one).replace(secret, "") == text_of(other).replace("qqqqqwwwwwxxxxx", ""), address


@pytest.mark.parametrize("typed", [SECRET, SECRET[:9], SECRET.replace("g", "h"), "loods"])
async def test_a_word_of_a_space_that_one_does_not_read_changes_nothing(as_, world, typed):
    await add_idea(world, "secret", campaign="closed_b", title=f"A {SECRET}")
    await add_comment(world, "secret", idea="closed_b", author="insider_b", text=f"A {SECRET}")
    await take_in_words()
    for reader in ("guest_a", "employee", "administrator"):
        await _same_as_nonsense(await as_(reader), typed)
    page = await (await as_("guest_b")).get(f"/search?q={typed}")
    assert f"/ideas/{world.idea['secret']}" in page.text  # the control: who may, finds it


async def test_near_misses_do_not_tell_which_words_others_use(as_, world):
    """Were a word of a closed space known, the near miss that she may read would not be looked for."""
    await add_idea(world, "near", campaign="collect", title="The kestrels")
    await add_idea(world, "secret", campaign="closed_b", title="The kestrals")
    await take_in_words()
    for typed in ("kestrals", "kestrelz"):
        page = await (await as_("employee")).get(f"/search?q={typed}")
        assert world.idea["near"] in page.text


@pytest.mark.parametrize("state", ["draft", "hidden", "removed", "withdrawn"])
async def test_what_is_not_published_is_not_found(as_, world, state):
    await add_idea(world, "secret", campaign="collect", title=f"A {SECRET}")
    await execute("UPDATE idea SET state = {} WHERE id = {}", state, world.idea_id["secret"])
    for reader in ("employee", "colleague", "moderator"):
        await _same_as_nonsense(await as_(reader), SECRET)


async def test_a_hidden_comment_is_not_found_and_what_was_replied_to_it_is(as_, world):
    await add_comment(world, "secret", idea="collect", author="colleague", text=f"A {SECRET}")
    await add_comment(world, "under", idea="collect", author="author", root="secret", text="A quinceberry")
    browser = await as_("employee")
    assert world.comment["secret"] in (await browser.get(f"/search?q={SECRET}")).text
    await execute("UPDATE comment SET state = 'hidden' WHERE id = {}", world.comment_id["secret"])
    await _same_as_nonsense(browser, SECRET)
    assert world.comment["under"] in (await browser.get("/search?q=quinceberry")).text


async def test_an_answer_is_not_found_before_the_voting_has_ended(as_, world):
    await execute(
        "INSERT INTO answer (idea, space, author, kind, summary, reason, reason_html, next_step, language)"
        " SELECT id, space, {}, 'declined', {}, 'R', 'R', 'N', 'en' FROM idea WHERE id = {}",
        world.person_id["sponsor"],
        f"A {SECRET}",
        world.idea_id["vote"],
    )
    browser = await as_("employee")
    await _same_as_nonsense(browser, SECRET)
    assert "Declined" not in (await browser.get("/search?q=vote&kind=idea")).text
    await execute(
        "UPDATE campaign SET decide_from = plein_now() - interval '1 hour' WHERE id = {}", world.campaign_id["vote"]
    )
    assert "Declined" in (await browser.get(f"/search?q={SECRET}")).text


async def test_a_guest_finds_nobody_by_what_only_colleagues_are_told(as_, world):
    unit = (await execute("INSERT INTO org_unit (name) VALUES ({}) RETURNING id", SECRET))[0]["id"]
    await execute("UPDATE person SET org_unit = {} WHERE id = {}", unit, world.person_id["insider_a"])
    assert world.person["insider_a"] in (await (await as_("employee")).get(f"/search?q={SECRET}")).text
    guest = await as_("guest_a")
    assert world.person["insider_a"] in (await guest.get("/search?q=Kuipersma")).text
    await _same_as_nonsense(guest, SECRET)


async def test_what_colleagues_alone_are_told_of_people_puts_them_in_no_order(as_, world: World):
    people = ("employee", "colleague")
    join = "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'member') ON CONFLICT DO NOTHING"
    for who in people:
        await execute(join, world.space_id["closed_a"], world.person_id[who])
        await execute("UPDATE identity SET name = 'Sam Kuipersma', title = '' WHERE person = {}", world.person_id[who])
    guest, orders = await as_("guest_a"), set()
    for told in people:
        for who in people:
            words = "many words that only colleagues ever read about her" if who == told else ""
            of = world.person_id[who]
            await execute("UPDATE profile SET about_for = 'colleagues', about = {} WHERE person = {}", words, of)
        page = (await guest.get("/search?q=Kuipersma")).text
        orders.add(tuple(sorted((world.person[who] for who in people), key=page.index)))
    assert len(orders) == 1
