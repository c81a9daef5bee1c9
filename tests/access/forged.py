"""What a guest tries by her own SQL within her own space, where it is not hers to change."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

import asyncpg

from portal.db import execute, fetch_value, leave_connection, stand_behind_wall, transaction
from tests.access.stage import under_an_idea
from tests.client import new_session
from tests.world import World, add_attachment, add_comment, add_decision, add_file_wish, add_idea, add_report

#: What is kept of a text of hers before it changes: as it stands, and as it never did.
KEPT = {
    "title": ("title", "'x'"),
    "body": ("body", "'x'"),
    "tags": ("tags", "ARRAY['x']"),
    "core_questions": ("core_questions", "ARRAY['x']"),
    "replies": ("plein_answered_questions(id)", "'x'"),
}
#: What is tried, by table. As the owner of the tables each does something; as the guest none does.
FORGED = {
    "idea": (
        "UPDATE idea SET title = 'x' WHERE id = {theirs}",
        "UPDATE idea SET author = {guest}, title = 'x' WHERE id = {theirs}",
        "UPDATE idea SET author = {insider} WHERE id = {hers}",
        "UPDATE idea SET author = {insider} WHERE id = {plain}",
        "UPDATE idea SET supporters = 9 WHERE id = {hers}",
        "UPDATE idea SET joint = 9 WHERE id = {hers}",
        "UPDATE idea SET published_at = published_at - interval '9 days' WHERE id = {hers}",
        "UPDATE idea SET campaign = campaign WHERE id = {hers}",
        "UPDATE idea SET status = 'shortlisted' WHERE id = {hers}",
        "UPDATE idea SET state = 'published' WHERE id = {hidden}",
        "DELETE FROM idea WHERE id = {their_draft}",
        "UPDATE idea SET speaks_for = {insider} WHERE id = {hers}",
        "INSERT INTO idea (kind, campaign, space, author, state, title, body, body_html, excerpt, language)"
        " VALUES ('leader', -{space}, {space}, {guest}, 'published', 't', 'b', 'b', 'b', 'en')",
        "INSERT INTO idea (campaign, space, author, state, title, body, body_html, excerpt, language, supporters)"
        " SELECT campaign, space, {guest}, 'published', 't', 'b', 'b', 'b', 'en', 9 FROM idea WHERE id = {hers}",
        "INSERT INTO idea (campaign, space, author, state, title, body, body_html, excerpt, language)"
        " SELECT campaign, space, {insider}, 'published', 't', 'b', 'b', 'b', 'en' FROM idea WHERE id = {hers}",
        "INSERT INTO idea (campaign, space, author, state, title, body, body_html, excerpt, language, edited_by)"
        " SELECT campaign, space, {guest}, 'published', 't', 'b', 'b', 'b', 'en', {insider} FROM idea WHERE id = {hers}",
        "UPDATE idea SET title = 'x', edited_by = {insider} WHERE id = {hers}",
        "UPDATE idea SET excerpt = 'x', edited_by = NULL WHERE id = {hers}",
    ),
    "co_author": (
        "INSERT INTO co_author (idea, space, person, invited_by, accepted_at)"
        " VALUES ({plain_of_theirs}, {space}, {guest}, {guest}, plein_now())",
        "INSERT INTO co_author (idea, space, person, invited_by) VALUES ({plain_of_theirs}, {space}, {guest}, {guest})",
        "INSERT INTO co_author (idea, space, person, invited_by, accepted_at)"
        " VALUES ({hers}, {space}, {insider}, {guest}, plein_now())",
        "UPDATE co_author SET accepted_at = plein_now() WHERE person = {colleague}",
        "UPDATE co_author SET idea = {plain_of_theirs} WHERE person = {guest}",
        "DELETE FROM co_author WHERE person = {colleague} AND idea = {theirs}",
    ),
    "comment": (
        "UPDATE comment SET body = 'x' WHERE author = {insider} AND space = {space}",
        "UPDATE comment SET state = 'published' WHERE id = {hidden_comment}",
        "UPDATE comment SET helpful = 9 WHERE id = {comment}",
        "INSERT INTO comment (idea, space, author, state, body, body_html, language, helpful)"
        " VALUES ({theirs}, {space}, {guest}, 'published', 'x', 'x', 'en', 9)",
    ),
    "comment_version": (
        "INSERT INTO comment_version (comment, space, version, body, body_html, created_at)"
        " VALUES ({their_comment}, {space}, 7, 'x', 'x', plein_now())",
        "INSERT INTO comment_version (comment, space, version, body, body_html, created_at)"
        " SELECT id, space, version, body, 'x', created_at FROM comment WHERE id = {comment}",
        "DELETE FROM comment_version WHERE comment = {their_comment}",
    ),
    "mention": (
        "INSERT INTO mention (comment, space, person, event)"
        " SELECT {their_comment}, {space}, {guest}, max(id) FROM event",
        "DELETE FROM mention WHERE comment = {their_comment}",
    ),
    "correction": (
        "INSERT INTO correction (idea, space, author, body, body_html, language)"
        " VALUES ({theirs}, {space}, {guest}, 'x', 'x', 'en')",
    ),
    "status_change": (
        "INSERT INTO status_change (idea, space, author, status, body, body_html, language)"
        " VALUES ({theirs}, {space}, {guest}, 'withdrawn', 'x', 'x', 'en')",
        "INSERT INTO status_change (idea, space, author, status, body, body_html, language)"
        " VALUES ({hers}, {space}, {guest}, 'shortlisted', 'x', 'x', 'en')",
    ),
    "attachment": (
        "UPDATE attachment SET state = 'shown' WHERE author = {guest}",
        "UPDATE attachment SET description = 'x' WHERE author = {insider} AND space = {space}",
        "INSERT INTO attachment (idea, space, author, kind, name, description, file, size)"
        " SELECT {theirs}, space, {guest}, kind, name, description, 'another', size FROM attachment"
        " WHERE author = {guest} LIMIT 1",
        "DELETE FROM attachment WHERE author = {insider} AND space = {space}",
    ),
    "capture": (
        "UPDATE capture SET claimant = {guest}, state = 'claimed' WHERE person = {colleague}",
        "UPDATE capture SET claimant = {guest}, state = 'settled', settled_at = plein_now() WHERE person IS NULL",
        "UPDATE capture SET person = {guest} WHERE person IS NULL",
    ),
    "idea_reply": (
        "DELETE FROM idea_reply WHERE idea = {theirs}",
        "INSERT INTO idea_reply (idea, space, question, value)"
        " SELECT {plain_of_theirs}, space, question, 'x' FROM idea_reply LIMIT 1",
    ),
    "idea_version": (
        "INSERT INTO idea_version (idea, space, version, title, body, tags, author, created_at)"
        " VALUES ({theirs}, {space}, 7, 'x', 'x', '{{{{}}}}', {guest}, plein_now())",
        *(
            f"INSERT INTO idea_version (idea, space, author, created_at, version, {', '.join(KEPT)})"
            f" SELECT id, space, author, updated_at, version, {', '.join(columns)} FROM idea WHERE id = {{hers}}"
            for columns in (
                [forged if name == changed else as_it_is for name, (as_it_is, forged) in KEPT.items()]
                for changed in KEPT
            )
        ),
    ),
    "appeal": (
        "INSERT INTO appeal (decision, space, words) VALUES ({their_decision}, {space}, 'x')",
        "INSERT INTO appeal (decision, space, words, outcome, reason, decided_by, decided_at)"
        " VALUES ({decision}, {space}, 'x', 'granted', 'x', {insider}, plein_now())",
    ),
    "decision": (
        "UPDATE decision SET action = 'allow' WHERE id = {decision}",
        "UPDATE decision SET put_back_at = plein_now() WHERE id = {their_decision}",
    ),
    "moderation_item": (
        "UPDATE moderation_item SET state = 'closed' WHERE id = {item}",
        "UPDATE moderation_item SET state = 'open' WHERE id = {their_item}",
        "UPDATE moderation_item SET author = {insider} WHERE id = {item}",
    ),
    "report": (
        "INSERT INTO report (item, space, reporter, rule, title, body_html)"
        " VALUES ({item}, {space}, {colleague}, 'persons', 't', 'b')",
    ),
    "cluster_item": (
        "UPDATE cluster_item SET left_at = plein_now(), left_by = {guest}, left_reason = 'x' WHERE idea = {plain_of_theirs}",
    ),
    "vote": ("INSERT INTO vote (person, idea, space, guest) VALUES ({guest}, {theirs}, {space}, FALSE)",),
    "event": (
        "INSERT INTO event (kind, actor, space, particulars) VALUES ('comment.added', {insider}, {space}, '{{{{}}}}')",
        "INSERT INTO event (kind, actor, space) VALUES ('case.invalidated', {guest}, {space})",
        "INSERT INTO event (kind, actor, space, idea) VALUES ('idea.withdrawn', {guest}, {space}, {theirs})",
        "INSERT INTO event (kind, actor, idea) VALUES ('idea.help_offered', {guest}, {theirs})",
        "INSERT INTO event (kind, actor, space, idea) VALUES ('idea.help_offered', {guest}, {space}, {elsewhere})",
        "INSERT INTO event (kind, actor, person) VALUES ('person.edited', {guest}, {insider})",
        "INSERT INTO event (kind, actor, space, person) VALUES ('idea.co_author_invited', {guest}, {space}, {stranger})",
        "INSERT INTO event (kind, actor, space, person) VALUES ('moderation.reported', {guest}, {space}, {insider})",
    ),
    "event_queue": (
        "INSERT INTO event_queue (event) SELECT e.id FROM event e"
        " WHERE NOT EXISTS (SELECT FROM event_queue q WHERE q.event = e.id) LIMIT 1",
    ),
    "data_export": (
        "INSERT INTO data_export (person) VALUES ({insider})",
        "INSERT INTO data_export (person, file, made_at) VALUES ({guest}, '/etc/passwd', plein_now())",
    ),
    "person": (
        "UPDATE person SET epoch = 7 WHERE id = {guest}",
        "UPDATE person SET last_signed_in_at = plein_now() WHERE id = {guest}",
    ),
    "identity": (
        "UPDATE identity SET email = 'x@y.example' WHERE person = {guest}",
        "UPDATE identity SET name = 'x' WHERE person = {guest}",
    ),
    "session": (
        "UPDATE session SET expires_at = expires_at + interval '9 days' WHERE person = {guest}",
        "INSERT INTO session (token_sha256, person, epoch, user_agent, created_at, last_seen_at, idle_until, expires_at)"
        " SELECT 'another', person, epoch, user_agent, created_at, last_seen_at, idle_until, expires_at FROM session"
        " WHERE person = {guest} LIMIT 1",
    ),
    "credential": ("UPDATE credential SET password_hash = 'x' WHERE person = {guest}",),
    "password_reset": ("UPDATE password_reset SET used_at = NULL WHERE person = {guest}",),
    "sign_in_link": ("UPDATE sign_in_link SET used_at = NULL WHERE person = {guest}",),
    "file_wish": (
        "UPDATE file_wish SET state = 'refused', decided_at = plein_now() WHERE person = {guest}",
        "INSERT INTO file_wish (attachment, space, person, words, state, decided_at)"
        " SELECT max(id), {space}, {guest}, 'x', 'given', plein_now() FROM attachment WHERE space = {space}",
    ),
    "colleague_wish": ("UPDATE colleague_wish SET state = 'invited', decided_at = plein_now() WHERE person = {guest}",),
    "help_offer": (
        "UPDATE help_offer SET body = 'x' WHERE person = {insider} AND space = {space}",
        "INSERT INTO help_offer (idea, space, person, body) VALUES ({plain}, {space}, {insider}, 'x')",
    ),
    "membership": ("UPDATE membership SET may_write = TRUE, until = NULL WHERE person = {guest}",),
}


async def something_to_forge(world: World) -> dict[str, int]:
    """Something of everything in the guest's space: hers, and the insider's."""
    guest, insider, colleague = (world.person_id[name] for name in ("guest_a", "insider_a", "colleague"))
    async with transaction():
        for name, author, state in (
            ("hers", "guest_a", "published"),
            ("plain", "guest_a", "published"),
            ("hidden", "guest_a", "published"),
            ("theirs", "insider_a", "published"),
            ("plain_of_theirs", "insider_a", "published"),
            ("their_draft", "insider_a", "draft"),
        ):
            await add_idea(world, name, campaign="closed_a", author=author, state=state, comments=False)
        await add_comment(world, "comment", idea="theirs", author="guest_a")
        for name, author in (("hidden_comment", "guest_a"), ("theirs_sent_back", "insider_a")):
            await add_comment(world, name, idea="theirs", author=author)
            await add_report(world, name, comment=name, reporter="employee")
            await add_decision(world, name, name, moderator="colleague", action="remove")
        await add_report(world, "hidden", idea="hidden", reporter="insider_a")
        await add_decision(world, "hidden", "hidden", moderator="insider_a", action="remove")
        await add_report(world, "waits", idea="plain", reporter="insider_a")
        await add_comment(world, "their_comment", idea="theirs", author="insider_a")
        await add_attachment(world, "their_file", idea="theirs")
        await add_attachment(world, "her_file", idea="hers")
        await execute("UPDATE attachment SET author = {} WHERE id = {}", guest, world.attachment_id["her_file"])
        await execute("UPDATE attachment SET state = 'held' WHERE id = {}", world.attachment_id["her_file"])
        await add_file_wish(world, "their_file", person="guest_a")
        for idea in ("theirs", "hers"):
            await under_an_idea(world.idea_id[idea], insider, colleague)
        await execute(
            "INSERT INTO co_author (idea, space, person, invited_by) SELECT id, space, {}, author FROM idea WHERE id = {}",
            guest,
            world.idea_id["theirs"],
        )
        await execute("UPDATE capture SET name = '', person = {} WHERE idea = {}", colleague, world.idea_id["theirs"])
        # said to be the insider's, which is not settled; and settled: hers, and one of his own
        await execute(
            "UPDATE capture SET claimant = {}, state = 'claimed' WHERE idea = {}", insider, world.idea_id["hers"]
        )
        for idea, claimant in (("plain", guest), ("plain_of_theirs", insider)):
            await execute(
                "INSERT INTO capture (idea, space, workshop, author, name, claimant, state, settled_at)"
                " SELECT {}, space, workshop, author, 'X', {}, 'settled', plein_now() FROM capture WHERE idea = {}",
                *(world.idea_id[idea], claimant, world.idea_id["hers"]),
            )
        await execute(
            "INSERT INTO comment_version (comment, space, version, body, body_html, created_at)"
            " SELECT id, space, 1, 'x', 'x', plein_now() FROM comment WHERE id = {}",
            world.comment_id["their_comment"],
        )
        await execute(
            "INSERT INTO mention (comment, space, person, event) SELECT id, space, {}, (SELECT max(id) FROM event)"
            " FROM comment WHERE id = {}",
            *(colleague, world.comment_id["their_comment"]),
        )
        question = await fetch_value(
            "INSERT INTO question (campaign, space, version, position, kind, label)"
            " SELECT id, space, 1, 7, 'text', 'Q' FROM campaign WHERE id = {} RETURNING id",
            world.campaign_id["closed_a"],
        )
        await execute(
            "INSERT INTO idea_reply (idea, space, question, value) SELECT id, space, {}, 'x' FROM idea WHERE id = {}",
            question,
            world.idea_id["theirs"],
        )
        await execute(
            "INSERT INTO cluster_item (lead, idea, space, added_by, opt_out_until)"
            " SELECT {}, id, space, author, plein_now() + interval '1 day' FROM idea WHERE id = {}",
            *(world.idea_id["theirs"], world.idea_id["plain_of_theirs"]),
        )
    await new_session(guest)
    for link in ("password_reset", "sign_in_link"):
        add = f"INSERT INTO {link} (token_sha256, person, created_at, expires_at, used_at) SELECT 'x', {{}}, n, n, n FROM plein_now() n"
        await execute(add, guest)
    await execute("INSERT INTO credential (person, password_hash) VALUES ({}, 'x') ON CONFLICT DO NOTHING", guest)
    comments = {name: world.comment_id[name] for name in ("comment", "hidden_comment", "their_comment")}
    ideas = {
        name: world.idea_id[name] for name in ("hers", "plain", "hidden", "theirs", "plain_of_theirs", "their_draft")
    }
    return {
        **ideas,
        **comments,
        "guest": guest,
        "insider": insider,
        "colleague": colleague,
        "stranger": world.person_id["guest_b"],
        "elsewhere": world.idea_id["collect"],
        "space": world.space_id["closed_a"],
        "decision": world.decision_id["hidden"],
        "their_decision": world.decision_id["theirs_sent_back"],
        "item": world.item_id["waits"],
        "their_item": world.item_id["theirs_sent_back"],
    }


async def what_is_forged(
    connection: asyncpg.Connection, ids: dict[str, int], tables: Sequence[str]
) -> AsyncIterator[str]:
    """What of this does something; and what would do nothing even for the owner of the tables."""
    for sql in (forged.format(**ids) + " RETURNING 1" for table in tables for forged in FORGED[table]):
        control = connection.transaction()
        await control.start()
        if not await execute(sql):
            yield f"the owner of the tables would do nothing by: {sql}"
        await control.rollback()
        await stand_behind_wall(ids["guest"], [ids["space"]])
        done = False
        with suppress(asyncpg.InsufficientPrivilegeError):
            async with transaction():
                done = bool(await execute(sql))
        await leave_connection()
        if done:
            yield f"a guest does: {sql}"
