"""The world of the tests: a named cast, a few spaces, a campaign in each phase, an idea in each campaign.

It is inserted once. The clock stands at NOW until a test moves it (`set_clock`).
Tests refer to things by name: `world.person["employee"]`, `world.idea["collect"]`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import md5
from io import BytesIO
from typing import Any

from PIL import Image

from portal.access.tokens import token_sha256
from portal.db import execute, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.files.store import path_of
from portal.install import install_organisation
from portal.text.markdown import excerpt, to_html

NOW = datetime(2026, 6, 17, 13, 0, tzinfo=UTC)  # a Wednesday, 15:00 in Amsterdam
PASSWORD = "a heron beside the sluice"
#: PASSWORD as argon2id with the product's parameters, made once.
PASSWORD_HASH = "$argon2id$v=19$m=19456,t=2,p=1$ZGzt3ft/j1EqJYSwdi6l9A$okH1rN48uyV5b8J7lgO9NZum+YGQmsxwqCX8wXoqobk"

#: The tests' clock: an override where there is one, else the real time.
CLOCK = """
    CREATE TABLE test_clock (at timestamptz);
    GRANT SELECT ON test_clock TO PUBLIC;
    CREATE OR REPLACE FUNCTION plein_now() RETURNS timestamptz LANGUAGE sql VOLATILE
        AS 'SELECT coalesce((SELECT at FROM test_clock), clock_timestamp())';
"""

CAST: dict[str, dict[str, Any]] = {
    "employee": {"name": "Noor Dijkman", "language": "en"},
    "colleague": {"name": "Joris van Heeswijk", "language": "nl"},
    "author": {"name": "Wim Schotanus", "language": "en"},
    "campaign_owner": {"name": "Sefa Aydemir", "language": "en"},
    "sponsor": {"name": "Yara Haddouch", "language": "en", "roles": [("organisation", "leader")]},
    "decision_maker": {"name": "Femke Rijnders", "language": "en", "roles": [("organisation", "decision_maker")]},
    "moderator": {"name": "Malik Osei-Bonsu", "language": "en", "roles": [("organisation", "moderator")]},
    "administrator": {"name": "Priya Raghunath", "language": "en", "roles": [("organisation", "administrator")]},
    "insider_a": {
        "name": "Bram Kuipersma",
        "language": "en",
        "roles": [
            ("organisation", "host"),
            ("closed_a", "owner"),
            ("closed_a", "community_manager"),
            ("closed_a", "member"),
        ],
    },
    "insider_b": {
        "name": "Mei-Ling Tjon",
        "language": "en",
        "roles": [("closed_b", "owner"), ("closed_b", "member"), ("archived", "owner")],
    },
    "guest_a": {"name": "Julie Mercadier", "language": "en", "kind": "guest", "roles": [("closed_a", "member")]},
    "guest_b": {"name": "Stein Halvorsrud", "language": "nl", "kind": "guest", "roles": [("closed_b", "member")]},
    "sister": {"name": "Ilse Vonk", "language": "nl", "kind": "sister"},
    "deactivated": {"name": "Owen Pritchard", "language": "en", "active": False},
}
#: How many days before NOW each phase began, or after NOW it begins (negative), by the phase that the campaign is in.
DATES = {
    "planned": (-5, -10, -15, -20, -25),
    "collect": (5, -5, -10, -15, -20),
    "discuss": (10, 5, -5, -10, -15),
    "vote": (15, 10, 5, -5, -10),
    "decide": (20, 15, 10, 5, -5),
    "done": (25, 20, 15, 10, 5),
}


@dataclass
class World:
    """The ids of everything, by name. `*_id` are bigints, the others public ids."""

    person_id: dict[str, int] = field(default_factory=dict)
    person: dict[str, str] = field(default_factory=dict)
    people_import: dict[str, str] = field(default_factory=dict)
    unit_id: dict[str, int] = field(default_factory=dict)
    unit: dict[str, str] = field(default_factory=dict)
    space_id: dict[str, int] = field(default_factory=dict)
    space: dict[str, str] = field(default_factory=dict)
    campaign_id: dict[str, int] = field(default_factory=dict)
    campaign: dict[str, str] = field(default_factory=dict)
    idea_id: dict[str, int] = field(default_factory=dict)
    idea: dict[str, str] = field(default_factory=dict)
    comment_id: dict[str, int] = field(default_factory=dict)
    comment: dict[str, str] = field(default_factory=dict)
    item_id: dict[str, int] = field(default_factory=dict)
    item: dict[str, str] = field(default_factory=dict)
    decision_id: dict[str, int] = field(default_factory=dict)
    decision: dict[str, str] = field(default_factory=dict)
    attachment_id: dict[str, int] = field(default_factory=dict)
    attachment: dict[str, str] = field(default_factory=dict)
    file_wish_id: dict[str, int] = field(default_factory=dict)
    file_wish: dict[str, str] = field(default_factory=dict)
    service: dict[str, str] = field(default_factory=dict)
    policy_id: dict[str, int] = field(default_factory=dict)
    policy: dict[str, str] = field(default_factory=dict)
    topic_id: dict[str, int] = field(default_factory=dict)
    topic: dict[str, str] = field(default_factory=dict)
    absence: dict[str, str] = field(default_factory=dict)
    workshop: dict[str, str] = field(default_factory=dict)
    promise: dict[str, str] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    capture: dict[str, str] = field(default_factory=dict)
    partner_id: dict[str, int] = field(default_factory=dict)
    partner: dict[str, str] = field(default_factory=dict)
    invitation_id: dict[str, int] = field(default_factory=dict)
    invitation: dict[str, str] = field(default_factory=dict)
    wish: dict[str, str] = field(default_factory=dict)
    notice: dict[str, str] = field(default_factory=dict)
    case_id: dict[str, int] = field(default_factory=dict)
    start: dict[str, str] = field(default_factory=dict)
    case: dict[str, str] = field(default_factory=dict)
    case_record: dict[str, str] = field(default_factory=dict)
    case_file: dict[str, str] = field(default_factory=dict)
    consultation: dict[str, str] = field(default_factory=dict)
    chapter: dict[str, str] = field(default_factory=dict)
    screening: dict[str, str] = field(default_factory=dict)

    def dump(self) -> str:
        """As JSON, so that other processes of a test can read it."""
        return json.dumps(asdict(self))


def email_of(name: str) -> str:
    """The address of somebody of the cast."""
    return f"{name.replace('_', '-')}@world.example"


async def set_clock(moment: datetime | None) -> None:
    """Moves the clock to `moment`, where it stands still; None lets it run in real time."""
    await execute("DELETE FROM test_clock")
    if moment is not None:
        await execute("INSERT INTO test_clock (at) VALUES ({})", moment)


async def build_world() -> World:
    """Inserts everything, at NOW."""
    world = World()
    await set_clock(NOW)
    async with transaction():
        world.space_id["organisation"] = await install_organisation("Lowland Works", "en", "Europe/Amsterdam")
        world.space["organisation"] = await fetch_value("SELECT public_id FROM space WHERE kind = 'organisation'")
        for name, kind, title in (
            ("open", "group", "Bridge data"),
            ("closed_a", "guest", "Overwater lock"),
            ("closed_b", "guest", "Night bus"),
            ("sisters", "sister", "Waterway board"),
            ("archived", "project", "Old harbour"),
        ):
            await _space(world, name, kind, title)
        for name in ("roads", "water"):
            row = (await execute("INSERT INTO org_unit (name) VALUES ({}) RETURNING id, public_id", f"Unit {name}"))[0]
            world.unit_id[name], world.unit[name] = row["id"], row["public_id"]
        await add_import(world, "ready")
        for name, facts in CAST.items():
            await add_person(world, name, facts)
        for side in "ab":
            await _host(world, f"closed_{side}", f"insider_{side}")
        await execute("UPDATE space SET idle_asked_at = {} WHERE id = {}", NOW, world.space_id["closed_b"])
        await execute("UPDATE space SET archived_at = {} WHERE id = {}", NOW, world.space_id["archived"])
        for phase in DATES:
            await add_campaign(world, phase, "organisation", phase)
        for state in ("draft", "proposed"):
            asked = world.person_id["decision_maker"]
            await add_campaign(
                world, state, "organisation", "collect", state=state, decision_owner=asked, proposed_at=NOW
            )
        for name in ("open", "closed_a", "closed_b"):
            await add_campaign(world, name, name, "collect")
        await add_campaign(world, "over", "closed_a", "done")
        for name in ("collect", "discuss", "vote", "decide", "done", "open", "closed_a", "closed_b"):
            await add_idea(world, name, campaign=name)
        for name in ("collect", "vote", "closed_a", "closed_b"):
            await add_attachment(world, name, idea=name)
        for side in "ab":
            await add_file_wish(world, f"closed_{side}", person=f"guest_{side}")
        for name in ("discuss", "closed_a", "closed_b"):
            await _thread(world, name)
        await add_report(world, "vote", comment="vote", reporter="employee")
        await add_report(world, "decide", comment="decide", reporter="employee")
        await add_decision(world, "decide", "decide", moderator="moderator", action="warn")
        await add_report(world, "appealed", comment="discuss", reporter="employee")
        await add_decision(world, "appealed", "appealed", moderator="decision_maker", action="warn")
        await add_appeal(world, "appealed")
        await add_comment(world, "sent_back", idea="open", author="colleague")
        await add_report(world, "sent_back", comment="sent_back", reporter="employee")
        await add_decision(world, "sent_back", "sent_back", moderator="campaign_owner", action="send back")
        await add_idea(world, "told", campaign="done", author="decision_maker", comments=False)
        await execute(
            "INSERT INTO answer (idea, space, author, kind, summary, reason, reason_html, from_when, next_step,"
            " next_owner, next_date, language)"
            " SELECT id, space, {}, 'pilot', 'We try it', 'Why', 'Why', '1 September', 'Next', author, '2026-09-01', 'en'"
            " FROM idea WHERE id = {}",
            world.person_id["sponsor"],
            world.idea_id["told"],
        )
        await add_idea(world, "draft", campaign="open", state="draft", comments=False)
        await add_idea(world, "withdrawn", campaign="open", state="withdrawn", comments=False)
        await _topics(world)
        await add_idea(world, "post", stream="organisation")
        await _policies(world)
        await _what_others_add(world)
        await _guests(world)
        await _notices(world)
        await _starters(world)
        await _screenings(world)
        await _anonymous(world)
        await add_case(world, "decide", idea="decide", state="acknowledged", owner="sponsor")
        await add_case(world, "discuss", idea="discuss", state="triage")
        await execute(
            "INSERT INTO cluster_item (lead, idea, space, added_by, opt_out_until)"
            " SELECT {}, id, space, {}, {} FROM idea WHERE id = {}",
            *(world.idea_id["discuss"], world.person_id["moderator"], NOW + timedelta(hours=72), world.idea_id["vote"]),
        )
        await _case_team(world)
        await _after_answers(world)
        await _drafted(world, "decide")
    await execute("UPDATE profile SET photo_change = 0")
    await execute("UPDATE organisation SET photo_changes = 0")  # no page shows a photo until one is changed
    return world


async def _after_answers(world: World) -> None:
    """What was told is promised by the sponsor, and the administrator is asked about the answer; what was withdrawn she
    may go on with."""
    await add_case(world, "told", idea="told", state="committed", owner="sponsor", answered_at=NOW)
    await add_case(world, "withdrawn", idea="withdrawn", state="withdrawn", owner="sponsor", ended_at=NOW)
    for idea in ("told", "withdrawn"):
        await execute(
            "INSERT INTO vote (person, idea, space, guest) SELECT {}, id, space, FALSE FROM idea WHERE id = {}",
            world.person_id["administrator"],
            world.idea_id[idea],
        )
    world.promise["told"] = await fetch_value(
        "INSERT INTO promise (idea, space, answer, escalation, author, body, language, owner, due_on)"
        " SELECT idea, space, id, {}, author, 'Next', 'en', author, '2026-09-01' FROM answer WHERE idea = {}"
        " RETURNING public_id",
        world.case_id["told"],
        world.idea_id["told"],
    )
    await execute(
        "INSERT INTO promise_news (promise, space, author, kind, body, body_html, language)"
        " SELECT id, space, author, 'news', 'It goes well', 'It goes well', 'en' FROM promise"
    )
    world.asked["told"] = await fetch_value(
        "INSERT INTO crowd_question (idea, space, escalation, round, until)"
        " SELECT idea, space, id, 1, {} FROM escalation WHERE id = {} RETURNING public_id",
        NOW + timedelta(days=14),
        world.case_id["told"],
    )


async def _notices(world: World) -> None:
    """The employee heard of an offer of help, and muted an idea."""
    reader, idea = world.person_id["employee"], world.idea_id["vote"]
    event = await fetch_value(
        "INSERT INTO event (kind, actor, space, idea) SELECT 'idea.help_offered', author, space, id FROM idea"
        " WHERE id = {} RETURNING id",
        idea,
    )
    world.notice["vote"] = await fetch_value(
        "INSERT INTO notice (person, event, kind, space, idea, bundle) SELECT {}, {}, 'help', space, id, 'help i' || id"
        " FROM idea WHERE id = {} RETURNING public_id",
        reader,
        event,
        idea,
    )
    await execute(
        "INSERT INTO mute (person, space, idea) SELECT {}, space, id FROM idea WHERE id = {}",
        reader,
        world.idea_id["done"],
    )


async def _anonymous(world: World) -> None:
    """A post of the colleague's without his name."""
    await add_idea(world, "anonymous", stream="organisation", author="colleague", comments=False)
    await take_name_off(world.idea_id["anonymous"])


async def take_name_off(idea: int) -> None:
    """Whoever wrote this did so without her name."""
    mask = await fetch_value("INSERT INTO person (kind, active) VALUES ('mask', FALSE) RETURNING id")
    await execute(
        "INSERT INTO identity (person, name, email, language, zone)"
        " SELECT id, 'A colleague', 'mask-' || id || '@invalid', 'en', 'UTC' FROM person WHERE id = {}",
        mask,
    )
    await execute(
        "INSERT INTO mask (person, behind, idea, space) SELECT {}, author, id, space FROM idea WHERE id = {}",
        mask,
        idea,
    )
    await execute("UPDATE idea SET author = {}, anonymous = TRUE WHERE id = {}", mask, idea)


async def _screenings(world: World) -> None:
    """Three posts of the author: one waits, one was diverted, and of one the decision maker decides the appeal."""
    for name, state in (("waiting", "draft"), ("diverted", "diverted"), ("appealed", "diverted")):
        await add_idea(world, f"screened_{name}", stream="organisation", state="draft", comments=False)
        if state == "diverted":
            await execute(
                "UPDATE idea SET state = 'diverted', title = '', body = '', body_html = '', excerpt = '', tags = '{{}}'"
                " WHERE id = {}",
                world.idea_id[f"screened_{name}"],
            )
        row = await execute(
            "INSERT INTO screening (space, idea, person, category, found, was, due_at)"
            " SELECT space, id, author, 'health', 'words', 'draft', {} FROM idea WHERE id = {} RETURNING id, public_id",
            NOW + timedelta(hours=4),
            world.idea_id[f"screened_{name}"],
        )
        world.screening[name] = row[0]["public_id"]
        if state == "diverted":
            decided = (world.person_id["moderator"], NOW, row[0]["id"])
            await execute(
                "UPDATE screening SET state = 'diverted', decided_by = {}, decided_at = {}, words = 'Go there'"
                " WHERE id = {}",
                *decided,
            )
            await execute(
                "INSERT INTO sealed_text (screening, title, body) VALUES ({}, 'Ill', 'Very ill')", row[0]["id"]
            )
    await execute(
        "UPDATE screening SET appealed_at = {}, appeal_words = 'But no', appeal_to = {} WHERE public_id = {}",
        NOW,
        world.person_id["decision_maker"],
        world.screening["appealed"],
    )


async def _thread(world: World, name: str) -> None:
    """What a thread can have: a changed comment, a reaction, a digest."""
    insider = {"closed_a": "insider_a", "closed_b": "insider_b"}.get(name)
    comment, idea = world.comment_id[name], world.idea_id[name]
    await execute(
        "INSERT INTO comment_version (comment, space, version, body, body_html, created_at)"
        " SELECT id, space, 1, {}, {}, created_at FROM comment WHERE id = {}",
        f"First words of {name}",
        to_html(f"First words of {name}"),
        comment,
    )
    await execute("UPDATE comment SET version = 2, edited_at = plein_now() WHERE id = {}", comment)
    await execute(
        "INSERT INTO reaction (comment, space, person, kind) SELECT id, space, {}, 'helpful' FROM comment WHERE id = {}",
        world.person_id[insider or "employee"],
        world.comment_id[f"{name}_reply"],
    )
    await execute(
        "INSERT INTO digest (idea, space, version, author, body, body_html, how, language)"
        " SELECT id, space, 1, {}, {}, {}, 'I read it all.', 'en' FROM idea WHERE id = {}",
        world.person_id[insider or "moderator"],
        f"The digest of {name}",
        to_html(f"The digest of {name}"),
        idea,
    )


async def _topics(world: World) -> None:
    """A published topic with an owner and a deputy, a drafted one with nobody; the deputy is away in August; and one
    holiday, of no country."""
    for name in ("leave", "draft"):
        row = (await execute("INSERT INTO topic (name) VALUES ({}) RETURNING id, public_id", f"Topic {name}"))[0]
        world.topic_id[name], world.topic[name] = row["id"], row["public_id"]
    owner, deputy = world.person_id["decision_maker"], world.person_id["sponsor"]
    await execute(
        "INSERT INTO topic_rule (topic, owner, deputy) VALUES ({}, {}, {})", world.topic_id["leave"], owner, deputy
    )
    await execute("UPDATE topic SET state = 'published' WHERE id = {}", world.topic_id["leave"])
    world.absence["sponsor"] = await fetch_value(
        "INSERT INTO absence (person, from_day, until_day) VALUES ({}, '2026-08-01', '2026-08-31') RETURNING public_id",
        deputy,
    )
    await execute("DELETE FROM calendar_day")
    await execute("UPDATE organisation SET country = ''")
    await execute("INSERT INTO calendar_day (day, name, country) VALUES ('2026-12-25', 'Christmas Day', 'NL')")


async def _policies(world: World) -> None:
    """Two policies of the sponsor: `travel` holds; of `nights` a second version waits, and people speak about it."""
    sponsor = world.person_id["sponsor"]
    for name in ("travel", "nights"):
        row = await execute(
            "INSERT INTO policy (space, title, about, language, owner, created_by)"
            " VALUES ({}, {}, 'For everyone', 'en', {}, {}) RETURNING id, public_id",
            world.space_id["organisation"],
            f"The rule for {name}",
            sponsor,
            sponsor,
        )
        world.policy_id[name], world.policy[name] = row[0]["id"], row[0]["public_id"]
        for version in (1, 2) if name == "nights" else (1,):
            await execute(
                "INSERT INTO policy_version (policy, space, version, body, body_html, summary, reason, author,"
                " comments_until, in_force_at) SELECT id, space, {}, {}, {}, 'In short', {}, owner, {}, {}"
                " FROM policy WHERE id = {}",
                version,
                f"Text {version} of {name}",
                f"<p>Text {version} of {name}</p>",
                "People asked." if version == 2 else "",
                NOW + timedelta(days=20) if version == 2 else None,
                NOW + timedelta(days=30) if version == 2 else NOW - timedelta(days=300),
                row[0]["id"],
            )


async def _what_others_add(world: World) -> None:
    """A service; a workshop in which the author wrote ideas down, for the colleague (`discuss`) and for people with a
    name only, of which the colleague claims one (`done`); and the colleague is invited to write the idea `open` along."""
    world.service["roads"] = await fetch_value("INSERT INTO service (name) VALUES ('Road works') RETURNING public_id")
    author, colleague = world.person_id["author"], world.person_id["colleague"]
    row = await execute(
        "INSERT INTO workshop (campaign, space, author, name, place, held_on)"
        " SELECT id, space, {}, 'Table talk', 'Depot', '2026-06-01' FROM campaign WHERE id = {} RETURNING id, public_id",
        author,
        world.campaign_id["collect"],
    )
    world.workshop["talk"] = row[0]["public_id"]
    for name, person, claimant, state in (
        ("collect", None, None, "waiting"),
        ("discuss", colleague, None, "waiting"),
        ("done", None, colleague, "claimed"),
    ):
        world.capture[name] = await fetch_value(
            "INSERT INTO capture (idea, space, workshop, author, person, name, claimant, state)"
            " SELECT id, space, {}, {}, {}, {}, {}, {} FROM idea WHERE id = {} RETURNING public_id",
            row[0]["id"],
            author,
            person,
            "" if person else "Ans from the depot",
            claimant,
            state,
            world.idea_id[name],
        )
    await execute(
        "INSERT INTO co_author (idea, space, person, invited_by) SELECT id, space, {}, author FROM idea WHERE id = {}",
        colleague,
        world.idea_id["open"],
    )
    # the sponsor leads, and the colleague posts for her
    await execute(
        "INSERT INTO delegate (leader, person, named_by) SELECT {}, {}, id FROM person WHERE id = {}",
        *(world.person_id["sponsor"], colleague, world.person_id["sponsor"]),
    )


async def _guests(world: World) -> None:
    """Both guests come for an organisation, and the insider of their space answers for them. In each space somebody is
    invited, by a link with the token "invitation-a" or "invitation-b", and the guest wishes for a colleague."""
    for side, name, public_id in (("a", "overwater", "partnerwater"), ("b", "nightbus", "partnernight")):
        space, guest, host = (
            world.space_id[f"closed_{side}"],
            world.person_id[f"guest_{side}"],
            world.person_id[f"insider_{side}"],
        )
        row = (
            await execute(
                "INSERT INTO partner (public_id, name, created_by) VALUES ({}, {}, {}) RETURNING id, public_id",
                public_id,
                name.title(),
                host,
            )
        )[0]
        world.partner_id[name], world.partner[name] = row["id"], row["public_id"]
        await execute("INSERT INTO partner_domain (partner, domain) VALUES ({}, {})", row["id"], f"{name}.example")
        await execute(
            "UPDATE membership SET partner = {}, sponsor = {} WHERE space = {} AND person = {}",
            row["id"],
            host,
            space,
            guest,
        )
        await execute("INSERT INTO guest (person, mailbox_confirmed_at) VALUES ({}, plein_now())", guest)
        await add_invitation(world, side, space=f"closed_{side}", partner=name, email=f"rosalie@{name}.example")
        world.wish[side] = await fetch_value(
            "INSERT INTO colleague_wish (space, person, name, email, words) VALUES ({}, {}, {}, {}, {})"
            " RETURNING public_id",
            space,
            guest,
            f"Wished by {side}",
            f"colleague@{name}.example",
            f"Why {side} wishes it",
        )


async def _starters(world: World) -> None:
    """Guest B starts in ten days: of the chapters in her space `early` is open to her, `late` is not. The insider is her
    mentor there."""
    space, host, guest = world.space_id["closed_b"], world.person_id["insider_b"], world.person_id["guest_b"]
    await execute("UPDATE space SET preboarding = TRUE WHERE id = {}", space)
    await execute("UPDATE person SET starts_on = '2026-06-27' WHERE id = {}", guest)
    for name, opens in (("early", -30), ("late", 0)):
        world.chapter[name] = await fetch_value(
            "INSERT INTO chapter (space, title, body, body_html, opens, author) VALUES ({}, {}, {}, {}, {}, {})"
            " RETURNING public_id",
            *(space, f"Chapter {name}", f"What is {name}", to_html(f"What is {name}"), opens, host),
        )
    await execute(
        "INSERT INTO mentor (space, person, most, words) VALUES ({}, {}, 2, 'Ask me about buses')", space, host
    )
    await execute("INSERT INTO mentorship (space, person, mentor) VALUES ({}, {}, {})", space, guest, host)


async def add_invitation(world: World, name: str, *, space: str, partner: str, email: str, **facts: Any) -> None:
    """One more invitation, called `name`, by the insider of the space; its link has the token "invitation-NAME"."""
    values: dict[str, Any] = {
        "space": world.space_id[space],
        "partner": world.partner_id[partner],
        "email": email,
        "name": f"Invited {name}",
        "words": f"Words to {name}",
        "language": "en",
        "may_write": True,
        "may_vote": True,
        "may_download": False,
        "until": NOW + timedelta(days=90),
        "invited_by": world.person_id[space.replace("closed", "insider")],
        "expires_at": NOW + timedelta(days=7),
        **facts,
    }
    row = (
        await execute(
            f"INSERT INTO invitation ({', '.join(values)}) VALUES ({', '.join('{}' for _ in values)})"
            " RETURNING id, public_id",
            *values.values(),
        )
    )[0]
    world.invitation_id[name], world.invitation[name] = row["id"], row["public_id"]
    await execute(
        "INSERT INTO invitation_link (token_sha256, invitation) VALUES ({}, {})",
        token_sha256(f"invitation-{name}"),
        row["id"],
    )


async def _space(world: World, name: str, kind: str, title: str) -> None:
    row = (
        await execute(
            "INSERT INTO space (kind, name, purpose, language, open) VALUES ({}, {}, {}, 'en', {})"
            " RETURNING id, public_id",
            kind,
            title,
            f"What {title} is for",
            kind == "group",
        )
    )[0]
    world.space_id[name], world.space[name] = row["id"], row["public_id"]


async def _host(world: World, space: str, host: str) -> None:
    """What a guest space has: a host, a charter, and her card."""
    place, person = world.space_id[space], world.person_id[host]
    await execute("UPDATE space SET host = {} WHERE id = {}", person, place)
    text = f"What holds in {space}"
    await execute(
        "INSERT INTO charter (space, version, preset, text, text_html, author) VALUES ({}, 1, 'own', {}, {}, {})",
        *(place, text, to_html(text), person),
    )
    await execute(
        "INSERT INTO community_card (space, person, office_hours, whereabouts) VALUES ({}, {}, {}, {})",
        *(place, person, f"Mornings in {space}", f"Lock house of {space}"),
    )


async def add_person(world: World, name: str, facts: dict[str, Any]) -> None:
    """One more person, called `name`; `facts` are such as the cast has."""
    row = (
        await execute(
            "INSERT INTO person (kind, home, active, last_signed_in_at) VALUES ({}, {}, {}, {}) RETURNING id, public_id",
            facts.get("kind", "employee"),
            world.space_id["sisters"] if facts.get("kind") == "sister" else None,
            facts.get("active", True),
            NOW - timedelta(days=1),
        )
    )[0]
    world.person_id[name], world.person[name] = row["id"], row["public_id"]
    await execute(
        "INSERT INTO identity (person, name, email, title, language, zone) VALUES ({}, {}, {}, {}, {}, {})",
        row["id"],
        facts["name"],
        email_of(name),
        f"Title of {facts['name']}",
        facts["language"],
        "Europe/Amsterdam",
    )
    await execute("INSERT INTO credential (person, password_hash) VALUES ({}, {})", row["id"], PASSWORD_HASH)
    await execute(
        "INSERT INTO profile (person, phone, place, skills, about, hours, status, photo)"
        " VALUES ({}, {}, {}, {}, {}, {}, {}, {})",
        row["id"],
        "4423",
        f"Depot of {name}",
        ["bridges", f"skill of {name}".replace("_", " ")],
        f"What {name} says",
        "Mornings",
        "On the road",
        stored_picture(f"photo of {name}"),
    )
    for space, role in facts.get("roles", []):
        await execute(
            "INSERT INTO membership (space, person, role) VALUES ({}, {}, {})", world.space_id[space], row["id"], role
        )


async def add_campaign(world: World, name: str, space: str, phase: str, **facts: Any) -> None:
    """One more campaign, called `name`, in a phase by its dates; `facts` are further columns, such as its state."""
    insider = {"closed_a": "insider_a", "closed_b": "insider_b"}.get(space)
    begins = ("collect_from", "discuss_from", "vote_from", "decide_from", "done_from")
    values: dict[str, Any] = {
        "space": world.space_id[space],
        "author": world.person_id[insider or "campaign_owner"],
        "sponsor": world.person_id[insider or "sponsor"],
        "decision_owner": world.person_id[insider or "sponsor"],
        "title": f"Campaign {name}",
        "lead": f"The question of {name}",
        "brief": f"The brief of {name}",
        "brief_html": to_html(f"The brief of {name}"),
        "need": f"The need of {name}",
        "goal": f"The goal of {name}",
        "measure": f"The measure of {name}",
        "expected_readers": 9,
        "language": "en",
        **{column: NOW - timedelta(days=days) for column, days in zip(begins, DATES[phase], strict=True)},
        **facts,
    }
    row = (
        await execute(
            f"INSERT INTO campaign ({', '.join(values)}) VALUES ({', '.join('{}' for _ in values)})"
            " RETURNING id, public_id",
            *values.values(),
        )
    )[0]
    world.campaign_id[name], world.campaign[name] = row["id"], row["public_id"]
    await execute(
        "INSERT INTO question (campaign, space, version, position, kind, label, help, options)"
        " SELECT id, space, 1, 1, 'choice', {}, {}, {} FROM campaign WHERE id = {}",
        f"Question of {name}",
        f"Help of {name}",
        [f"One of {name}", f"Two of {name}"],
        row["id"],
    )


async def let_guests_in(world: World, campaign: str) -> None:
    """The campaign is in the guest space A from now on, and the cast's employees and its guest belong there."""
    await execute(
        "UPDATE campaign SET space = {} WHERE id = {}", world.space_id["closed_a"], world.campaign_id[campaign]
    )
    await execute(
        "INSERT INTO membership (space, person, role) SELECT {}, id, 'member' FROM person"
        " WHERE kind = 'employee' ON CONFLICT DO NOTHING",
        world.space_id["closed_a"],
    )


async def add_idea(
    world: World,
    name: str,
    *,
    campaign: str = "",
    stream: str = "",
    kind: str = "",
    author: str | None = None,
    state: str = "published",
    title: str = "",
    comments: bool = True,
) -> None:
    """One more idea, called `name`, or, in the `stream` of a space, a post; with `comments`, two comments `name` and
    `name_reply` under it."""
    insider = {"closed_a": "insider_a", "closed_b": "insider_b"}.get(campaign or stream)
    writer = world.person_id[author or insider or "author"]
    body = f"The **body** of {name}"
    place = -world.space_id[stream] if stream else world.campaign_id[campaign]
    space = await fetch_value("SELECT space FROM campaign WHERE id = {}", place)
    row = (
        await execute(
            "INSERT INTO idea (campaign, space, kind, author, state, title, body, body_html, excerpt, language, tags)"
            " VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, 'en', {}) RETURNING id, public_id",
            place,
            space,
            kind or ("discussion" if stream else "idea"),
            writer,
            state,
            title or f"Idea {name}",
            body,
            to_html(body),
            excerpt(to_html(body)),
            [f"tag {name}".replace("_", " ")],
        )
    )[0]
    world.idea_id[name], world.idea[name] = row["id"], row["public_id"]
    if state != "draft":
        await record(Kind.IDEA_PROPOSED, actor=writer, space=space, idea=row["id"])
    if comments:
        await add_comment(world, name, idea=name, author=author or insider or "colleague")
        await add_comment(world, f"{name}_reply", idea=name, author=author or insider or "author", root=name)


async def add_comment(
    world: World,
    name: str,
    *,
    idea: str,
    author: str,
    root: str | None = None,
    text: str = "",
    state: str = "published",
) -> None:
    """One more comment, called `name`."""
    body = text or f"Comment {name}"
    row = (
        await execute(
            "INSERT INTO comment (idea, space, author, root, state, body, body_html, language)"
            " SELECT id, space, {}, {}, {}, {}, {}, 'en' FROM idea WHERE id = {} RETURNING id, public_id",
            world.person_id[author],
            world.comment_id[root] if root else None,
            state,
            body,
            to_html(body),
            world.idea_id[idea],
        )
    )[0]
    world.comment_id[name], world.comment[name] = row["id"], row["public_id"]


async def add_case(world: World, name: str, *, idea: str, state: str, owner: str | None = None, **facts: Any) -> None:
    """The case of an idea, called `name`, in this state; due in ten days."""
    moments = ("acknowledge_due_at", "statement_due_at", "due_at", "half_at", "soon_at", "overdue2_at", "overdue3_at")
    values: dict[str, Any] = {
        "state": state,
        "origin": "threshold",
        "owner": world.person_id[owner] if owner else None,
        "started_at": NOW,
        **dict.fromkeys(moments, NOW + timedelta(days=10)),
        **facts,
    }
    row = (
        await execute(
            f"INSERT INTO escalation (idea, space, setting, {', '.join(values)})"
            f" SELECT i.id, i.space, s.id, {', '.join('{}' for _ in values)} FROM idea i, escalation_setting s"
            " WHERE i.id = {} ORDER BY s.id DESC LIMIT 1 RETURNING id, public_id",
            *values.values(),
            world.idea_id[idea],
        )
    )[0]
    world.case_id[name], world.case[name] = row["id"], row["public_id"]


async def _case_team(world: World) -> None:
    """Beside the owner of the case "decide": the decision maker, whose advice is asked, and a file."""
    case = world.case_id["decide"]
    await execute(
        "INSERT INTO case_role (escalation, space, person, role) SELECT id, space, {}, 'counsel' FROM escalation"
        " WHERE id = {}",
        world.person_id["decision_maker"],
        case,
    )
    world.consultation["legal"] = await fetch_value(
        "INSERT INTO consultation (escalation, space, kind, person, body, asked_by, due_on, due_at)"
        " SELECT id, space, 'legal', {}, 'Is it lawful?', owner, {}, {} FROM escalation WHERE id = {}"
        " RETURNING public_id",
        world.person_id["decision_maker"],
        (NOW + timedelta(days=5)).date(),
        NOW + timedelta(days=5),
        case,
    )
    world.case_file["plan"] = await fetch_value(
        "INSERT INTO case_file (escalation, space, author, kind, name, file, size)"
        " SELECT id, space, owner, 'png', 'plan.png', {}, 100 FROM escalation WHERE id = {} RETURNING public_id",
        stored_picture("plan"),
        case,
    )
    world.case_record["whole"] = await fetch_value(
        "INSERT INTO case_record (escalation, space, person, label, whole, language, reason, made_at, expires_at, file,"
        " sha256) SELECT e.id, e.space, e.owner, s.label, TRUE, 'en', 'For the archive.', plein_now(),"
        " plein_now() + interval '1 day', {}, sha256('') FROM escalation e JOIN space s ON s.id = e.space"
        " WHERE e.id = {} RETURNING public_id",
        stored_picture("case record"),
        case,
    )


async def _drafted(world: World, case: str) -> None:
    """The sponsor's answer waits for the decision maker's yes; and a text to begin with."""
    sponsor, second = world.person_id["sponsor"], world.person_id["decision_maker"]
    await execute(
        "INSERT INTO answer_draft (escalation, space, kind, summary, reason, edited_by, decision, submitted_by, approver)"
        " SELECT id, space, 'not public', 'We can’t say', 'It runs', {}, {}::jsonb, {}, {} FROM escalation WHERE id = {}",
        *(sponsor, json.dumps(WAITING | {"next_owner": sponsor, "approver": second}), sponsor, second),
        world.case_id[case],
    )
    world.start["thanks"] = await fetch_value(
        "INSERT INTO answer_start (name, language, reason) VALUES ('Thanks', 'en', 'Thank you.') RETURNING public_id"
    )


#: What the sponsor would say of what can't be discussed in public.
WAITING = {
    "kind": "not public",
    "summary": "We can’t say",
    "reason": "It runs",
    "from_when": "Now",
    "next_step": "We wait",
    "next_date": "2026-09-01",
    "category": "negotiation",
    "review_on": "2026-09-01",
}


async def add_import(world: World, name: str) -> None:
    """A list of people in this state: one line is good, another is wrong."""
    row = (
        await execute(
            "INSERT INTO people_import (kind, state, file_name, sha256, encoding, separator, lines, tallies)"
            " VALUES ('people', {}, 'people.csv', 'x', 'UTF-8', ';', 1, {}::jsonb)"
            " RETURNING id, public_id, md5(tallies::text) AS seen",
            name,
            '{"new": 1, "wrong": 1}',
        )
    )[0]
    world.people_import[name], world.people_import["seen"] = row["public_id"], row["seen"]
    await execute(
        "INSERT INTO import_line (people_import, line, name, email, outcome) VALUES ({}, 2, 'Bo', 'bo@x.example', 'new')",
        row["id"],
    )
    await execute(
        "INSERT INTO import_problem (people_import, line, field, problem, value) VALUES ({}, 3, 'email', 'address', 'x')",
        row["id"],
    )


async def add_attachment(world: World, name: str, *, idea: str) -> None:
    """A picture of an idea, called `name`, as its author attached it."""
    row = (
        await execute(
            "INSERT INTO attachment (idea, space, author, kind, name, description, file, size, width, height)"
            " SELECT id, space, author, 'png', {}, {}, {}, {}, 40, 30 FROM idea WHERE id = {} RETURNING id, public_id",
            f"{name}.png",
            f"What {name} shows",
            stored_picture(name),
            len(picture("png")),
            world.idea_id[idea],
        )
    )[0]
    world.attachment_id[name], world.attachment[name] = row["id"], row["public_id"]


async def add_file_wish(world: World, name: str, *, person: str) -> None:
    """Somebody asks for the file `name`."""
    row = (
        await execute(
            "INSERT INTO file_wish (attachment, space, person, words) SELECT id, space, {}, {} FROM attachment"
            " WHERE id = {} RETURNING id, public_id",
            world.person_id[person],
            f"Why I need {name}",
            world.attachment_id[name],
        )
    )[0]
    world.file_wish_id[name], world.file_wish[name] = row["id"], row["public_id"]


def stored_picture(name: str) -> str:
    """A picture on disk, with its small one; gives its name there."""
    file = md5(name.encode()).hexdigest()
    path_of(file).parent.mkdir(parents=True, exist_ok=True)
    path_of(file).write_bytes(picture("png"))
    path_of(file, small=True).write_bytes(picture("webp"))
    return file


def picture(kind: str, width: int = 40, height: int = 30, **options: Any) -> bytes:
    """A small picture in a format such as "png", as bytes."""
    out = BytesIO()
    Image.new("RGB", (width, height), "seagreen").save(out, "jpeg" if kind == "jpg" else kind, **options)
    return out.getvalue()


async def add_report(world: World, name: str, *, reporter: str, idea: str = "", comment: str = "") -> None:
    """A report on an idea or a comment, and its item in the queue, called `name`."""
    row = (
        await execute(
            "INSERT INTO moderation_item (space, idea, comment, author)"
            " SELECT space, {}::bigint, NULL::bigint, author FROM idea WHERE id = {}"
            " UNION ALL SELECT space, NULL, {}::bigint, author FROM comment WHERE id = {} RETURNING id, public_id",
            world.idea_id.get(idea),
            world.idea_id.get(idea),
            world.comment_id.get(comment),
            world.comment_id.get(comment),
        )
    )[0]
    world.item_id[name], world.item[name] = row["id"], row["public_id"]
    await execute(
        "INSERT INTO report (item, space, reporter, rule, words, title, body_html)"
        " SELECT x.id, x.space, {}, 'addresses', {}, coalesce(i.title, ''), coalesce(i.body_html, k.body_html)"
        " FROM moderation_item x LEFT JOIN idea i ON i.id = x.idea LEFT JOIN comment k ON k.id = x.comment"
        " WHERE x.id = {}",
        world.person_id[reporter],
        f"Report of {name}",
        row["id"],
    )


async def add_decision(world: World, name: str, item: str, *, moderator: str, action: str) -> None:
    """What somebody decided about the item `item`, called `name`, with its effect."""
    row = (
        await execute(
            "INSERT INTO decision (item, space, person, moderator, action, rule, words, title, body_html, was)"
            " SELECT x.id, x.space, x.author, {}, {}, 'addresses', {}, r.title, r.body_html,"
            " coalesce(i.state, k.state) FROM moderation_item x JOIN report r ON r.item = x.id"
            " LEFT JOIN idea i ON i.id = x.idea LEFT JOIN comment k ON k.id = x.comment"
            " WHERE x.id = {} LIMIT 1 RETURNING id, public_id, item",
            world.person_id[moderator],
            action,
            f"Decision of {name}",
            world.item_id[item],
        )
    )[0]
    world.decision_id[name], world.decision[name] = row["id"], row["public_id"]
    if action in ("hide", "send back", "remove"):
        await execute(
            "UPDATE idea SET state = 'hidden' FROM moderation_item x WHERE x.idea = idea.id AND x.id = {}", row["item"]
        )
        await execute(
            "UPDATE comment SET state = 'hidden' FROM moderation_item x WHERE x.comment = comment.id AND x.id = {}",
            row["item"],
        )
    await execute("UPDATE moderation_item SET state = 'decided' WHERE id = {} AND {} <> 'hide'", row["item"], action)


async def add_vote_from_before(world: World, person: str, idea: str) -> None:
    """The vote of a guest for an idea where no guest votes: she gave it while she was an employee."""
    her, kind = world.person_id[person], "UPDATE person SET kind = {} WHERE id = {}"
    await execute(kind, "employee", her)
    await execute(
        "INSERT INTO vote (person, idea, space, guest) SELECT {}, id, space, FALSE FROM idea WHERE id = {}",
        her,
        world.idea_id[idea],
    )
    await execute(kind, "guest", her)


async def add_appeal(world: World, decision: str) -> None:
    """The appeal against a decision, still to be decided."""
    await execute(
        "INSERT INTO appeal (decision, space, words) SELECT id, space, {} FROM decision WHERE id = {}",
        f"Appeal of {decision}",
        world.decision_id[decision],
    )
    await execute(
        "UPDATE moderation_item x SET state = 'appealed' FROM decision d WHERE d.item = x.id AND d.id = {}",
        world.decision_id[decision],
    )
