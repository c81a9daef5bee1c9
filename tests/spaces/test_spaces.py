"""Spaces of every kind: who starts which, what they end as, their charters, labels and caretakers."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from portal.access.actor import Actor, actor_of_person
from portal.db import execute, fetch_value, transaction
from portal.people.queries import get_person
from portal.spaces.jobs import find_idle_groups
from portal.spaces.queries import SpaceRow, get_space
from portal.stewards.queries import members
from tests.client import Browser, text_of
from tests.sitemap import GROUP, KEPT, PROJECT, SISTER, WITH_GUESTS
from tests.world import NOW, World, add_comment, add_idea, add_person, email_of, set_clock

SignIn = Callable[[str | None], Awaitable[Browser]]


async def started(browser: Browser, path: str, fields: dict[str, str]) -> Any:
    """The row of a space that was just started."""
    response = await browser.post(path, fields)
    assert response.status_code == 303, text_of(response)
    public_id = response.headers["Location"].removeprefix("/spaces/")
    return (await execute("SELECT * FROM space WHERE public_id = {}", public_id))[0]


# --- starting ---


async def test_a_project_ends_and_is_owned_by_units(as_: SignIn, world: World):
    fields = PROJECT | {"unit_1": "Unit water"}
    space = await started(await as_("employee"), "/projects", fields)
    assert (space["kind"], str(space["ends_on"]), space["open"]) == ("project", "2026-12-31", True)
    units = await execute("SELECT unit FROM space_unit WHERE space = {} ORDER BY unit", space["id"])
    assert [row["unit"] for row in units] == sorted(world.unit_id.values())
    page = text_of(await (await as_("author")).get(f"/spaces/{space['public_id']}"))
    assert "Unit roads" in page
    assert "31 December 2026" in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ends_on": ""}, "Say on which day the project ends."),
        ({"ends_on": "soon"}, "Give a date, such as 2027-01-31."),
        ({"unit_0": ""}, "Name the unit that owns the project."),
        ({"unit_0": "Unit fire"}, "There is no unit with this name or code."),
        ({"preset": "own"}, "Write what holds here, or choose one of the texts."),
    ],
)
async def test_what_a_project_lacks_is_said_at_its_field(as_: SignIn, change: dict[str, str], words: str):
    response = await (await as_("employee")).post("/projects", PROJECT | change)
    assert response.status_code == 422
    assert words in text_of(response)
    assert "One wall, two services" in response.text
    assert await fetch_value("SELECT count(*) FROM space WHERE name = 'Quay wall'") == 0


async def test_a_group_has_two_owners(as_: SignIn):
    browser = await as_("employee")
    for named, words in (("", "Name a second owner"), (email_of("employee"), "Name somebody beside yourself.")):
        response = await browser.post("/groups", GROUP | {"second_owner": named})
        assert response.status_code == 422
        assert words in text_of(response)


async def test_a_guest_space_is_born_external_marked_and_with_its_host(as_: SignIn, world: World):
    space = await started(await as_("insider_a"), "/guest-spaces", WITH_GUESTS)
    assert (space["kind"], space["open"], space["checks"]) == ("guest", False, "first")
    assert space["host"] == world.person_id["insider_a"]
    address = f"/spaces/{space['public_id']}"
    assert "guest-bar" in (await (await as_("insider_a")).get(address)).text
    assert (await (await as_("administrator")).get(address)).status_code == 404


async def test_a_section_is_read_by_who_reads_what_it_is_a_section_of(as_: SignIn, world: World):
    section = f"/spaces/{world.space['organisation']}/sections"
    space = await started(await as_("insider_a"), section, WITH_GUESTS)
    assert space["parent"] == world.space_id["organisation"]
    assert (await (await as_("employee")).get(f"/spaces/{space['public_id']}")).status_code == 200
    assert (await (await as_("guest_a")).get(f"/spaces/{space['public_id']}")).status_code == 404
    assert "Dredging" in text_of(await (await as_("employee")).get(f"/spaces/{world.space['organisation']}"))


@pytest.mark.parametrize(
    ("path", "fields", "name", "status"),
    [
        ("/guest-spaces", WITH_GUESTS, "employee", 403),
        ("/guest-spaces", WITH_GUESTS, "administrator", 403),
        ("/guest-spaces", WITH_GUESTS, "guest_a", 403),
        ("/projects", PROJECT, "guest_a", 403),
        ("/projects", PROJECT, "sister", 403),
        ("/sister-spaces", SISTER, "insider_a", 403),
        ("/spaces/{space[organisation]}/sections", WITH_GUESTS, "employee", 403),
        ("/spaces/{space[closed_a]}/sections", WITH_GUESTS, "insider_a", 403),
        ("/spaces/{space[closed_b]}/sections", WITH_GUESTS, "insider_a", 404),
    ],
)
async def test_nobody_starts_what_she_may_not(
    as_: SignIn, world: World, path: str, fields: dict[str, str], name: str, status: int
):
    before = await fetch_value("SELECT count(*) FROM space")
    address = path.format(**vars(world))
    assert (await (await as_(name)).post(address, fields)).status_code == status
    assert await fetch_value("SELECT count(*) FROM space") == before


async def test_what_is_called_nearly_so_is_shown_while_naming_and_only_what_one_reads(as_: SignIn, world: World):
    browser = await as_("employee")
    page = await browser.get("/groups/similar?name=Bridge%20dats")
    assert "Bridge data" in page.text
    assert "Overwater" not in (await browser.get("/groups/similar?name=Overwater%20lock")).text
    assert "Overwater" in (await (await as_("insider_a")).get("/groups/similar?name=Overwater%20lock")).text
    fields = GROUP | {"name": "Bridge dats"}
    refused = await browser.post("/groups", fields)
    assert refused.status_code == 422
    assert f"/spaces/{world.space['open']}" in refused.text
    assert (await browser.post("/groups", fields | {"anyway": "y"})).status_code == 303


# --- keeping ---


async def test_an_owner_changes_what_it_is_like_but_never_opens_what_was_closed(as_: SignIn, world: World):
    owner = await as_("insider_a")
    address = f"/spaces/{world.space['closed_a']}/edit"
    assert (await owner.post(address, KEPT | {"access": "open", "kind": "group"})).status_code == 303
    (space,) = await execute("SELECT * FROM space WHERE id = {}", world.space_id["closed_a"])
    assert (space["name"], space["label"], space["leavers"]) == ("Dredging", "confidential", "former")
    assert (space["keep_days"], space["guest_days"]) == (14, 60)
    assert (space["open"], space["kind"], space["host"]) == (False, "guest", world.person_id["insider_a"])
    response = await owner.post(address, KEPT | {"guest_days": "0", "name": ""})
    assert response.status_code == 422
    assert "Give a number from 1 to 730." in text_of(response)


async def test_a_group_that_was_closed_by_its_owner_stays_closed(as_: SignIn):
    browser = await as_("employee")
    space = await started(browser, "/groups", GROUP)
    for access in ("closed", "open"):
        assert (await browser.post(f"/spaces/{space['public_id']}/edit", GROUP | {"access": access})).status_code == 303
        assert await fetch_value("SELECT open FROM space WHERE id = {}", space["id"]) is False


@pytest.mark.parametrize("path", ["edit", "archive", "charter", "roles", "roles/end", "keep", "archive/end"])
@pytest.mark.parametrize(("name", "status"), [("guest_a", 403), ("employee", 404), ("administrator", 404)])
async def test_nobody_but_an_owner_keeps_a_space(as_: SignIn, world: World, path: str, name: str, status: int):
    response = await (await as_(name)).post(f"/spaces/{world.space['closed_a']}/{path}", KEPT)
    assert response.status_code == status


async def test_what_is_archived_is_read_and_not_written_until_it_goes_on(as_: SignIn, world: World):
    owner, guest = await as_("insider_a"), await as_("guest_a")
    comments = f"/ideas/{world.idea['closed_a']}/comments"
    assert (await owner.post(f"/spaces/{world.space['closed_a']}/archive")).status_code == 303
    assert (await guest.post(comments, {"body": "One more"})).status_code == 403
    page = text_of(await guest.get(f"/spaces/{world.space['closed_a']}"))
    assert "This is archived" in page
    assert (await owner.post(f"/spaces/{world.space['closed_a']}/archive/end")).status_code == 303
    assert (await guest.post(comments, {"body": "One more"})).status_code == 303


async def test_the_owners_of_an_idle_group_are_asked_and_keep_it_or_not(as_: SignIn):
    browser = await as_("employee")
    space = await started(browser, "/groups", GROUP)
    asked = "SELECT count(*) FROM event WHERE kind = 'space.idle' AND space = {}"
    await set_clock(NOW + timedelta(days=179))
    await find_idle_groups()
    assert await fetch_value(asked, space["id"]) == 0
    await set_clock(NOW + timedelta(days=181))
    for _ in range(2):  # asked once
        await find_idle_groups()
    assert await fetch_value(asked, space["id"]) == 1
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'space.idle' AND space <> {}", space["id"]) == 1
    browser = await as_("employee")
    address = f"/spaces/{space['public_id']}"
    assert "Is it still needed?" in text_of(await browser.get(address))
    assert (await browser.post(f"{address}/keep")).status_code == 303
    assert "Is it still needed?" not in text_of(await browser.get(address))
    await find_idle_groups()
    assert await fetch_value(asked, space["id"]) == 1


# --- the charter ---


async def test_who_joins_accepts_the_charter_that_holds(as_: SignIn):
    owner, joiner = await as_("employee"), await as_("author")
    space = await started(owner, "/groups", GROUP)
    address = f"/spaces/{space['public_id']}"
    assert "Everything may be said here" in text_of(await joiner.get(f"{address}/membership/new"))
    for fields in ({}, {"version": "1"}, {"version": "7", "accept": "y"}):
        assert (await joiner.post(f"{address}/membership", fields)).status_code == 422
    new = {"preset": "own", "charter": "Only about **bicycles**."}
    assert (await owner.post(f"{address}/charter", new)).status_code == 303
    late = await joiner.post(f"{address}/membership", {"version": "1", "accept": "y"})
    assert late.status_code == 422
    assert "The charter was changed meanwhile." in text_of(late)
    assert (await joiner.post(f"{address}/membership", {"version": "2", "accept": "y"})).status_code == 303
    accepted = "SELECT version FROM charter_acceptance WHERE space = {} AND person <> {}"
    assert await fetch_value(accepted, space["id"], space["created_by"]) == 2


async def test_a_changed_charter_is_shown_again_until_it_is_accepted(as_: SignIn, world: World):
    guest, address = await as_("guest_a"), f"/spaces/{world.space['closed_a']}"
    assert "This space has a charter." in text_of(await guest.get(address))
    assert (await guest.post(f"{address}/charter/acceptance", {"version": "1", "accept": "y"})).status_code == 303
    assert "Read and accept it" not in text_of(await guest.get(address))
    assert (await guest.post(f"{address}/charter/acceptance", {"version": "1", "accept": "y"})).status_code == 403
    changed = {"preset": "own", "charter": "Be brief."}
    assert (await (await as_("insider_a")).post(f"{address}/charter", changed)).status_code == 303
    assert "The charter of this space was changed." in text_of(await guest.get(address))
    page = text_of(await guest.get(f"{address}/charter"))
    assert "Be brief." in page
    assert "What holds in closed_a" in page  # the one before


async def test_a_charter_is_in_the_language_of_its_space(as_: SignIn):
    space = await started(await as_("employee"), "/groups", GROUP | {"language": "nl"})
    text = await fetch_value("SELECT text FROM charter WHERE space = {}", space["id"])
    assert "Alles mag hier gezegd worden" in text


# --- who looks after it ---


async def test_owners_give_and_take_roles_and_never_the_last_owner(as_: SignIn, world: World):
    owner, address = await as_("insider_a"), f"/spaces/{world.space['closed_a']}"
    held = "SELECT array_agg(role ORDER BY role) FROM membership WHERE space = {} AND person = {}"
    where = (world.space_id["closed_a"], world.person_id["employee"])
    fields = {"colleague": email_of("employee"), "role": "moderator"}
    assert (await owner.post(f"{address}/roles", fields)).status_code == 303
    assert await fetch_value(held, *where) == ["member", "moderator"]
    assert (await owner.post(f"{address}/roles/end", fields)).status_code == 303
    assert await fetch_value(held, *where) == ["member"]
    last = await owner.post(f"{address}/roles/end", {"colleague": email_of("insider_a"), "role": "owner"})
    assert last.status_code == 422
    assert "Nobody else owns it." in text_of(last)
    forged = await owner.post(f"{address}/roles", fields | {"role": "administrator"})
    assert forged.status_code == 422


async def test_the_card_of_the_community_manager_stands_on_the_page(as_: SignIn, world: World):
    manager, address = await as_("insider_a"), f"/spaces/{world.space['closed_a']}"
    fields = {"office_hours": "Tuesday, 13:00", "whereabouts": "Lock house 2"}
    assert (await manager.post(f"{address}/card", fields)).status_code == 303
    page = text_of(await (await as_("guest_a")).get(address))
    assert "Tuesday, 13:00" in page
    assert "Lock house 2" in page
    assert (await (await as_("guest_a")).post(f"{address}/card", fields)).status_code == 403
    assert (await (await as_("employee")).post(f"{address}/card", fields)).status_code == 404


async def test_the_community_manager_pins_and_features(as_: SignIn, world: World):
    manager, address = await as_("insider_a"), f"/ideas/{world.idea['closed_a']}/highlight"
    assert (await manager.post(address, {"pin": "y", "feature": "y"})).status_code == 303
    page = text_of(await (await as_("guest_a")).get(f"/spaces/{world.space['closed_a']}"))
    assert "Pinned" in page
    assert "In the spotlight" in page
    assert (await manager.post(address, {})).status_code == 303
    assert "Pinned" not in text_of(await manager.get(f"/spaces/{world.space['closed_a']}"))
    assert (await (await as_("guest_a")).post(address, {"pin": "y"})).status_code == 403
    assert (await (await as_("employee")).post(address, {"pin": "y"})).status_code == 404


async def test_figures_never_count_few_people(as_: SignIn, world: World):
    page = text_of(await (await as_("insider_a")).get(f"/spaces/{world.space['closed_a']}/figures"))
    assert "fewer than 5" in page
    assert re.findall(r"<dt>(?:Ideas|Comments)</dt><dd>(.*?)</dd>", page) == ["–", "–"]
    for n in range(5):
        await add_comment(
            world, f"of {n}", idea="closed_a", author=["insider_a", "guest_a", "author", "colleague", "sponsor"][n]
        )
    page = text_of(await (await as_("insider_a")).get(f"/spaces/{world.space['closed_a']}/figures"))
    assert re.search(r"<dt>People who wrote</dt><dd>5</dd>", page)
    assert (await (await as_("guest_a")).get(f"/spaces/{world.space['closed_a']}/figures")).status_code == 403


@pytest.mark.parametrize("colleagues", [2, 70_000])
async def test_members_page_by_name_however_many_there_are(rollback: Any, world: World, colleagues: int):
    """A large space is read in another way, and gives the same."""
    await execute(
        "INSERT INTO membership (space, person, role) SELECT {}, id, 'member' FROM person"
        " WHERE kind = 'employee' AND active ON CONFLICT DO NOTHING",
        world.space_id["closed_a"],
    )
    guest = await actor_of_person(world.person_id["guest_a"])
    assert guest is not None
    space = await get_space(guest, world.space["closed_a"])
    assert space is not None
    space = msgspec.structs.replace(space, colleagues=colleagues)
    assert await _walked(guest, space, "", 4) == NAMES
    for most in (1, 2, 9):
        assert await _walked(guest, space, " m ", most) == sorted(
            (name for name in NAMES if "m" in name.lower()), key=lambda name: (name[0] != "M", name)
        )
    assert [member.name for member in (await members(guest, space, "merc")).rows] == ["Julie Mercadier"]
    assert (await members(guest, space, "100%")).rows == []
    owner = next(member for member in (await members(guest, space, "bram")).rows)
    assert owner.roles == ["community_manager", "member", "owner"]


async def _walked(actor: Actor, space: SpaceRow, called: str, most: int) -> list[str]:
    """The names of all members who are called so, page by page."""
    names, after = list[str](), ""
    while True:
        listed = await members(actor, space, called, after, most)
        names += [member.name for member in listed.rows]
        after = listed.more
        if not after:
            return names


async def test_the_page_of_members_looks_for_a_name(as_: SignIn, world: World):
    page = await (await as_("guest_a")).get(f"/spaces/{world.space['closed_a']}/members?q=merc")
    assert f"/people/{world.person['guest_a']}" in page.text
    assert f"/people/{world.person['insider_a']}" not in page.text
    assert (await (await as_("guest_b")).get(f"/spaces/{world.space['closed_a']}/members")).status_code == 404


async def test_nobody_learns_where_somebody_whom_she_may_not_see_would_stand(rollback: Any, world: World):
    guest = await actor_of_person(world.person_id["guest_a"])
    assert guest is not None
    space = await get_space(guest, world.space["closed_a"])
    assert space is not None
    assert (await members(guest, space)).rows
    for stranger in ("guest_b", "employee"):
        await execute("UPDATE identity SET name = 'Aaf' WHERE person = {}", world.person_id[stranger])
        assert not await get_person(guest, world.person[stranger])
        assert (await members(guest, space, after=world.person[stranger])).rows == []


NAMES = [
    *("Bram Kuipersma", "Femke Rijnders", "Joris van Heeswijk", "Julie Mercadier", "Malik Osei-Bonsu"),
    *("Mei-Ling Tjon", "Noor Dijkman", "Priya Raghunath", "Sefa Aydemir", "Wim Schotanus", "Yara Haddouch"),
]


async def test_the_figures_tell_how_people_begin_and_nothing_of_few(as_: SignIn, world: World):
    address = f"/spaces/{world.space['organisation']}/figures"
    await execute("UPDATE person SET created_at = {}", NOW - timedelta(days=200))
    administrator = await as_("administrator")
    few = text_of(await administrator.get(address)).split("Came in before the first day")[1]
    assert few.split("Came in on the first day")[0].count("fewer than 5") == 2
    for n in range(5):
        await add_person(world, f"starter{n}", {"name": f"Starter {n}", "language": "en", "active": n > 0})
        await execute(
            "UPDATE person SET starts_on = '2025-11-01', deactivated_at = CASE WHEN active THEN NULL ELSE {}::timestamptz END"
            " WHERE id = {}",
            *(NOW - timedelta(days=100), world.person_id[f"starter{n}"]),
        )
        async with transaction():
            await add_idea(world, f"of{n}", campaign="collect", author=f"starter{n}", comments=False)
        moment = datetime(2025, 10, 20 + n, tzinfo=UTC) if n < 2 else datetime(2025, 11, 9, 12, tzinfo=UTC)
        await execute("UPDATE idea SET created_at = {} WHERE id = {}", moment, world.idea_id[f"of{n}"])
    told = text_of(await administrator.get(address)).split("Came in before the first day")[1]
    early = " ".join(re.sub("<[^>]+>", " ", told.split("Came in on the first day")[0]).split())
    assert "began in the last year 5" in early
    assert "had written something 8 days" in early
    assert "80 % of 5" in early
    assert (await (await as_("employee")).get(address)).status_code == 403


async def test_a_section_says_who_reads_it(as_: SignIn, world: World):
    await execute(
        "INSERT INTO space (public_id, kind, parent, host, name, purpose, language, open)"
        " VALUES ('sectionofall', 'section', {}, {}, 'Part', 'P', 'en', TRUE)",
        *(world.space_id["organisation"], world.person_id["insider_a"]),
    )
    await execute(
        "INSERT INTO membership (space, person, role) SELECT id, {}, 'member' FROM space WHERE name = 'Part'",
        world.person_id["guest_a"],
    )
    employees = await fetch_value("SELECT count(*) FROM person WHERE kind = 'employee' AND active")
    assert f"read by {employees} colleagues · 1 guest" in text_of(
        await (await as_("employee")).get("/spaces/sectionofall")
    )
