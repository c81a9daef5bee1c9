"""Finding people: by name, function, unit, place and skill, only through shared spaces, a page at a time."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from portal.access.actor import actor_of_person
from portal.db import execute, fetch_value
from portal.people.queries import MOST_FACETS, PAGE, Filters, PersonRow, facets, people
from tests.client import text_of
from tests.world import World

PERSON = re.compile(r'class="title-link" href="/people/(\w+)"')


async def found(world: World, reader: str, **filters: str) -> set[str]:
    """Whom somebody finds, by their names in the cast."""
    by_id = {public_id: name for name, public_id in world.person.items()}
    actor: Any = await actor_of_person(world.person_id[reader])
    return {by_id[row.public_id] for row in (await people(actor, Filters(**filters))).rows}


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("dijkman", {"employee"}),
        ("NOOR dijk", {"employee"}),
        ("title of femke", {"decision_maker"}),
        ("depot of author", {"author"}),
        ("skill of colleague", {"colleague"}),
        ("locks", {"sponsor"}),
        ("locks haddouch", {"sponsor"}),
        ("locks dijkman", set()),
        ("100%", set()),
        ("n_or", set()),
        ("\\", set()),
        ("pritchard", set()),
        ("mercadier", set()),
    ],
)
async def test_words_are_looked_for_wherever_one_may_read(rollback: Any, world: World, words: str, names: set[str]):
    unit = await fetch_value("INSERT INTO org_unit (name) VALUES ('Locks') RETURNING id")
    await execute("UPDATE person SET org_unit = {} WHERE id = {}", unit, world.person_id["sponsor"])
    assert await found(world, "employee", words=words) == names


@pytest.mark.parametrize("words", ["zurich", "ZÜRICH", "brucken", "etancheite", "étanchéité", "rene"])
async def test_capitals_and_accents_are_all_one_wherever_it_is_looked_for(rollback: Any, world: World, words: str):
    her = world.person_id["sponsor"]
    unit = await fetch_value("INSERT INTO org_unit (name) VALUES ('Brücken') RETURNING id")
    await execute("UPDATE person SET org_unit = {} WHERE id = {}", unit, her)
    await execute("UPDATE identity SET title = 'In place of René' WHERE person = {}", her)
    await execute("UPDATE profile SET place = 'Zürich', skills = ARRAY['pumps', 'Étanchéité'] WHERE person = {}", her)
    assert await found(world, "employee", words=words) == {"sponsor"}
    assert await found(world, "employee", words=f"{words} of the sponsor") == set(), "each word has to be there"


async def test_no_word_goes_over_the_end_of_a_skill(rollback: Any, world: World):
    her = world.person_id["sponsor"]
    await execute("UPDATE profile SET skills = ARRAY['pumps', 'locks'] WHERE person = {}", her)
    assert await found(world, "employee", words="pumpslocks") == set()
    assert await found(world, "employee", words="pumps locks") == {"sponsor"}


async def test_a_guest_finds_whom_she_shares_a_space_with_and_nobody_by_what_is_not_for_her(
    rollback: Any, world: World
):
    unit = await fetch_value("INSERT INTO org_unit (name) VALUES ('Locks') RETURNING id")
    await execute("UPDATE person SET org_unit = {}", unit)
    address = await fetch_value("SELECT public_id FROM org_unit")
    assert await found(world, "guest_a") == {"guest_a", "insider_a"}
    assert await found(world, "guest_a", words="kuipersma") == {"insider_a"}
    for filters in ({"words": "locks"}, {"unit": address}, {"words": "depot of insider"}):
        assert await found(world, "guest_a", **filters) == set(), filters
    guest: Any = await actor_of_person(world.person_id["guest_a"])
    told = await facets(guest, Filters())
    assert (told["unit"], {facet.value: facet.people for facet in told["all"]}) == ([], {"colleague": 1, "guest": 1})
    assert {facet.value for facet in told["skill"]} == {"bridges", "skill of guest a", "skill of insider a"}


async def test_how_many_have_a_skill_is_not_told_of_few(as_: Any, rollback: Any, world: World):
    names = ["author", "sponsor", "moderator", "colleague", "campaign_owner"]
    for n, name in enumerate(names):
        skills = ["knots"] + ["splices"] * (n > 0)
        await execute("UPDATE profile SET skills = {} WHERE person = {}", skills, world.person_id[name])
    page = text_of(await (await as_("employee")).get("/people"))
    chips = {
        re.sub("<.*?>", "", chip) for chip in re.findall(r'<a class="chip" href="/people\?q=[^>]*>(.*?)</a>', page)
    }
    assert "knots 5" in chips
    assert "splices" in chips


async def rows_of(actor: Any, filters: Filters) -> list[PersonRow]:
    """The whole list, page by page."""
    rows, after = list[PersonRow](), ""
    while True:
        listed = await people(actor, filters, after)
        rows += listed.rows
        if not listed.more:
            return rows
        after = listed.rows[-1].public_id


@pytest.mark.parametrize("filters", [Filters(), Filters(words="depot"), Filters(skill="bridges")])
async def test_each_figure_beside_the_list_is_how_many_of_its_rows_say_so(
    rollback: Any, world: World, filters: Filters
):
    unit = await fetch_value("INSERT INTO org_unit (name) VALUES ('Locks') RETURNING id")
    await execute("UPDATE person SET org_unit = {} WHERE id % 2 = 0", unit)
    await execute("UPDATE profile SET skills = ARRAY['bridges', 'knots'] WHERE person % 3 = 0")
    asked = 0
    for reader in world.person_id.values():
        if (actor := await actor_of_person(reader)) is None:
            continue
        rows, told = await rows_of(actor, filters), await facets(actor, filters)
        kinds = Counter("guest" if row.guest else "colleague" for row in rows)
        assert {facet.value: facet.people for facet in told["all"]} == kinds
        for kind, said in {
            "skill": Counter(skill for row in rows for skill in row.skills),
            "unit": Counter(row.unit_public_id for row in rows if row.unit_public_id),
        }.items():
            commonest = [n for _, n in said.most_common(MOST_FACETS)]
            assert [facet.people for facet in told[kind]] == commonest
            assert all(facet.people == said[facet.value] for facet in told[kind])
            asked += len(commonest)
    assert asked


async def test_a_unit_holds_those_of_the_units_below_it(rollback: Any, world: World):
    above = await fetch_value("INSERT INTO org_unit (name) VALUES ('Works') RETURNING id")
    below = await fetch_value("INSERT INTO org_unit (name, parent) VALUES ('Depots', {}) RETURNING id", above)
    for name, unit in (("author", below), ("sponsor", above)):
        await execute("UPDATE person SET org_unit = {} WHERE id = {}", unit, world.person_id[name])
    works, depots = [await fetch_value("SELECT public_id FROM org_unit WHERE id = {}", unit) for unit in (above, below)]
    assert await found(world, "employee", unit=works) == {"author", "sponsor"}
    assert await found(world, "employee", unit=depots) == {"author"}
    assert await found(world, "employee", unit=depots, skill="skill of author") == {"author"}
    assert await found(world, "employee", unit="nowhere") == set()


async def test_pages_follow_one_another_without_gap_or_double(as_: Any, world: World):
    await execute(
        "WITH made AS (INSERT INTO person (kind) SELECT 'employee' FROM generate_series(1, 70) RETURNING id)"
        " INSERT INTO identity (person, name, email, language, zone)"
        " SELECT id, 'Same name', id || '@x.example', 'en', 'Europe/Amsterdam' FROM made"
    )
    browser = await as_("employee")
    address, seen = "/people", []
    while address:
        page = text_of(await browser.get(address))
        seen += PERSON.findall(page)
        more = re.search(r'href="(/people\?[^"]*after=\w+)#results"', page)
        address = more[1] if more else ""
    everybody = await fetch_value("SELECT count(*) FROM person WHERE active AND kind = 'employee'")
    assert (len(seen), len(set(seen))) == (everybody, everybody)
    assert len(seen) > 2 * PAGE


async def test_htmx_gets_the_results_alone(as_: Any):
    response = await (await as_("employee")).get("/people?q=dijkman", htmx=True)
    assert response.text.lstrip().startswith('<div class="cols" id="results">')
    assert "Noor Dijkman" in response.text
