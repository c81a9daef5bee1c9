"""Rows that one condition alone keeps from somebody, or lets her see: each is here because a mutant went unnoticed."""

from __future__ import annotations

from portal.db import execute, fetch_value
from tests.world import (
    NOW,
    World,
    add_attachment,
    add_case,
    add_comment,
    add_decision,
    add_idea,
    add_report,
    take_name_off,
)

MEMBER = "INSERT INTO membership (space, person, role, until) VALUES ({}, {}, {}, {})"
#: Everybody of these has a record of every case, under each label, whole and not.
RECORDS = """
    INSERT INTO case_record (escalation, space, person, label, whole, language, reason)
    SELECT e.id, e.space, p.id, l.label, w.whole, 'en', 'R' FROM escalation e, person p,
        (VALUES ('internal'), ('secret')) l (label), (VALUES (TRUE), (FALSE)) w (whole) WHERE p.id = ANY({})
"""


async def corners(world: World) -> None:
    """All of them, while everybody may still write."""
    await _rights(world)
    await _cases(world)
    await _hosted(world)
    await _content(world)
    await _written(world)
    await _without_names(world)
    await _shown_to_administrators(world)


async def where_all_ended(world: World) -> None:
    """What is written nowhere any more: one space has ended, another ends soon; of two pauses one is over."""
    for name, day in (("closed_b", "2026-06-16"), ("open", "2026-12-31")):
        await execute(f"UPDATE space SET ends_on = '{day}' WHERE id = {{}}", world.space_id[name])
    paused = [row["id"] for row in await execute("SELECT min(id) AS id FROM pause GROUP BY person ORDER BY 1")]
    assert len(paused) > 1, "else nothing is told apart"
    await execute("UPDATE pause SET ended_at = plein_now() WHERE id = {}", paused[0])
    await execute("UPDATE pause SET until = plein_now() - interval '1 hour' WHERE id = {}", paused[1])


async def _rights(world: World) -> None:
    """Roles, some of them over; each right held back alone; a section."""
    ids, spaces = world.person_id, world.space_id
    for who, space, role, days in (
        ("author", "closed_b", "owner", 1),
        ("author", "open", "moderator", -1),
        ("sister", "sisters", "moderator", 1),
        ("colleague", "organisation", "moderator", -1),
        ("colleague", "organisation", "owner", -1),
        ("colleague", "open", "community_manager", 1),
    ):
        until = f"plein_now() + interval '{days} days'"
        await execute(
            f"INSERT INTO membership (space, person, role, until) VALUES ({{}}, {{}}, {{}}, {until})",
            *(spaces[space], ids[who], role),
        )
    await execute("UPDATE membership SET may_download = TRUE WHERE person = {}", ids["guest_b"])
    await execute("INSERT INTO partner (name, created_by) VALUES ('Of nobody', {})", ids["insider_a"])
    # guests of one organisation: until some day, until lately, and for good
    for who, space, days in (("guest_b", "closed_a", 1), ("guest_a", "closed_b", -1)):
        await execute(
            "INSERT INTO membership (space, person, role, partner, until)"
            f" SELECT {{}}, person, role, partner, plein_now() + interval '{days} days' FROM membership WHERE person = {{}}"
            " AND partner IS NOT NULL",
            *(spaces[space], ids[who]),
        )
    await execute(
        "UPDATE membership SET may_download = FALSE WHERE person = {} AND role = 'member'", ids["decision_maker"]
    )
    await execute(
        "INSERT INTO space (kind, parent, name, language, open) VALUES ('section', {}, 'Section', 'en', TRUE)",
        spaces["organisation"],
    )


async def _cases(world: World) -> None:
    """Some that wait for an owner where somebody looks after them; who was on one, or only sees to its promise."""
    ids = world.person_id
    for space, state in (("open", "qualifying"), ("sisters", "triage"), ("owned", "qualifying")):
        if space == "owned":  # by somebody who has nothing else to do with cases
            world.space_id[space] = await fetch_value(
                "INSERT INTO space (kind, name, language, open) VALUES ('group', 'Owned', 'en', FALSE) RETURNING id"
            )
            await execute(MEMBER, world.space_id[space], ids["campaign_owner"], "owner", None)
            await execute(MEMBER, world.space_id[space], ids["employee"], "member", None)
        await add_idea(world, f"waits_{space}", stream=space, author="employee")
        await add_case(world, f"waits_{space}", idea=f"waits_{space}", state=state)
    role = (
        "INSERT INTO case_role (escalation, space, person, role, until) SELECT id, space, {}, {}, {} FROM escalation"
        " WHERE id = {}"
    )
    await execute(role, ids["author"], "deputy", NOW, world.case_id["decide"])
    await execute(role, ids["moderator"], "promise", None, world.case_id["decide"])
    await execute(
        "INSERT INTO case_file (escalation, space, author, kind, name, file, size)"
        " SELECT id, space, owner, 'png', 'f.png', 'corner', 1 FROM escalation WHERE id = {}",
        world.case_id["decide"],
    )
    who = [ids[name] for name in ("sponsor", "administrator", "colleague", "guest_a", "moderator")]
    await execute(RECORDS, who)
    await execute("UPDATE space SET label = 'secret' WHERE id = {}", world.space_id["archived"])
    await execute("UPDATE case_role SET until = plein_now() WHERE escalation = {}", world.case_id["withdrawn"])
    # a promise after an answer that nobody reads yet, with news of it; and whoever is asked replies
    await add_case(world, "voted", idea="vote", state="committed", owner="sponsor", answered_at=NOW)
    promise = await fetch_value(
        "INSERT INTO promise (idea, space, answer, escalation, author, body, language, owner, due_on)"
        " SELECT idea, space, id, {}, author, 'Later', 'en', author, '2026-09-01' FROM answer WHERE idea = {}"
        " RETURNING id",
        *(world.case_id["voted"], world.idea_id["vote"]),
    )
    await execute(
        "INSERT INTO promise_news (promise, space, author, kind, body, body_html, language)"
        " SELECT id, space, author, 'news', 'N', 'N', 'en' FROM promise WHERE id = {}",
        promise,
    )
    await execute(
        "INSERT INTO crowd_reply (question, space, person, yes) SELECT id, space, {}, TRUE FROM crowd_question",
        ids["administrator"],
    )


async def _hosted(world: World) -> None:
    """A space whose host does not read it, and what hosts answer for there and elsewhere."""
    ids, spaces = world.person_id, world.space_id
    hosted = await fetch_value(
        "INSERT INTO space (kind, name, language, open, host) VALUES ('guest', 'Hosted', 'en', FALSE, {}) RETURNING id",
        ids["sponsor"],
    )
    await execute(
        "INSERT INTO invitation (space, partner, email, name, language, may_write, may_vote, may_download, until,"
        " invited_by, expires_at) SELECT {}, partner, 'hosted@overwater.example', name, language, TRUE, TRUE, TRUE,"
        " until, {}, expires_at FROM invitation"
        " WHERE id = {}",
        *(hosted, ids["sponsor"], world.invitation_id["a"]),
    )
    await execute(
        "INSERT INTO space_record (space, label, asked_by) SELECT id, label, host FROM space WHERE id = {}", hosted
    )
    await execute(MEMBER, spaces["closed_b"], ids["decision_maker"], "member", None)
    for space, mentor, person in (
        (hosted, "employee", "former_guest"),
        (spaces["closed_a"], "insider_a", "former_guest"),
        (spaces["closed_b"], "insider_b", "former_guest"),
    ):
        await execute(
            "INSERT INTO mentor (space, person, most) VALUES ({}, {}, 9) ON CONFLICT DO NOTHING", space, ids[mentor]
        )
        await execute(
            "INSERT INTO mentorship (space, person, mentor) VALUES ({}, {}, {})", space, ids[person], ids[mentor]
        )
    await execute(
        "INSERT INTO colleague_wish (space, person, name, email) VALUES ({}, {}, 'N', 'n@overwater.example')",
        *(spaces["closed_a"], ids["former_guest"]),
    )


async def _content(world: World) -> None:
    """Files that wait, a wish for one, what was asked about what is hidden, steps that are told at once, and comments that
    are screened or were diverted."""
    for name, state, root in (
        ("waits", "draft", None),
        ("below", "published", "waits"),
        ("diverted", "published", None),
    ):
        author = "insider_a" if name == "below" else "guest_a"
        await add_comment(world, name, idea="closed_a", author=author, state=state, root=root)
    await execute(
        "UPDATE comment SET state = 'diverted', body = '', body_html = '' WHERE id = {}", world.comment_id["diverted"]
    )
    guest, space = world.person_id["guest_a"], world.space_id["closed_a"]
    await add_attachment(world, "held_of_guest", idea="closed_a")
    await execute(
        "UPDATE attachment SET state = 'held', author = {} WHERE id = {}", guest, world.attachment_id["held_of_guest"]
    )
    await execute(
        "UPDATE attachment SET author = {} WHERE id = {}",
        *(world.person_id["colleague"], world.attachment_id["waiting_a"]),
    )
    await execute(
        "INSERT INTO file_wish (attachment, space, person) VALUES ({}, {}, {})",
        *(world.attachment_id["waiting_a"], space, guest),
    )
    await execute(
        "INSERT INTO action_request (idea, space, person, reason) VALUES ({}, {}, {}, 'Why')",
        *(world.idea_id["hidden_closed_a"], space, guest),
    )
    for status in ("adopted", "became an idea"):
        await execute(
            "INSERT INTO status_change (idea, space, author, status, body, body_html, language)"
            " SELECT id, space, author, {}, 'S', 'S', 'en' FROM idea WHERE id = {}",
            *(status, world.idea_id["collect"]),
        )
    # one that its author took back, and one that goes to a guest, who screens and judges nothing
    for state, appeal_to in (("taken back", None), ("open", world.person_id["guest_b"])):
        await execute(
            "INSERT INTO screening (space, person, category, found, was, due_at, state, appeal_to)"
            " VALUES ({}, {}, 'health', 'words', 'draft', plein_now(), {}, {})",
            *(space, world.person_id["insider_a"], state, appeal_to),
        )
    # of one bundle she has read what she may see, and not what she may not
    await execute(
        "UPDATE notice SET bundle = 'both', read_at = CASE WHEN space = {} THEN plein_now() END WHERE id IN ("
        "SELECT min(id) FROM notice WHERE person = {} AND needs IS NULL AND idea IS NULL AND campaign IS NULL"
        " AND comment IS NULL AND answer IS NULL AND space = ANY({}) GROUP BY space)",
        world.space_id["organisation"],
        world.person_id["sponsor"],
        [world.space_id["organisation"], world.space_id["closed_b"]],
    )


async def _without_names(world: World) -> None:
    """Two posts by different people, and under each what else has an address."""
    for name, author in (("nobodys", "author"), ("nobodys_in_a", "insider_a")):
        place = "organisation" if author == "author" else "closed_a"
        await add_idea(world, name, stream=place, author=author, comments=False)
        await take_name_off(world.idea_id[name])
        await add_comment(world, name, idea=name, author="insider_a")
        await add_attachment(world, name, idea=name)
        await add_case(world, name, idea=name, state="withdrawn")
        for item, about in ((f"{name}_itself", {"idea": name}), (f"{name}_said", {"comment": name})):
            await add_report(world, item, reporter="employee", **about)
            await add_decision(world, item, item, moderator="moderator", action="warn")
    # somebody else's file stands under one of them
    await add_attachment(world, "by_another", idea="nobodys_in_a")
    await execute(
        "UPDATE attachment SET author = {} WHERE id = {}",
        *(world.person_id["colleague"], world.attachment_id["by_another"]),
    )
    # with one somebody else goes on, in his own name, and under it stands also what nobody wrote
    await add_idea(world, "handed_on", stream="organisation", author="author", comments=False)
    await take_name_off(world.idea_id["handed_on"])
    idea, other = world.idea_id["handed_on"], world.person_id["colleague"]
    for name in ("nobodys_own", "anothers"):
        await add_comment(world, name, idea="handed_on", author="insider_a")
        await add_attachment(world, name, idea="handed_on")
    await execute("UPDATE attachment SET author = {} WHERE id = {}", other, world.attachment_id["anothers"])
    await execute(
        "UPDATE comment SET author = (SELECT author FROM idea WHERE id = {}) WHERE id = {}",
        *(idea, world.comment_id["nobodys_own"]),
    )
    await add_case(world, "handed_on", idea="handed_on", state="withdrawn")
    await execute("UPDATE idea SET author = {}, anonymous = FALSE WHERE id = {}", other, idea)


async def _shown_to_administrators(world: World) -> None:
    """Who screens what nobody has posted, its words, and a line of what was destroyed."""
    rule = await fetch_value(
        "INSERT INTO sensitive_rule (category, version, name_nl, name_en, author, reason, consent_by, consent_on)"
        " VALUES ('union', 99, 'N', 'N', {}, 'R', 'C', '2026-06-01') RETURNING id",
        world.person_id["administrator"],
    )
    await execute("INSERT INTO screener (rule, person) VALUES ({}, {})", rule, world.person_id["insider_b"])
    await execute("INSERT INTO sensitive_words (rule, words_en) VALUES ({}, 'w')", rule)
    over = world.case_id["withdrawn"]
    await execute("UPDATE escalation SET ended_at = plein_now() - interval '11 years' WHERE id = {}", over)
    await execute(
        "INSERT INTO retention_log (list, kind, escalation, things, ended_at)"
        " SELECT l.id, 'notes', e.id, 1, e.ended_at FROM escalation e, (SELECT max(id) AS id FROM retention_list) l"
        " WHERE e.id = {}",
        over,
    )


async def _written(world: World) -> None:
    """Ideas of a guest that were sent back: put back, not yet, and judged again since; and what one who left wrote."""
    ids, space = world.person_id, world.space_id["closed_a"]
    for name, put_back, undone in (("sent", False, False), ("put", True, False), ("undone", True, True)):
        await add_idea(world, f"{name}_back", campaign="closed_a", author="guest_a", comments=False)
        for number in range(2 if undone else 1):
            await add_report(world, f"{name}_back_{number}", idea=f"{name}_back", reporter="insider_a")
            await add_decision(
                world, f"{name}_back_{number}", f"{name}_back_{number}", moderator="insider_a", action="send back"
            )
        if put_back:
            await execute(
                "UPDATE decision SET put_back_at = plein_now() WHERE id = {}", world.decision_id[f"{name}_back_0"]
            )
        if undone:
            await execute(
                "UPDATE decision SET undone_at = plein_now(), undone_by = {} WHERE id = {}",
                *(ids["insider_a"], world.decision_id[f"{name}_back_1"]),
            )
    await execute(
        "UPDATE capture SET person = NULL, name = 'X', claimant = {}, state = 'settled', settled_at = plein_now()"
        " WHERE idea = {}",
        *(ids["guest_a"], world.idea_id["hidden_closed_a"]),
    )
    for claimant, state, settled, idea in (
        ("guest_a", "claimed", None, "removed_closed_a"),
        ("insider_a", "settled", NOW, "withdrawn_closed_a"),
    ):
        await execute(
            "UPDATE capture SET person = NULL, name = 'X', claimant = {}, state = {}, settled_at = {} WHERE idea = {}",
            *(ids[claimant], state, settled, world.idea_id[idea]),
        )
    for place in (space, world.space_id["open"]):
        await execute(
            "INSERT INTO chapter (space, title, body, body_html, opens, author) VALUES ({}, 'E', 'E', 'E', -30, {})",
            *(place, ids["insider_a"]),
        )
