"""Fills an empty installation with the demo organisation, once. What is read here is in content/."""

from __future__ import annotations

import random
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from portal.accounts.passwords import hashed
from portal.db import execute, fetch_value, transaction
from portal.demo.answering import answer_some
from portal.demo.cases import open_cases
from portal.demo.clusters import put_together
from portal.demo.growth import grow_support
from portal.demo.guests import let_guests_through, welcome_guests
from portal.demo.keeping import adopt_charter, keep_and_move
from portal.demo.moderation import report_and_judge
from portal.demo.owners import name_owners
from portal.demo.policies import register_policies
from portal.demo.profiles import attach_files, tell_profiles
from portal.demo.promises import keep_promises
from portal.demo.proposals import propose_campaigns
from portal.demo.screening import screen_posts
from portal.demo.starters import welcome_starters
from portal.demo.teams import staff_cases
from portal.demo.threads import fill_threads
from portal.demo.together import write_together
from portal.install import install_organisation
from portal.text.language import Reader, reading
from portal.text.markdown import excerpt, to_html
from portal.text.spaces import PRESETS

CONTENT = Path(__file__).parent / "content"
COLLEAGUES = 200
#: The password of every demo sign-in; the demo is for this machine, with data that nobody minds.
PASSWORD = "lamp above the wet cobbles"  # noqa: S105


class DemoPerson:
    """Somebody of the cast."""

    def __init__(self, id: int, language: str) -> None:
        self.id = id
        self.language = language


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((CONTENT / name).read_text())


def sign_ins() -> list[tuple[str, str, str]]:
    """Address, name, and what she does, of the people whom one can sign in as."""
    roles = dict.fromkeys(_read("moderation.toml")["moderators"], "moderator")
    colleagues = _read("organisation.toml")["person"]
    roles |= {p["key"]: "administrator" for p in colleagues if p.get("administrator")}
    guests = [*_read("guests.toml")["guest"], *_read("preboarding.toml")["starter"]]
    cast = [(p, roles.get(p["key"])) for p in colleagues] + [(p, "guest") for p in guests]
    return [
        (p["email"], p["name"], f"{p['title']} ({role})" if role else p["title"])
        for p, role in cast
        if p.get("demo_sign_in")
    ]


async def seed() -> bool:
    """Seeds the demo unless there is an organisation already; says whether it did. All or nothing."""
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock(7536202)")
        if await fetch_value("SELECT id FROM organisation"):
            return False
        moment: datetime = await fetch_value("SELECT plein_now()")
        content = _read("organisation.toml")
        facts = content["organisation"]
        organisation = await install_organisation(facts["name"], facts["language"], facts["zone"])
        people, units = await _people(content, organisation, moment)
        await tell_profiles({key: person.id for key, person in people.items()})
        await adopt_charter({key: person.id for key, person in people.items()}, moment)
        spaces = await _groups(people, moment) | {"organisation": organisation}
        with_guests, guests = await welcome_guests(
            _read("guests.toml"),
            {key: person.id for key, person in people.items()},
            await hashed(PASSWORD),
            facts["zone"],
            moment,
        )
        spaces |= with_guests
        people |= {key: DemoPerson(person, language) for key, (person, language) in guests.items()}
        for path in sorted((CONTENT / "campaigns").glob("*.toml")):
            await _campaign(tomllib.loads(path.read_text()), people, spaces, moment)
        await _posts(_read("posts.toml"), people, spaces, moment)
        await propose_campaigns({key: person.id for key, person in people.items()}, spaces, moment)
        await attach_files()
        await write_together({key: person.id for key, person in people.items()}, moment)
        await fill_threads({key: person.id for key, person in people.items()}, organisation, moment)
        await report_and_judge({key: person.id for key, person in people.items()}, organisation, moment)
        keys = {key: person.id for key, person in people.items()}
        await welcome_starters(_read("preboarding.toml"), keys, spaces, await hashed(PASSWORD), facts["zone"], moment)
        await register_policies(_read("policies.toml"), keys, organisation, moment)
        await name_owners(keys, units, moment)
        await keep_promises(keys, moment)
        await open_cases(keys, organisation, moment)
        await put_together(keys, organisation, moment)
        await screen_posts(keys, organisation, moment)
        await answer_some(keys, moment)
        await staff_cases(keys, moment)
        await grow_support()
        await let_guests_through(moment)
        await keep_and_move(keys, moment)
        await execute("UPDATE organisation SET demo_since = {}", moment)
        await execute("UPDATE person SET demo = TRUE")
        await execute("UPDATE org_unit SET demo = TRUE")
    return True


async def _people(
    content: dict[str, Any], organisation: int, moment: datetime
) -> tuple[dict[str, DemoPerson], dict[str, int]]:
    """The cast, its units with it; by their keys."""
    units: dict[str, int] = {}
    for unit in content["unit"]:
        units[unit["key"]] = await fetch_value(
            "INSERT INTO org_unit (name, parent) VALUES ({}, {}) RETURNING id",
            unit["name"],
            units.get(unit.get("parent", "")),
        )
    secret = await hashed(PASSWORD)
    people: dict[str, DemoPerson] = {}
    for entry in [*content["person"], *_generated(content)]:
        key = entry["key"]
        person = await fetch_value(
            "INSERT INTO person (kind, org_unit, created_at, last_signed_in_at) VALUES ('employee', {}, {}, {})"
            " RETURNING id",
            units[entry["unit"]],
            moment - timedelta(days=200),
            moment - timedelta(days=len(people) % 36),  # four in five came by in the last four weeks
        )
        await execute(
            "INSERT INTO identity (person, name, email, title, language, zone) VALUES ({}, {}, {}, {}, {}, {})",
            person,
            entry["name"],
            entry["email"],
            entry["title"],
            entry["language"],
            content["organisation"]["zone"],
        )
        if entry.get("demo_sign_in"):
            await execute("INSERT INTO credential (person, password_hash) VALUES ({}, {})", person, secret)
        if entry.get("administrator"):
            await execute(
                "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'administrator')",
                organisation,
                person,
            )
        people[key] = DemoPerson(person, entry["language"])
    return people, units


def _generated(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Colleagues gen:1 … gen:200, the same at every seeding; comments refer to them by number."""
    names = content["names"]
    made = []
    for n in range(1, COLLEAGUES + 1):
        first, last = names["first"][n % len(names["first"])], names["last"][n % len(names["last"])]
        title = n % len(names["titles"])
        units = names["title_units"][title]
        made.append(
            {
                "key": f"gen:{n}",
                "name": f"{first} {last}",
                "email": f"colleague-{n}@lowland.example",
                "title": names["titles"][title],
                "unit": units[n // len(names["titles"]) % len(units)],
                "language": "nl" if n % 3 else "en",
            }
        )
    return made


async def _groups(people: dict[str, DemoPerson], moment: datetime) -> dict[str, int]:
    spaces = {}
    for group in _read("spaces.toml")["group"]:
        space = await fetch_value(
            "INSERT INTO space (kind, nature, label, name, purpose, language, open, created_by, created_at)"
            " VALUES ('group', {}, {}, {}, {}, {}, {}, {}, {}) RETURNING id",
            group["kind"],
            group.get("label", "internal"),
            group["name"],
            group["description"],
            group["language"],
            group["open"],
            people[group["owners"][0]].id,
            moment - timedelta(days=150),
        )
        for role, keys in (("member", group["members"]), ("owner", group["owners"])):
            for key in keys:
                await execute(
                    "INSERT INTO membership (space, person, role) VALUES ({}, {}, {})",
                    space,
                    people[key].id,
                    role,
                )
        await _looked_after(space, group, people, moment)
        spaces[group["key"]] = space
    return spaces


MANAGES = "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'community_manager')"


async def _looked_after(space: int, group: dict[str, Any], people: dict[str, DemoPerson], moment: datetime) -> None:
    """A charter that its members accepted, and the card of its community manager, if it has one."""
    began, members = moment - timedelta(days=150), [people[key].id for key in group["members"]]
    with reading(Reader(group["language"])):
        text = str(PRESETS[group["charter"]].text)
    await execute(
        "INSERT INTO charter (space, version, preset, text, text_html, author, created_at)"
        " VALUES ({}, 1, {}, {}, {}, {}, {})",
        *(space, group["charter"], text, to_html(text), people[group["owners"][0]].id, began),
    )
    await execute(
        "INSERT INTO charter_acceptance (space, person, version, accepted_at) SELECT {}, unnest({}::bigint[]), 1, {}",
        *(space, members, began),
    )
    if "manager" in group:
        manager = people[group["manager"]].id
        await execute(MANAGES, space, manager)
        await execute(
            "INSERT INTO community_card (space, person, office_hours, whereabouts) VALUES ({}, {}, {}, {})",
            *(space, manager, group["office_hours"], group["whereabouts"]),
        )


CAMPAIGN = """
    INSERT INTO campaign (space, author, sponsor, decision_owner, title, lead, brief, brief_html, promise, language,
        always_open, collect_from, discuss_from, vote_from, decide_from, done_from, created_at)
    VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}) RETURNING id
"""
BY_BUDGET = "UPDATE campaign SET vote_method = 'budget', rank_blind = TRUE, top = {} WHERE id = {}"
IDEA = """
    INSERT INTO idea (campaign, space, author, state, title, body, body_html, excerpt, language, tags, kind, speaks_for,
        created_at, updated_at)
    VALUES ({}, {}, {}, 'published', {}, {}, {}, {}, {}, {}, {}, {}, {}, {}) RETURNING id
"""
COMMENT = """
    INSERT INTO comment (idea, space, author, root, state, body, body_html, language, created_at)
    VALUES ({}, {}, {}, {}, 'published', {}, {}, {}, {}) RETURNING id
"""
ANSWER = """
    INSERT INTO answer (idea, space, author, kind, summary, reason, reason_html, from_when, next_step, next_owner,
        next_date, language, created_at)
    VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}) RETURNING id
"""
SUPPORT = """
    INSERT INTO vote (person, idea, space, guest, created_at)
    SELECT x.person, i.id, i.space, p.kind = 'guest',
        greatest({}, CASE WHEN c.vote_method = 'budget' THEN c.vote_from END)
    FROM unnest({}::bigint[]) AS x (person) JOIN person p ON p.id = x.person
    JOIN idea i ON i.id = {} JOIN campaign c ON c.id = i.campaign
    WHERE NOT EXISTS (SELECT FROM budget b
        WHERE b.person = x.person AND b.campaign = c.id AND b.given >= b.votes)
"""
# Where votes are a budget, everybody gives the idea that she likes best as many as she may, if she has them left.
LIKED_BEST = """
    UPDATE vote SET weight = c.votes_per_idea FROM campaign c JOIN budget b ON b.campaign = c.id
    WHERE c.id = {} AND b.person = vote.person AND b.given + c.votes_per_idea - 1 <= b.votes
        AND vote.id = (SELECT min(w.id) FROM vote w JOIN idea i ON i.id = w.idea
            WHERE w.person = b.person AND i.campaign = c.id)
"""
HAPPENED = "INSERT INTO event (kind, actor, space, {0}, occurred_at) VALUES ({{}}, {{}}, {{}}, {{}}, {{}})"


async def _campaign(
    content: dict[str, Any], people: dict[str, DemoPerson], spaces: dict[str, int], moment: datetime
) -> None:
    facts = content["campaign"]
    sponsor, space = people[facts["sponsor"]].id, spaces[facts["space"]]

    def at(days: float | None) -> datetime | None:
        return None if days is None else moment + timedelta(days=days)

    campaign = await fetch_value(
        CAMPAIGN,
        space,
        *(sponsor, sponsor, sponsor),
        facts["title"],
        facts["lead"],
        facts["brief"].strip(),
        to_html(facts["brief"].strip()),
        facts.get("sponsor_promise", ""),
        facts["language"],
        facts.get("always_open", False),
        *(at(facts.get(f"{phase}_from")) for phase in ("collect", "discuss", "vote", "decide", "done")),
        at(facts["collect_from"]),
    )
    if facts.get("vote_method") == "budget":
        await execute(BY_BUDGET, facts["top"], campaign)
    await execute(HAPPENED.format("campaign"), "campaign.opened", sponsor, space, campaign, at(facts["collect_from"]))
    readers = [row["person"] for row in await execute("SELECT person FROM readership WHERE space = {}", space)]
    for entry in content["idea"]:
        await _idea(entry, campaign, space, people, sorted(readers), at)
    await execute(LIKED_BEST, campaign)


LEAD = "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'leader')"
DELEGATE = "INSERT INTO delegate (leader, person, named_by, created_at) SELECT {}, {}, id, {} FROM person WHERE id = {}"


async def _posts(
    content: dict[str, Any], people: dict[str, DemoPerson], spaces: dict[str, int], moment: datetime
) -> None:
    """What stands in the streams of spaces; and leaders, with who posts for them."""
    for leader in content["leader"]:
        person = people[leader["key"]].id
        await execute(LEAD, spaces["organisation"], person)
        for delegate in leader.get("delegates", []):
            await execute(DELEGATE, person, people[delegate].id, moment - timedelta(days=60), person)
    for entry in content["post"]:
        space = spaces[entry["space"]]
        rows = await execute("SELECT person FROM readership WHERE space = {} ORDER BY person", space)
        readers = [row["person"] for row in rows]
        await _idea(entry, -space, space, people, readers, lambda days: moment + timedelta(days=days))


async def _idea(
    entry: dict[str, Any],
    campaign: int,
    space: int,
    people: dict[str, DemoPerson],
    readers: list[int],
    at: Any,
) -> None:
    author, posted = people[entry["author"]].id, at(entry["day"])
    body = entry["body"].strip()
    html = to_html(body)
    idea = await fetch_value(
        IDEA,
        campaign,
        space,
        author,
        entry["title"],
        body,
        html,
        excerpt(html),
        entry["language"],
        entry.get("tags", []),
        entry.get("kind", "idea"),
        people[entry["speaks_for"]].id if "speaks_for" in entry else None,
        posted,
        posted,
    )
    await execute(HAPPENED.format("idea"), "idea.proposed", author, space, idea, posted)
    supporters = random.Random(entry["key"]).sample(
        [person for person in readers if person != author], min(entry["supporters"], len(readers) - 1)
    )
    await execute(SUPPORT, posted, supporters, idea)
    roots: dict[str, int] = {}
    for comment in entry.get("comment", []):
        writer, written = people[comment["author"]].id, at(comment["day"])
        text = comment["text"].strip()
        made = await fetch_value(
            COMMENT,
            idea,
            space,
            writer,
            roots.get(comment.get("reply_to", "")),
            text,
            to_html(text),
            comment["language"],
            written,
        )
        if "key" in comment:
            roots[comment["key"]] = made
        await execute(HAPPENED.format("comment"), "comment.added", writer, space, made, written)
    if "answer" in entry:
        await _answer(entry["answer"], idea, space, people, at)


async def _answer(entry: dict[str, Any], idea: int, space: int, people: dict[str, DemoPerson], at: Any) -> None:
    decider, given = people[entry["by"]].id, at(entry["day"])
    reason = entry["reason"].strip()
    answer = await fetch_value(
        ANSWER,
        idea,
        space,
        decider,
        entry["kind"],
        entry["summary"],
        reason,
        to_html(reason),
        entry.get("from_when", ""),
        entry["next_step"],
        people[entry["next_owner"]].id if entry.get("next_owner") else None,
        at(entry["next_day"]).date() if "next_day" in entry else None,
        entry["language"],
        given,
    )
    await execute(HAPPENED.format("answer"), "idea.answered", decider, space, answer, given)
