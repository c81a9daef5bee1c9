"""The stage of the crawl: the world with everything in it that could leak, a browser for each reader, and canaries."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import asyncpg
from litestar import Litestar

from portal import db
from portal.access.fields import FIELDS
from portal.access.tokens import token_sha256
from portal.db import execute, fetch_value
from portal.tables.base import new_public_id
from tests.access.canary import Sight, addresses, plant, sight_of
from tests.client import Browser, new_session
from tests.world import (
    NOW,
    World,
    add_appeal,
    add_attachment,
    add_case,
    add_comment,
    add_decision,
    add_idea,
    add_import,
    add_person,
    add_report,
    stored_picture,
)

#: Who crawls. `former_guest` may sign in and is in no space any more; `deactivated` shows the cookie of a session that
#: was open when she left.
READERS: tuple[str | None, ...] = (
    "guest_a",
    "guest_b",
    "former_guest",
    "insider_a",
    "employee",
    "administrator",
    "deactivated",
    None,
)
NOBODY = ("deactivated", None)
GUESTS = ("guest_a", "guest_b")
#: Of every link that opens.
RESET_TOKEN = "the-token-of-a-link"
ASSET = re.compile(r'href="/static/([^"]+\.css)"')


@dataclass
class Stage:
    """The world with canaries in it, and a browser for each reader."""

    connection: asyncpg.Connection
    world: World
    app: Litestar
    browsers: dict[str | None, Browser] = field(default_factory=dict)
    sights: dict[str | None, Sight] = field(default_factory=dict)
    addresses: dict[str, dict[str, int]] = field(default_factory=dict)
    #: whose each address is: table and row
    owners: dict[str, tuple[str, int]] = field(default_factory=dict)
    #: by page: what stands on it for whoever may open it, and nowhere else for her: tables and rows
    told_at: dict[str, set[tuple[str, int]]] = field(default_factory=dict)
    #: who stands for somebody without a name, whom nobody manages
    masks: set[int] = field(default_factory=set)
    #: by address: the mark of the copy that somebody has who may read it
    etags: dict[str, str] = field(default_factory=dict)
    #: what was answered last, by address and variant, where somebody wants to know
    answers: dict[tuple[str, str], str] | None = None


@asynccontextmanager
async def staged(connection: asyncpg.Connection, world: World, app: Litestar) -> AsyncIterator[Stage]:
    """Adds to the world whatever could leak, signs everybody in, and puts the canaries in."""
    stage = await open_stage(connection, world, app, await plant_everything(connection, world))
    yield stage
    for reader in READERS:
        await stage.browsers[reader].http.aclose()


async def plant_everything(connection: asyncpg.Connection, world: World) -> dict[str, str]:
    """Adds to the world whatever could leak, signs everybody in, and puts the canaries in; gives the sessions."""
    async with db.transaction():
        await things_that_could_leak(world)
    sessions = {reader: await new_session(world.person_id[reader]) for reader in READERS if reader}
    await plant(connection)
    await former_guest_leaves(world)
    return sessions


async def former_guest_leaves(world: World) -> None:
    """Once all is written: nobody changes what is by somebody who is out, not even the canaries."""
    await execute("DELETE FROM membership WHERE person = {}", world.person_id["former_guest"])


async def open_stage(connection: asyncpg.Connection, world: World, app: Litestar, sessions: dict[str, str]) -> Stage:
    """A world in which everything is planted, with a browser for each reader and what she may see."""
    stage = Stage(connection, world, app)
    for reader in READERS:
        browser = Browser(app, world.person_id[reader] if reader else None)
        if reader:
            browser.keep_session(sessions[reader])
        stage.browsers[reader] = browser
        stage.sights[reader] = await sight_of(connection, browser.person)
    stage.addresses = await addresses(connection)
    lengths = {len(public_id) for ids in stage.addresses.values() for public_id in ids}
    assert lengths == {len(new_public_id())}, "an address of another length has an answer of another length"
    stage.owners = {
        public_id: ("identity" if table == "person" else table, row)
        for table, ids in stage.addresses.items()
        for public_id, row in ids.items()
    }
    for browser in stage.browsers.values():
        await browser.get("/about/help")  # the first answer of all sets a cookie
    sign_in = await stage.browsers[None].get("/sign-in")
    stage.browsers["asset"] = ASSET.search(sign_in.text)[1]  # type: ignore[assignment]
    stage.told_at = {f"/invitations/{RESET_TOKEN}": await told_by_a_link(connection, world)}
    for row in await connection.fetch("SELECT public_id, idea, comment FROM screening"):
        screened = ("comment", row["comment"]) if row["comment"] else ("idea", row["idea"])
        stage.told_at[f"/screenings/{row['public_id']}"] = {screened}
    stage.masks = {mask["person"] for mask in await connection.fetch("SELECT person FROM mask")}
    return stage


async def told_by_a_link(connection: asyncpg.Connection, world: World) -> set[tuple[str, int]]:
    """What whoever holds the link of an invitation is told of the space."""
    charters = await connection.fetch("SELECT id FROM charter WHERE space = $1", world.space_id["closed_a"])
    return {("charter", charter["id"]) for charter in charters} | {
        ("invitation", world.invitation_id["a"]),
        ("space", world.space_id["closed_a"]),
        ("identity", world.person_id["insider_a"]),
        ("partner", world.partner_id["overwater"]),
    }


async def things_that_could_leak(world: World) -> None:
    """Something of everything, in sight and out of sight of every reader."""
    ids = world.person_id
    await execute(
        "INSERT INTO vote (person, idea, space, guest) SELECT {}, id, space, FALSE FROM idea WHERE id = {}",
        ids["employee"],
        world.idea_id["vote"],
    )
    await execute("UPDATE idea SET supporters = 1 WHERE id = {}", world.idea_id["vote"])
    await add_import(world, "running")
    await execute(
        "INSERT INTO data_export (person, made_at, expires_at, file)"
        " SELECT {}, plein_now(), plein_now() + interval '1 day', {}",
        ids["employee"],
        stored_picture("export"),
    )
    unit = await fetch_value("INSERT INTO org_unit (name) VALUES ('Unit') RETURNING id")
    await execute("UPDATE person SET org_unit = {}", unit)
    for reader, campaign in (("employee", "collect"), ("guest_a", "closed_a"), ("guest_b", "closed_b")):
        await add_idea(world, f"of_{reader}", campaign=campaign, author=reader)
        for state in ("published", "hidden", "removed"):
            await add_comment(world, f"{state}_of_{reader}", idea=campaign, author=reader, state=state)
        await add_attachment(world, f"of_{reader}", idea=f"of_{reader}")
    await add_idea(world, "of_employee_voted_on", campaign="vote", author="employee")
    # each field of each profile for whoever may read it at the most, and a few for fewer
    await execute("UPDATE profile SET status_for = 'everyone', hours_for = 'everyone'")
    for reader, level in (("insider_a", "me"), ("administrator", "circle"), ("guest_b", "me")):
        for name in FIELDS:
            await execute(f"UPDATE profile SET {name}_for = {{}} WHERE person = {{}}", level, ids[reader])
    # hidden and removed things in spaces that the readers do read
    for campaign, author in (("collect", "author"), ("closed_a", "insider_a"), ("closed_b", "insider_b")):
        for state in ("hidden", "removed", "draft", "withdrawn"):
            comments = state != "draft"
            await add_idea(
                world, f"{state}_{campaign}", campaign=campaign, author=author, state=state, comments=comments
            )
        for state in ("hidden", "removed"):
            await add_comment(world, f"{state}_{campaign}", idea=campaign, author=author, state=state)
            await add_comment(
                world, f"{state}_{campaign}_reply", idea=campaign, author=author, state=state, root=campaign
            )
    await _posts(world)
    # a guest who was let out again, with what she wrote
    belonged = [("closed_a", "member")]
    facts = {"name": "Ilse Brandsma", "language": "en", "kind": "guest", "roles": belonged}
    await add_person(world, "former_guest", facts)
    await add_idea(world, "of_former_guest", campaign="closed_a", author="former_guest")
    await add_comment(world, "of_former_guest_elsewhere", idea="closed_a", author="former_guest")
    # somebody who is in the group no longer, and somebody who never was, named in its answer
    await add_comment(world, "former", idea="closed_a", author="colleague")
    await execute("UPDATE campaign SET always_open = TRUE WHERE title LIKE 'Campaign closed_%'")
    # the last answer is not to be shown yet, because voting goes on
    for idea, decider in (
        ("closed_a", "insider_a"),
        ("closed_b", "insider_b"),
        ("decide", "sponsor"),
        ("vote", "sponsor"),
    ):
        await execute(
            "INSERT INTO answer (idea, space, author, kind, summary, reason, reason_html, from_when, next_step,"
            " next_owner, language) SELECT id, space, {}, 'declined', 'S', 'R', 'R', 'F', 'N', {}, 'en' FROM idea WHERE id = {}",
            ids[decider],
            ids["moderator"],
            world.idea_id[idea],
        )
        await execute(
            "INSERT INTO idea_version (idea, space, version, title, body, tags, author, created_at)"
            " SELECT id, space, version, title, body, tags, author, created_at FROM idea WHERE id = {}",
            world.idea_id[idea],
        )
        await under_an_idea(world.idea_id[idea], ids[decider], ids["moderator"])
    for campaign, author in (("collect", "author"), ("closed_a", "insider_a"), ("closed_b", "insider_b")):
        for state in ("hidden", "removed", "draft", "withdrawn"):
            await under_an_idea(world.idea_id[f"{state}_{campaign}"], ids[author], ids["moderator"])
    # the insider has a space for people who start, too, and keeps one that has ended
    await execute("UPDATE space SET preboarding = TRUE WHERE id = {}", world.space_id["closed_a"])
    await execute(
        "INSERT INTO chapter (space, title, body, body_html, opens, author) VALUES ({}, 'C', 'C', 'C', 0, {})",
        *(world.space_id["closed_a"], ids["insider_a"]),
    )
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'owner')",
        *(world.space_id["archived"], ids["insider_a"]),
    )
    await execute("INSERT INTO service (name) VALUES ('Roads')")
    await _things_that_were_moderated(world)
    # the employee has something of everything, so that every page opens for somebody
    await execute(
        "UPDATE campaign SET author = {}, sponsor = {} WHERE id = {}",
        ids["employee"],
        ids["employee"],
        world.campaign_id["done"],
    )
    for name, role in (("collect", "decision_owner"), ("proposed", "decision_owner"), ("draft", "author")):
        await execute(f"UPDATE campaign SET {role} = {{}} WHERE id = {{}}", ids["employee"], world.campaign_id[name])
    await execute("UPDATE policy SET owner = {}", ids["employee"])
    await execute("UPDATE escalation SET owner = {} WHERE public_id = {}", ids["employee"], world.case["decide"])
    await _of_the_team(world)
    await _answered_and_screened(world)
    await execute(
        "INSERT INTO space_record (space, label, asked_by, made_at, expires_at, file, sha256)"
        " SELECT id, label, {}, plein_now(), plein_now() + interval '1 day', {}, sha256('') FROM space WHERE id = {}",
        *(ids["insider_a"], stored_picture("record"), world.space_id["archived"]),
    )
    await execute(
        "INSERT INTO follow (person, space, campaign, idea)"
        " SELECT {}::bigint, space, id, NULL::bigint FROM campaign WHERE id = {}"
        " UNION ALL SELECT {}::bigint, space, NULL, id FROM idea WHERE id = {}",
        ids["employee"],
        world.campaign_id["vote"],
        ids["employee"],
        world.idea_id["vote"],
    )
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'owner')",
        world.space_id["open"],
        ids["employee"],
    )
    for recipient in ("guest_a", "employee"):
        await execute(
            "INSERT INTO mail (kind, recipient, dropped_at, last_error) VALUES ('answer', {}, plein_now(), 'refused')",
            ids[recipient],
        )
    await _links(world)
    # the crawl always visits the last that somebody sees: what she may put back, and a post for who moderates it
    await add_idea(world, "withdrawn_of_employee", campaign="collect", author="employee", state="withdrawn")
    for side in "ab":
        await add_idea(world, f"of_guest_post_{side}", stream=f"closed_{side}", author=f"guest_{side}")
    await _cases(world)


async def _of_the_team(world: World) -> None:
    """On the employee's case: a note, advice that is hers to give, and a record; and a list that says how long."""
    for sql in (
        "INSERT INTO case_note (escalation, space, author, body, body_html) SELECT id, space, owner, 'N', 'N'",
        "INSERT INTO consultation (escalation, space, kind, person, body, asked_by, due_on, due_at)"
        " SELECT id, space, 'legal', owner, 'Q', owner, '2026-07-01', '2026-07-02'",
        "INSERT INTO handover (escalation, space, person, body, asked_by) SELECT id, space, owner, 'H', owner",
        "INSERT INTO case_record (escalation, space, person, label, whole, language, reason, made_at, expires_at, file,"
        " sha256) SELECT id, space, owner, 'internal', TRUE, 'en', 'R', plein_now(), plein_now() + interval '1 day', 'r',"
        " sha256('')",
    ):
        await execute(sql + " FROM escalation WHERE id = {}", world.case_id["decide"])
    await execute("UPDATE case_record SET file = {} WHERE file = 'r'", stored_picture("record of a case"))
    made = await fetch_value(
        "INSERT INTO retention_list (author, reason, consent_by, consent_on) VALUES ({}, 'R', 'C', '2026-06-01')"
        " RETURNING id",
        world.person_id["administrator"],
    )
    await execute("INSERT INTO retention_rule (list, kind, years, ground) VALUES ({}, 'notes', 10, 'G')", made)


async def _answered_and_screened(world: World) -> None:
    """The administrator is asked to agree to the employee's answer; an answered case and its promise are the
    employee's, too, and a post that is owed one; a post of hers waits to be screened, which the insider does, another
    was diverted, and of a third she decides the appeal."""
    employee = world.person_id["employee"]
    await add_idea(world, "owed_by_employee", stream="organisation", comments=False)
    await add_case(world, "owed_by_employee", idea="owed_by_employee", state="acknowledged", owner="employee")
    await execute(
        "UPDATE answer_draft SET submitted_by = {}, approver = {} WHERE escalation = {}",
        *(employee, world.person_id["administrator"], world.case_id["decide"]),
    )
    await execute("UPDATE escalation SET owner = {} WHERE id = {}", employee, world.case_id["told"])
    await execute("UPDATE promise SET owner = {} WHERE escalation = {}", employee, world.case_id["told"])
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'moderator')",
        *(world.space_id["organisation"], world.person_id["insider_a"]),
    )
    for name in ("screened_of_employee", "diverted_of_employee"):
        await add_idea(world, name, stream="organisation", author="employee", state="draft", comments=False)
        await execute(
            "INSERT INTO screening (space, idea, person, category, found, was, due_at)"
            " SELECT space, id, author, 'health', 'words', 'draft', plein_now() + interval '4 hours' FROM idea WHERE id = {}",
            world.idea_id[name],
        )
    diverted = world.idea_id["diverted_of_employee"]
    await execute("UPDATE idea SET state = 'diverted', title = '' WHERE id = {}", diverted)
    await execute(
        "UPDATE screening SET state = 'diverted', decided_by = {}, decided_at = plein_now() WHERE idea = {}",
        *(world.person_id["moderator"], diverted),
    )
    await execute(
        "INSERT INTO sealed_text (screening, title, body) SELECT id, 'T', 'B' FROM screening WHERE idea = {}", diverted
    )
    await execute("UPDATE screening SET appeal_to = {} WHERE public_id = {}", employee, world.screening["appealed"])


async def _posts(world: World) -> None:
    """In the guest spaces: a discussion of which a guest asks that something is done, a draft, and a leader's post by
    somebody else, who both read that space."""
    ids = world.person_id
    for side in "ab":
        space, guest, insider = world.space_id[f"closed_{side}"], ids[f"guest_{side}"], ids[f"insider_{side}"]
        await add_idea(world, f"post_{side}", stream=f"closed_{side}")
        await add_idea(world, f"draft_post_{side}", stream=f"closed_{side}", state="draft", comments=False)
        await add_idea(world, f"spoken_{side}", stream=f"closed_{side}", kind="leader")
        await execute(
            "INSERT INTO action_request (idea, comment, space, person, reason) VALUES ({}, {}, {}, {}, 'Why')",
            *(world.idea_id[f"post_{side}"], world.comment_id[f"post_{side}"], space, guest),
        )
        await execute(
            "INSERT INTO action_request (idea, space, person, reason, outcome, words, decided_by, decided_at)"
            " VALUES ({}, {}, {}, 'Why', 'none', 'Not now', {}, plein_now())",
            *(world.idea_id[f"spoken_{side}"], space, guest, insider),
        )
        await execute("UPDATE idea SET speaks_for = {} WHERE id = {}", ids["sponsor"], world.idea_id[f"spoken_{side}"])


async def _cases(world: World) -> None:
    """In each guest space a case with all that can be said on it and an answer that was sent back, about which its guest
    was told, as of one in the organisation's; and a post that stands under another in a space that the guest doesn't read."""
    ids = world.person_id
    for side in "ab":
        space, insider = world.space_id[f"closed_{side}"], ids[f"insider_{side}"]
        said = {"statement": "S", "statement_html": "S", "statement_by": insider, "statement_at": NOW}
        asked = {"question": "Q", "clarify_from": NOW, "clarify_until": NOW, "reason": "R", "opened_by": insider}
        more = {"extension_reason": "E", "extension_days": 5, "extension_asked_at": NOW, "extension_by": insider}
        await add_case(
            world,
            f"post_{side}",
            idea=f"post_{side}",
            state="acknowledged",
            owner=f"insider_{side}",
            **said,
            **asked,
            **more,
        )
        case = world.case_id[f"post_{side}"]
        await execute(
            "INSERT INTO answer_draft (escalation, space, kind, edited_by, sent_back, sent_back_by)"
            " VALUES ({}, {}, 'not public', {}, 'Not yet', {})",
            *(case, space, insider, ids["sponsor"]),
        )
        for person, role in ((ids["sponsor"], "chain"), (ids["colleague"], "deputy")):
            await execute(
                "INSERT INTO case_role (escalation, space, person, role) VALUES ({}, {}, {}, {})",
                *(case, space, person, role),
            )
        await execute(
            "INSERT INTO case_conflict (escalation, space, person, kind) VALUES ({}, {}, {}, 'declared')",
            *(case, space, ids["moderator"]),
        )
        await execute(
            "INSERT INTO cluster_item (lead, idea, space, added_by, opt_out_until)"
            " SELECT {}, id, space, {}, plein_now() + interval '3 days' FROM idea WHERE id = {}",
            *(world.idea_id["post"], insider, world.idea_id[f"spoken_{side}"]),
        )
        for about in (case, world.case_id["decide"]):
            await execute(
                "WITH told AS (INSERT INTO event (kind, actor, person, space, escalation)"
                " SELECT 'duty.assigned', owner, {}, space, id FROM escalation WHERE id = {} RETURNING *)"
                " INSERT INTO notice (person, event, kind, space, idea, duty, bundle)"
                " SELECT t.person, t.id, 'duty', t.space, z.idea, TRUE, 'duty case ' || z.id"
                " FROM told t JOIN escalation z ON z.id = t.escalation",
                *(ids[f"guest_{side}"], about),
            )


async def _links(world: World) -> None:
    """Of each kind one that opens, with the same token: to choose a password, to sign in, to come in as a guest."""
    for table, person in (("password_reset", "colleague"), ("sign_in_link", "guest_b")):
        await execute(
            f"INSERT INTO {table} (token_sha256, person, created_at, expires_at)"
            " VALUES ({}, {}, plein_now(), plein_now() + interval '1 hour')",
            token_sha256(RESET_TOKEN),
            world.person_id[person],
        )
    await execute(
        "UPDATE invitation_link SET token_sha256 = {} WHERE invitation = {}",
        token_sha256(RESET_TOKEN),
        world.invitation_id["a"],
    )


async def _things_that_were_moderated(world: World) -> None:
    """In the closed groups, where insiders moderate what guests wrote: reported, sent back, appealed, decided."""
    for space in ("a", "b"):
        guest, insider, former = f"guest_{space}", f"insider_{space}", "colleague"
        for name in ("reported", "sent back", "appealed", "decided"):
            await add_comment(world, f"{name}_{space}", idea=f"closed_{space}", author=guest)
            reporter = former if name == "appealed" else insider  # who reported it decides no appeal
            await add_report(world, f"{name}_{space}", comment=f"{name}_{space}", reporter=reporter)
        for name, action, judge in (
            ("sent back", "send back", former),
            ("appealed", "remove", former),
            ("decided", "warn", insider),
        ):
            await add_decision(world, f"{name}_{space}", f"{name}_{space}", moderator=judge, action=action)
        await add_appeal(world, f"appealed_{space}")


UNDER_AN_IDEA = (
    "INSERT INTO status_change (idea, space, author, status, body, body_html, language)"
    " SELECT id, space, {}, unnest(ARRAY['shortlisted', 'withdrawn', 'put back']), 'S', 'S', 'en' FROM idea WHERE id = {}",
    "INSERT INTO correction (idea, space, author, body, body_html, language)"
    " SELECT id, space, {}, 'C', 'C', 'en' FROM idea WHERE id = {}",
    "INSERT INTO help_offer (idea, space, person, body) SELECT id, space, {}, 'H' FROM idea WHERE id = {}",
    "INSERT INTO answer_version (answer, space, version, author, kind, summary, reason, from_when, next_step,"
    " created_at) SELECT id, space, 1, {}, kind, summary, reason, from_when, next_step, created_at"
    " FROM answer WHERE idea = {}",
    "WITH made AS (INSERT INTO workshop (campaign, space, author, name, held_on)"
    " SELECT campaign, space, author, 'W', '2026-06-01' FROM idea WHERE id = {} RETURNING id)"
    " INSERT INTO capture (idea, space, workshop, author, name)"
    " SELECT i.id, i.space, made.id, {}, 'Somebody' FROM idea i, made WHERE i.id = {}",
    "INSERT INTO co_author (idea, space, person, invited_by) SELECT id, space, {}, {} FROM idea WHERE id = {}",
)


async def under_an_idea(idea: int, author: int, invited: int) -> None:
    """A row of each kind that hangs under an idea; `invited` was asked to write along and has not answered."""
    status, correction, offer, version, capture, co_author = UNDER_AN_IDEA
    for sql in (status, correction, offer, version):
        await execute(sql, author, idea)
    await execute(capture, idea, author, idea)
    await execute(co_author, invited, author, idea)
