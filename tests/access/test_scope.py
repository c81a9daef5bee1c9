"""What comes into sight: the rule of each table, proved through `visible` against the real database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from piccolo.table import Table as PiccoloTable

from portal import tables
from portal.access.actor import Actor, Alike, actor_of_person
from portal.access.anybody import Anybody
from portal.access.scope import NEVER_SHOWN, VISIBILITY, visible
from portal.db import execute, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record as write_event
from portal.tables.base import PublicTable, Table
from tests import world as of_world
from tests.world import World, add_case, add_comment


async def add_idea(world: World, name: str, **facts: Any) -> None:
    """One more idea, with its event, which is written in a transaction only."""
    async with transaction():
        await of_world.add_idea(world, name, **facts)


async def record(kind: Kind, **about: int) -> int:
    """One more event."""
    async with transaction():
        return await write_event(kind, **about)


ALL_TABLES = {getattr(tables, name) for name in tables.__all__}


def _kinds_of(parent: type[PiccoloTable]) -> set[type[PiccoloTable]]:
    return {kind for child in parent.__subclasses__() for kind in {child, *_kinds_of(child)}}


def test_the_package_of_tables_names_every_table():
    """Else a table that nobody exports would escape the next test."""
    assert _kinds_of(Table) - {PublicTable} == ALL_TABLES


def test_every_table_says_who_sees_it_or_that_nobody_does():
    shown = set(VISIBILITY)
    assert shown | NEVER_SHOWN == ALL_TABLES
    assert not shown & NEVER_SHOWN


@pytest.mark.parametrize("table", sorted(NEVER_SHOWN, key=str))
async def test_what_is_never_shown_cannot_even_be_asked_for(table: Any, rollback: Any, world: World):
    with pytest.raises(KeyError):
        visible(table, await _actor(world, "administrator"))


@pytest.mark.parametrize("decide", [bool, lambda value: value == 1, lambda value: value in {1}, list])
def test_no_rule_can_decide_by_a_value_that_is_put_in_when_somebody_asks(decide: Any):
    """A rule's words are the same for all who are alike: one that looked at an id would be kept for somebody else."""
    anybody = Anybody(Alike("employee", administrator=False, starts=False, on_cases=True))
    for name in ("id", "space_ids", "selves", "now", "moderates", "invites"):
        with pytest.raises(TypeError):
            decide(getattr(anybody, name))
    with pytest.raises(AttributeError):
        decide(anybody.role_rows)  # type: ignore[attr-defined]
    assert anybody.on_cases
    assert anybody.day is None


# --- one relation, read from either side ---


@dataclass(frozen=True)
class SomePerson:
    kind: str
    active: bool


@dataclass(frozen=True)
class SomeSpace:
    """`section`: it is one of the space that comes before it, where that has sections."""

    kind: str
    open: bool
    sisters: bool
    section: bool


people = st.lists(
    st.builds(SomePerson, kind=st.sampled_from(["employee", "guest", "sister"]), active=st.booleans()),
    min_size=1,
    max_size=3,
)
spaces = st.lists(
    st.builds(
        SomeSpace,
        kind=st.sampled_from(["group", "project", "guest", "sister"]),
        open=st.booleans(),
        sisters=st.booleans(),
        section=st.booleans(),
    ),
    min_size=1,
    max_size=4,
)
#: Person, space, role, and whether it lasts: forever, on, or until a moment ago.
memberships = st.sets(
    st.tuples(
        st.integers(0, 2),
        st.integers(0, 3),
        st.sampled_from(["member", "owner", "moderator"]),
        st.sampled_from([None, 1, -1]),
    ),
    max_size=8,
)
INTERNAL = ("group", "project")
WITH_GUESTS = ("guest", "section")


@settings(max_examples=40, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=people, spaces=spaces, memberships=memberships)
async def test_somebody_reads_a_space_if_and_only_if_it_is_among_her_spaces(
    rollback: asyncpg.Connection,
    people: list[Any],
    spaces: list[Any],
    memberships: set[tuple[int, int, str, int | None]],
):
    undone = rollback.transaction()
    await undone.start()
    try:
        space_ids, parents, kinds, opened, sisters = await _add_spaces(rollback, spaces)
        home = await rollback.fetchval(
            "INSERT INTO space (kind, name, language, open) VALUES ('sister', 'X', 'en', FALSE) RETURNING id"
        )
        person_ids = [await _add_person(rollback, p, home) for p in people]
        belongs: set[tuple[int, int]] = set()
        for p, s, role, lasts in memberships:
            if p >= len(people) or s >= len(spaces):
                continue
            guest = people[p].kind == "guest"
            if guest and kinds[s] not in WITH_GUESTS:
                continue
            added = await rollback.execute(
                "INSERT INTO membership (person, space, role, until)"
                " VALUES ($1, $2, $3, plein_now() + $4::int * interval '1 day') ON CONFLICT DO NOTHING",
                person_ids[p],
                space_ids[s],
                "member" if guest else role,
                lasts,
            )
            if added == "INSERT 0 1" and lasts != -1:
                belongs.add((p, s))

        actors = [await actor_of_person(person) for person in person_ids]
        for s, space in enumerate(space_ids):
            rows = await rollback.fetch("SELECT person FROM readership WHERE space = $1", space)
            readers = [row["person"] for row in rows if row["person"] in person_ids]
            assert len(readers) == len(set(readers)), "each reader once, whatever her roles"
            from_persons_side = {actor.id for actor in actors if actor and space in actor.space_ids}
            by_the_rule = {
                person_ids[p]
                for p, who in enumerate(people)
                if who.active
                and (
                    (p, s) in belongs
                    or (who.kind == "employee" and opened[s])
                    or (who.kind == "sister" and sisters[s])
                    or (who.kind != "guest" and (p, parents[s]) in belongs)
                )
            }
            assert set(readers) == from_persons_side == by_the_rule
        for who, actor in zip(people, actors, strict=True):
            assert (actor is not None) == who.active, "a deactivated person is nobody"
            assert actor is None or len(actor.space_ids) == len(set(actor.space_ids))
    finally:
        await undone.rollback()


async def _add_person(connection: asyncpg.Connection, who: Any, home: int) -> int:
    person: int = await connection.fetchval(
        "INSERT INTO person (kind, active, home) VALUES ($1, $2, $3) RETURNING id",
        who.kind,
        who.active,
        home if who.kind == "sister" else None,
    )
    await connection.execute(
        "INSERT INTO identity (person, name, email, language, zone) VALUES ($1, 'X', $2, 'en', 'Europe/Amsterdam')",
        person,
        f"{person}@property.example",
    )
    return person


async def _add_spaces(connection: asyncpg.Connection, spaces: list[Any]) -> tuple[list[Any], ...]:
    """Ids, which one each is a section of, kinds, and who reads them: employees, sister organisations."""
    ids: list[int] = []
    parents: list[int | None] = []
    kinds: list[str] = []
    opened: list[bool] = []
    sisters: list[bool] = []
    for n, space in enumerate(spaces):
        parent = n - 1 if space.section and n and kinds[n - 1] in INTERNAL else None
        kind = space.kind if parent is None else "section"
        open_ = opened[parent] if parent is not None else space.open and kind in INTERNAL
        shared = sisters[parent] if parent is not None else space.sisters and open_
        ids.append(
            await connection.fetchval(
                "INSERT INTO space (kind, name, language, parent, open, sisters)"
                " VALUES ($1, 'X', 'en', $2, $3, $4) RETURNING id",
                kind,
                None if parent is None else ids[parent],
                parent is None and open_,
                parent is None and shared,
            )
        )
        for held, value in ((parents, parent), (kinds, kind), (opened, open_), (sisters, shared)):
            held.append(value)  # type: ignore[arg-type]
    return ids, parents, kinds, opened, sisters


# --- the database itself keeps guests in, and spaces what they are ---

REFUSED = {
    "a space that becomes another": "UPDATE space SET kind = 'guest', open = FALSE WHERE id = {open}",
    "a guest space that becomes internal": "UPDATE space SET kind = 'group' WHERE id = {closed_a}",
    "a guest in a group": "INSERT INTO membership (space, person, role) VALUES ({open}, {guest_b}, 'member')",
    "a guest in the organisation": "UPDATE membership SET space = {organisation} WHERE person = {guest_a}",
    "a guest who owns": "UPDATE membership SET role = 'owner' WHERE person = {guest_a}",
    "an open guest space": "UPDATE space SET open = TRUE WHERE id = {closed_a}",
    "a section of a guest space": "INSERT INTO space (kind, name, language, open, parent)"
    " VALUES ('section', 'X', 'en', FALSE, {closed_a})",
    "somebody with roles who becomes a guest": "UPDATE person SET kind = 'guest' WHERE id = {moderator}",
    "a home among groups": "UPDATE person SET home = {open} WHERE id = {sister}",
}


@pytest.mark.parametrize("refused", REFUSED)
async def test_a_space_stays_what_it_is_and_guests_stay_in(rollback: asyncpg.Connection, world: World, refused: str):
    sql = REFUSED[refused].format(**world.person_id, **world.space_id)
    with pytest.raises(asyncpg.CheckViolationError):
        await execute(sql)


async def test_a_section_opens_and_closes_with_what_it_is_a_section_of(rollback: asyncpg.Connection, world: World):
    section = await fetch_value(
        "INSERT INTO space (kind, name, language, open, parent) VALUES ('section', 'X', 'en', FALSE, {}) RETURNING id",
        world.space_id["open"],
    )
    for opened in (True, False, True):
        await execute("UPDATE space SET open = {} WHERE id = {}", opened, world.space_id["open"])
        actor = await _actor(world, "employee")
        assert (section in actor.space_ids) == opened
    assert await fetch_value("SELECT kind FROM space WHERE id = {}", section) == "section"


async def test_a_membership_past_its_end_reads_nothing_and_gives_no_role(rollback: asyncpg.Connection, world: World):
    space = world.space_id["closed_a"]
    assert (await _actor(world, "insider_a")).moderates == [space]
    await execute("UPDATE membership SET until = plein_now() WHERE space = {}", space)
    for name in ("insider_a", "guest_a"):
        actor = await _actor(world, name)
        assert space not in actor.space_ids
        assert actor.moderates == []
        assert await _sees(world, name, tables.Idea, "x.space = {}", space) == 0


async def test_whose_membership_ended_reads_the_item_of_her_case_and_nothing_else_until_it_closes(
    rollback: asyncpg.Connection, world: World
):
    space = world.space_id["closed_a"]
    await add_idea(world, "another", campaign="closed_a")
    await add_case(world, "hers", idea="closed_a", state="acknowledged", owner="insider_a")
    await execute("UPDATE membership SET until = plein_now() WHERE space = {}", space)
    assert space not in (await _actor(world, "insider_a")).space_ids
    assert await _sees(world, "insider_a", tables.Idea, "x.space = {}", space) == 1
    assert await _sees(world, "insider_a", tables.Idea, "x.id = {}", world.idea_id["closed_a"]) == 1
    assert await _sees(world, "guest_a", tables.Idea, "x.space = {}", space) == 0
    await execute("UPDATE escalation SET ended_at = plein_now() WHERE id = {}", world.case_id["hers"])
    assert await _sees(world, "insider_a", tables.Idea, "x.space = {}", space) == 0


# --- states ---


async def _actor(world: World, name: str) -> Actor:
    actor = await actor_of_person(world.person_id[name])
    assert actor is not None
    return actor


async def _sees(world: World, name: str, table: type[PiccoloTable], where: str, *values: Any) -> int:
    """How many rows of `table` that meet `where` come into the sight of somebody of the cast."""
    actor = await _actor(world, name)
    rows = await execute(
        f"SELECT x.* FROM {table._meta.tablename} x WHERE {where} AND {{}}", *values, visible(table, actor, "x")
    )
    return len(rows)


async def _idea_with_everything(world: World, state: str) -> int:
    """An idea of the author's in the organisation's space with a version, an answer, two comments, votes, events."""
    await add_idea(world, "whole", campaign="decide", author="author", state=state)
    idea, space = world.idea_id["whole"], world.space_id["organisation"]
    await add_comment(world, "whole_other", idea="whole", author="colleague")
    await execute(
        "INSERT INTO idea_version (idea, space, version, title, body, tags, author, created_at)"
        " VALUES ({}, {}, 1, 'Old', 'Old', ARRAY[]::text[], {}, plein_now())",
        idea,
        space,
        world.person_id["author"],
    )
    answer = await execute(
        "INSERT INTO answer (idea, space, author, kind, summary, reason, reason_html, next_step, language)"
        " VALUES ({}, {}, {}, 'declined', 'No', 'No', 'No', 'Nothing', 'en') RETURNING id",
        idea,
        space,
        world.person_id["sponsor"],
    )
    for voter in ("employee", "colleague"):
        await execute(
            "INSERT INTO vote (person, idea, space, guest) VALUES ({}, {}, {}, FALSE)",
            world.person_id[voter],
            idea,
            space,
        )
    await record(Kind.COMMENT_ADDED, space=space, comment=world.comment_id["whole_other"])
    await record(Kind.IDEA_ANSWERED, space=space, answer=answer[0]["id"])
    return idea


#: What hangs under that idea: table, how to find its rows, how many there are.
UNDER_AN_IDEA: list[tuple[type[PiccoloTable], str, int]] = [
    (tables.Idea, "x.id = {}", 1),
    (tables.Comment, "x.idea = {}", 3),
    (tables.IdeaVersion, "x.idea = {}", 1),
    (tables.Answer, "x.idea = {}", 1),
    (tables.Event, "x.idea = {}", 1),
    (tables.Event, "x.comment IN (SELECT id FROM comment WHERE idea = {})", 1),
    (tables.Event, "x.answer IN (SELECT id FROM answer WHERE idea = {})", 1),
]


@pytest.mark.parametrize(("table", "where", "rows"), UNDER_AN_IDEA, ids=lambda value: getattr(value, "__name__", None))
async def test_a_hidden_idea_and_all_that_hangs_under_it_is_seen_by_its_author_and_the_moderators_alone(
    rollback: Any, world: World, table: Any, where: str, rows: int
):
    idea = await _idea_with_everything(world, "hidden")
    for other in ("employee", "colleague", "sponsor", "administrator", "guest_a"):
        assert await _sees(world, other, table, where, idea) == 0, other
    assert await _sees(world, "author", table, where, idea) == rows
    assert await _sees(world, "moderator", table, where, idea) == rows


@pytest.mark.parametrize(("table", "where", "rows"), UNDER_AN_IDEA, ids=lambda value: getattr(value, "__name__", None))
async def test_a_published_idea_is_seen_by_every_reader_of_its_space(
    rollback: Any, world: World, table: Any, where: str, rows: int
):
    idea = await _idea_with_everything(world, "published")
    for reader in ("employee", "author", "administrator", "insider_a"):
        assert await _sees(world, reader, table, where, idea) == rows, reader
    assert await _sees(world, "guest_a", table, where, idea) == 0


async def test_an_author_who_lost_the_space_loses_her_own_idea(rollback: Any, world: World):
    await add_idea(world, "of_guest", campaign="closed_a", author="guest_a")
    assert await _sees(world, "guest_a", tables.Idea, "x.id = {}", world.idea_id["of_guest"]) == 1
    await execute("DELETE FROM membership WHERE person = {}", world.person_id["guest_a"])
    assert await _sees(world, "guest_a", tables.Idea, "x.id = {}", world.idea_id["of_guest"]) == 0


async def test_a_hidden_comment_is_seen_by_its_author_and_the_moderators(rollback: Any, world: World):
    await add_comment(world, "hidden", idea="collect", author="colleague", state="hidden")
    comment = world.comment_id["hidden"]
    await record(Kind.COMMENT_ADDED, space=world.space_id["organisation"], comment=comment)
    for name, sees in {"colleague": 1, "author": 0, "moderator": 1, "administrator": 0, "insider_a": 0}.items():
        assert await _sees(world, name, tables.Comment, "x.id = {}", comment) == sees, name
        assert await _sees(world, name, tables.Event, "x.comment = {}", comment) == sees, name


async def test_a_vote_is_seen_by_the_voter_alone(rollback: Any, world: World):
    idea = await _idea_with_everything(world, "published")
    for name, sees in {"employee": 1, "colleague": 1, "author": 0, "sponsor": 0, "administrator": 0}.items():
        assert await _sees(world, name, tables.Vote, "x.idea = {}", idea) == sees, name


async def test_an_event_about_a_person_is_seen_by_that_person_alone(rollback: Any, world: World):
    space = world.space_id["organisation"]
    event = await record(Kind.ADMINISTRATOR_MADE, space=space, person=world.person_id["employee"])
    for name, sees in {"employee": 1, "colleague": 0, "administrator": 0}.items():
        assert await _sees(world, name, tables.Event, "x.id = {}", event) == sees, name


@pytest.mark.parametrize(
    ("reader", "seen", "unseen"),
    [
        ("guest_a", {"guest_a", "insider_a"}, {"guest_b", "insider_b", "employee", "administrator"}),
        ("guest_b", {"guest_b", "insider_b"}, {"guest_a", "insider_a", "employee"}),
        ("employee", {"employee", "author", "insider_a", "administrator"}, {"guest_a", "guest_b", "deactivated"}),
        ("insider_a", {"guest_a", "employee"}, {"guest_b", "deactivated"}),
        ("administrator", {"employee"}, {"guest_a", "guest_b"}),
    ],
)
@pytest.mark.parametrize(("table", "key"), [(tables.Person, "id"), (tables.Identity, "person")])
async def test_people_are_seen_through_a_shared_space(
    rollback: Any, world: World, reader: str, seen: set[str], unseen: set[str], table: Any, key: str
):
    for name in seen | unseen:
        found = await _sees(world, reader, table, f"x.{key} = {{}}", world.person_id[name])
        assert found == (name in seen), name


async def test_units_are_seen_by_employees_and_mail_by_administrators(rollback: Any, world: World):
    await execute("INSERT INTO org_unit (name) VALUES ('Roads')")
    await execute("INSERT INTO mail (kind, recipient) VALUES ('answer', {})", world.person_id["employee"])
    for name, units, mails in (("employee", 3, 0), ("administrator", 3, 1), ("guest_a", 0, 0)):
        assert await _sees(world, name, tables.OrgUnit, "TRUE") == units, name
        assert await _sees(world, name, tables.Mail, "TRUE") == mails, name


async def test_a_session_is_seen_by_the_person_whose_it_is(as_: Any, world: World):
    await as_("employee")
    for name, sees in {"employee": 1, "administrator": 0}.items():
        assert await _sees(world, name, tables.Session, "x.person = {}", world.person_id["employee"]) == sees, name


# --- the database itself keeps a child in its parent's space ---

IN_ANOTHER_SPACE = {
    "idea": "INSERT INTO idea (campaign, space, author, state, title, body, body_html, excerpt, language)"
    " SELECT campaign, {}, author, 'published', 'X', '', '', '', 'en' FROM idea WHERE id = {}",
    "comment": "INSERT INTO comment (idea, space, author, state, body, body_html, language)"
    " SELECT id, {}, author, 'published', 'X', 'X', 'en' FROM idea WHERE id = {}",
    "vote": "INSERT INTO vote (person, idea, space, guest) SELECT min(p.id), i.id, {}, FALSE FROM idea i JOIN person p"
    " ON p.id <> i.author WHERE i.id = {} GROUP BY i.id",
    "idea_version": "INSERT INTO idea_version (idea, space, version, title, body, tags, author, created_at)"
    " SELECT id, {}, 1, 'X', 'X', ARRAY[]::text[], author, created_at FROM idea WHERE id = {}",
    "answer": "INSERT INTO answer (idea, space, author, kind, summary, reason, reason_html, next_step, language)"
    " SELECT id, {}, author, 'declined', 'X', 'X', 'X', 'X', 'en' FROM idea WHERE id = {}",
}


@pytest.mark.parametrize("child", IN_ANOTHER_SPACE)
async def test_the_database_refuses_a_child_in_another_space_than_its_parents(
    rollback: asyncpg.Connection, world: World, child: str
):
    idea = world.idea_id["closed_b"]
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        async with rollback.transaction():
            await execute(IN_ANOTHER_SPACE[child], world.space_id["closed_a"], idea)
    await execute(IN_ANOTHER_SPACE[child], world.space_id["closed_b"], idea)  # where it belongs it is taken


async def test_the_database_refuses_a_reply_under_another_idea(rollback: asyncpg.Connection, world: World):
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        async with rollback.transaction():
            await add_comment(world, "stray", idea="closed_a", author="guest_a", root="closed_b")


async def test_a_campaign_that_moves_takes_everything_along(rollback: asyncpg.Connection, world: World):
    idea = await _idea_with_everything(world, "published")
    target = world.space_id["closed_b"]
    assert await _sees(world, "guest_b", tables.Idea, "x.id = {}", idea) == 0
    await execute("UPDATE campaign SET space = {} WHERE id = {}", target, world.campaign_id["decide"])
    for table in ("comment", "idea_version", "answer", "vote"):
        rows = await execute(f"SELECT DISTINCT space FROM {table} WHERE idea = {{}}", idea)
        assert [row["space"] for row in rows] == [target], table
    assert await _sees(world, "guest_b", tables.Comment, "x.idea = {}", idea) == 3
    assert await _sees(world, "employee", tables.Comment, "x.idea = {}", idea) == 0


async def test_an_idea_moves_to_another_campaign_with_its_space(rollback: asyncpg.Connection, world: World):
    idea = await _idea_with_everything(world, "published")
    await execute(
        "UPDATE idea SET (campaign, space) = (SELECT id, space FROM campaign WHERE id = {}) WHERE id = {}",
        world.campaign_id["closed_a"],
        idea,
    )
    assert await _sees(world, "guest_a", tables.Comment, "x.idea = {}", idea) == 3
    assert await _sees(world, "employee", tables.Comment, "x.idea = {}", idea) == 0
