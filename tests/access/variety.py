"""What the stage of the crawl lacks, because no page shows it: rows in every state that the rules of sight tell apart."""

from __future__ import annotations

from portal.db import execute
from tests.access.canary import FIELDS, PERSONNEL
from tests.access.corners import corners, where_all_ended
from tests.access.stage import former_guest_leaves, things_that_could_leak
from tests.world import (
    CAST,
    NOW,
    World,
    add_attachment,
    add_campaign,
    add_case,
    add_comment,
    add_decision,
    add_idea,
    add_report,
)

#: A notice, with its event, for somebody: of what it tells, and who she has to be.
NOTICE = """
    WITH told AS (INSERT INTO event (kind, person, space) VALUES ('space.role_given', {}, {}) RETURNING id)
    INSERT INTO notice (person, event, kind, space, campaign, idea, comment, answer, needs, bundle)
    SELECT {}, id, 'role', {}, {}, {}, {}, {}, {}, 'b' || id FROM told
"""


#: What somebody has for herself, in a space that she reads.
OF_ONE = (
    "INSERT INTO budget (person, space, campaign, votes) SELECT {}, space, min(id), 3 FROM campaign"
    " WHERE space = {} AND id > 0 GROUP BY space",
    "INSERT INTO charter_acceptance (person, space, version) SELECT {}, space, version FROM charter WHERE space = {}",
    "INSERT INTO personnel (person, number) SELECT p.id, 'P' || p.id FROM person p, space s WHERE p.id = {} AND s.id = {}",
    "INSERT INTO read_mark (person, idea, space, comment) SELECT {}, idea, space, min(id) FROM comment"
    " WHERE space = {} GROUP BY idea, space",
    "INSERT INTO rules_acceptance (person, page) SELECT {}, min(g.id) FROM about_page g, space s WHERE s.id = {}"
    " AND g.slug = 'house-rules'",
    "INSERT INTO search_word (word, space) SELECT n.name, s.id FROM identity n, space s WHERE n.person = {} AND s.id = {}",
    "INSERT INTO vote (person, idea, space, guest) SELECT p.id, i.id, i.space, p.kind = 'guest' FROM idea i, person p"
    " WHERE p.id = {} AND i.space = {} AND i.author <> p.id AND i.kind = 'discussion' AND i.state = 'published'",
)
MEMBER = "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'member')"
#: Who looks.
LOOKERS = (*(name for name, facts in CAST.items() if facts.get("active", True)), "former_guest")


async def something_of_everything(world: World) -> None:
    """What could leak; beside it cases, campaigns, notices and events in every state, and roles that have ended."""
    await things_that_could_leak(world)
    await _campaigns(world)
    await _cases_elsewhere(world)
    await _roles(world)
    await _hosts_and_circles(world)
    await _heard(world)
    await _logged(world)
    await _one_of_each(world)
    await _screened(world)
    await corners(world)
    await _pauses()
    await _sessions()
    await former_guest_leaves(world)
    # one space keeps the names of those who left it, the other doesn't
    await execute("UPDATE space SET leavers = 'former' WHERE id = {}", world.space_id["closed_a"])
    await execute(
        "INSERT INTO departure (person, space, at) VALUES ({}, {}, plein_now())",
        *(world.person_id["former_guest"], world.space_id["closed_b"]),
    )
    await where_all_ended(world)


async def _campaigns(world: World) -> None:
    """A hidden one, with an idea in it, and one in each state before it opens, with an idea."""
    for place in ("organisation", "closed_a", "closed_b"):
        await add_campaign(world, f"hidden_in_{place}", place, "collect")
        await add_idea(world, f"in_hidden_{place}", campaign=f"hidden_in_{place}", author="sponsor")
        await execute("UPDATE campaign SET hidden = TRUE WHERE id = {}", world.campaign_id[f"hidden_in_{place}"])
        for state in ("draft", "proposed", "declined"):
            name = f"{state}_in_{place}"
            asked = world.person_id["decision_maker"]
            await add_campaign(world, name, place, "collect", state=state, decision_owner=asked, proposed_at=NOW)
            await execute(
                "INSERT INTO question (campaign, space, version, position, kind, label)"
                " SELECT id, space, 9, 1, 'text', 'Why' FROM campaign WHERE id = {}",
                world.campaign_id[name],
            )


async def _cases_elsewhere(world: World) -> None:
    """The sponsor is on cases in spaces that she does not read: of an idea in every state; and was on one."""
    for state in ("hidden", "removed", "draft", "withdrawn"):
        name = f"{state}_closed_a"
        await add_case(world, name, idea=name, state="acknowledged", owner="sponsor")
    await add_case(world, "closed_b", idea="closed_b", state="acknowledged", owner="sponsor")
    await execute(
        "UPDATE case_role SET until = plein_now() WHERE escalation = {} AND person = {}",
        *(world.case_id["closed_b"], world.person_id["sponsor"]),
    )
    for case in ("post_a", "post_b", "closed_b", "hidden_closed_a", "decide"):
        await execute(
            "INSERT INTO event (kind, space, escalation) SELECT 'case.assigned', space, id FROM escalation WHERE id = {}",
            world.case_id[case],
        )


async def _roles(world: World) -> None:
    """Some that have ended, in every role; and somebody who invites without being an owner."""
    ids, spaces = world.person_id, world.space_id
    for role in ("owner", "moderator", "community_manager", "decision_maker", "member"):
        for who, until in (
            ("colleague", "plein_now() - interval '1 hour'"),
            ("author", "plein_now() + interval '1 day'"),
        ):
            if who == "colleague" or role in ("member", "community_manager"):
                await execute(
                    f"INSERT INTO membership (space, person, role, until) VALUES ({{}}, {{}}, {{}}, {until})",
                    *(spaces["closed_b"], ids[who], role),
                )


async def _hosts_and_circles(world: World) -> None:
    """Hosts who are no owners, one of them a guest by now; plain members; and profiles for a circle and for everyone."""
    ids, spaces = world.person_id, world.space_id
    for who, space in (("moderator", "closed_a"), ("moderator", "closed_b"), ("decision_maker", "closed_a")):
        await execute(MEMBER, spaces[space], ids[who])
    for who, space in (("moderator", "archived"), ("decision_maker", "archived"), ("campaign_owner", "closed_b")):
        await execute(MEMBER, spaces[space], ids[who])
    for who, space in (("decision_maker", "closed_a"), ("guest_b", "closed_b")):
        await execute("UPDATE space SET host = {} WHERE id = {}", ids[who], spaces[space])
    await execute(
        "UPDATE person SET starts_on = '2026-07-30' WHERE id IN ({}, {})", ids["author"], ids["campaign_owner"]
    )
    await execute("UPDATE person SET org_unit = NULL WHERE id IN ({}, {})", ids["moderator"], ids["sponsor"])
    await execute("UPDATE person SET org_unit = {} WHERE id = {}", world.unit_id["water"], ids["insider_b"])
    for field in FIELDS:
        for who, level in (
            ("moderator", "circle"),
            ("sponsor", "circle"),
            ("insider_a", "colleagues" if field in PERSONNEL else "everyone"),
        ):
            await execute(f"UPDATE profile SET {field}_for = {{}} WHERE person = {{}}", level, ids[who])
    # what a membership holds back, and a space that has ended
    await execute("UPDATE membership SET may_vote = FALSE, may_download = FALSE WHERE person = {}", ids["guest_b"])
    await execute("UPDATE membership SET may_write = FALSE WHERE person = {} AND role = 'member'", ids["moderator"])
    await _notice(world, "employee", None)


async def _heard(world: World) -> None:
    """Notices for everybody: for each role, and of what she sees and doesn't see."""
    ids, spaces = world.person_id, world.space_id
    answers = [row["id"] for row in await execute("SELECT id FROM answer ORDER BY id")]
    comments = [row["id"] for row in await execute("SELECT id FROM comment ORDER BY id")]
    ideas = [row["id"] for row in await execute("SELECT id FROM idea ORDER BY id")]
    campaigns = [row["id"] for row in await execute("SELECT id FROM campaign WHERE id > 0 ORDER BY id")]
    for who in (
        *("employee", "moderator", "administrator", "sponsor", "insider_a", "guest_a", "colleague", "author"),
        "decision_maker",
    ):
        for space in ("organisation", "closed_a", "closed_b", "open"):
            for needs in (None, "moderator", "administrator", "host"):
                await _notice(world, who, spaces[space], needs=needs)
        for column, rows in (("answer", answers), ("comment", comments), ("idea", ideas), ("campaign", campaigns)):
            await execute(
                "WITH about AS (SELECT id, space, row_number() OVER (ORDER BY id) AS n FROM"
                f" {column} WHERE id = ANY({{}})), told AS (INSERT INTO event (kind, person, space)"
                " SELECT 'space.role_given', {}, space FROM about ORDER BY n RETURNING id, space),"
                " numbered AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM told)"
                f" INSERT INTO notice (person, event, kind, space, {column}, bundle)"
                f" SELECT {{}}, t.id, 'role', a.space, a.id, '{column}' || a.id"
                " FROM about a JOIN numbered t USING (n)",
                *(rows, ids[who], ids[who]),
            )


async def _notice(world: World, who: str, space: int | None, needs: str | None = None) -> None:
    person = world.person_id[who]
    await execute(NOTICE, person, space, person, space, None, None, None, None, needs)


async def _logged(world: World) -> None:
    """Of everything that an event can be about, one of each row; and of moderation, and about people and nothing."""
    for table in ("campaign", "idea", "comment", "answer"):
        await execute(
            f"INSERT INTO event (kind, space, {table}) SELECT '{table}.x', space, id FROM {table} WHERE id > 0"
        )
    for space in ("organisation", "closed_a", "closed_b"):
        await execute("INSERT INTO event (kind, space) VALUES ('moderation.x', {})", world.space_id[space])
    await execute("INSERT INTO event (kind) VALUES ('portal.x')")
    for who in ("employee", "guest_a"):
        await execute("INSERT INTO event (kind, person) VALUES ('person.x', {})", world.person_id[who])


async def _one_of_each(world: World) -> None:
    """What belongs to one person or space, and nothing else has put there."""
    ids = world.person_id
    await execute(
        "INSERT INTO campaign_notice (campaign, space, kind, author, reason, language)"
        " SELECT id, space, 'declined', author, 'Why', 'en' FROM campaign WHERE id > 0"
    )
    await execute(
        "INSERT INTO idea_reply (idea, space, question, value) SELECT i.id, i.space, q.id, 'Yes'"
        " FROM idea i JOIN question q USING (campaign)"
    )
    await execute(
        "INSERT INTO mention (comment, space, person, event)"
        " SELECT id, space, author, (SELECT max(id) FROM event) FROM comment"
    )
    await execute("INSERT INTO space_unit (space, unit) SELECT s.id, min(u.id) FROM space s, org_unit u GROUP BY s.id")
    for who, space in (("guest_a", "closed_a"), ("insider_b", "closed_b"), ("employee", "organisation")):
        for sql in OF_ONE:
            await execute(sql, ids[who], world.space_id[space])
    for side in "ab":
        # what a moderator wrote herself is reported, and what a guest wrote was found to be all right
        await add_comment(world, f"of_insider_{side}", idea=f"closed_{side}", author=f"insider_{side}")
        await add_report(world, f"of_insider_{side}", comment=f"of_insider_{side}", reporter=f"guest_{side}")
        await add_comment(world, f"right_{side}", idea=f"closed_{side}", author=f"guest_{side}")
        await add_report(world, f"right_{side}", comment=f"right_{side}", reporter=f"insider_{side}")
        await add_decision(world, f"right_{side}", f"right_{side}", moderator=f"insider_{side}", action="allow")
        await add_idea(world, f"plain_{side}", campaign=f"closed_{side}", author=f"insider_{side}")
        idea, insider = world.idea_id[f"closed_{side}"], ids[f"insider_{side}"]
        for state in ("accepted", "invited"):
            await add_idea(
                world, f"draft_{state}_{side}", campaign=f"closed_{side}", author=f"insider_{side}", state="draft"
            )
            for in_state in ("draft", "hidden"):
                name = f"{in_state}_{state}_{side}"
                if in_state == "hidden":
                    await add_idea(world, name, campaign=f"closed_{side}", author=f"insider_{side}", state="hidden")
                await execute(
                    "INSERT INTO co_author (idea, space, person, invited_by, accepted_at)"
                    " SELECT id, space, {}, author, {} FROM idea WHERE id = {}",
                    *(ids[f"guest_{side}"], NOW if state == "accepted" else None, world.idea_id[name]),
                )
        await execute(
            "INSERT INTO highlight (idea, space, kind, author) SELECT id, space, 'pin', {} FROM idea WHERE id = {}",
            *(insider, idea),
        )
        await execute(
            "INSERT INTO co_author (idea, space, person, invited_by, accepted_at)"
            " SELECT id, space, {}, author, {} FROM idea WHERE id = {}",
            *(world.person_id["colleague"], NOW, world.idea_id[f"plain_{side}"]),
        )
        await add_comment(
            world, f"shown_{side}", idea=f"closed_{side}", author=f"insider_{side}", root=f"hidden_closed_{side}"
        )
        await add_attachment(world, f"waiting_{side}", idea=f"closed_{side}")
        await execute("UPDATE attachment SET state = 'held' WHERE id = {}", world.attachment_id[f"waiting_{side}"])
        for label in ("internal", "secret"):
            await execute(
                "INSERT INTO space_record (space, label, asked_by) SELECT id, {}, {} FROM space WHERE id = {}",
                *(label, world.person_id[f"insider_{side}"], world.space_id[f"closed_{side}"]),
            )
        await add_comment(world, f"under_hidden_{side}", idea=f"hidden_closed_{side}", author=f"insider_{side}")
    # house rules that are newer than those that she accepted
    await execute(
        "INSERT INTO about_page (slug, language, title, body, body_html, author)"
        " SELECT slug, language, title, body, body_html, author FROM about_page WHERE slug = 'house-rules'"
    )


async def _sessions() -> None:
    """Everybody has one by her public id, and some that are good no more: idle, at their end, of an older epoch."""
    await execute(
        "INSERT INTO session (token_sha256, person, epoch, created_at, last_seen_at, idle_until, expires_at)"
        " SELECT sha256((p.public_id || e.ending)::bytea), p.id, p.epoch - e.older, n, n, n + e.idle, n + e.last"
        " FROM person p, plein_now() n, (VALUES ('', 0, interval '1 hour', interval '1 day'),"
        " ('.idle', 0, interval '-1 hour', interval '1 day'), ('.expired', 0, interval '1 hour', interval '-1 hour'),"
        " ('.older', 1, interval '1 hour', interval '1 day')) e (ending, older, idle, last)"
    )


async def _pauses() -> None:
    """Who is paused writes nothing any more."""
    await execute(
        "INSERT INTO pause (person, space, decision, until) SELECT person, space, id, plein_now() + interval '1 day'"
        " FROM decision"
    )


async def _screened(world: World) -> None:
    """In the guest spaces something of everybody waits to be screened; of what was diverted one appeal is decided."""
    ids = world.person_id
    waits = (
        "INSERT INTO screening (space, idea, person, category, found, was, due_at)"
        " SELECT space, id, author, 'health', 'words', 'draft', plein_now() + interval '4 hours' FROM idea WHERE id = {}"
    )
    for name in ("guest_a", "insider_a", "moderator"):
        place = "organisation" if name == "moderator" else "closed_a"
        await add_idea(world, f"screened_{name}", stream=place, author=name, state="draft", comments=False)
        await execute(waits, world.idea_id[f"screened_{name}"])
        await execute(
            "INSERT INTO unmasking (idea, space, person, role, reason) SELECT id, space, {}, 'moderator', 'R' FROM idea"
            " WHERE id = {}",
            *(ids["employee"], world.idea_id[f"screened_{name}"]),
        )
    decided = (
        "WITH x AS (INSERT INTO screening (space, person, category, found, was, due_at, state, decided_by, decided_at,"
        " appealed_at, appeal_to, outcome, outcome_at) SELECT s.id, {}, 'health', 'words', 'draft', n, 'diverted', {}, n,"
        " n, {}, 'upheld', n FROM space s, plein_now() n WHERE s.id = {} RETURNING id)"
        " INSERT INTO sealed_text (screening, body) SELECT id, 'T' FROM x"
    )
    await execute(decided, *(ids[name] for name in ("guest_a", "moderator", "sponsor")), world.space_id["closed_a"])
