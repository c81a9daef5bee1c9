"""What several people add to the demo: services, co-authors, help, versions, corrections, steps, drafts, a workshop."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from portal.db import execute, fetch_value
from portal.text.markdown import excerpt, to_html

CONTENT = Path(__file__).parent / "content" / "together.toml"

SERVICE = "INSERT INTO service (name, description, created_at) VALUES ({}, {}, {}) RETURNING id"
IMPROVES = "UPDATE idea SET service = {} WHERE title = ANY({})"
CO_AUTHOR = """
    INSERT INTO co_author (idea, space, person, invited_by, invited_at, accepted_at)
    SELECT id, space, {}, author, created_at, CASE WHEN {} THEN created_at + interval '3 hours' END
    FROM idea WHERE title = {} RETURNING idea
"""
COUNT_ANEW = "UPDATE idea SET supporters = supporters - returned, returned = 0 WHERE id = {}"
HELP = """
    INSERT INTO help_offer (idea, space, person, body, created_at)
    SELECT id, space, {}, {}, {} FROM idea WHERE title = {}
"""
VERSION = """
    WITH edited AS (
        UPDATE idea SET version = 2, edited_by = {}, updated_at = {} WHERE title = {} RETURNING *
    )
    INSERT INTO idea_version (idea, space, version, title, body, tags, author, created_at)
    SELECT id, space, 1, {}, {}, tags, author, {} FROM edited
"""
CORRECTION = """
    INSERT INTO correction (idea, space, author, body, body_html, language, created_at)
    SELECT id, space, {}, {}, {}, {}, {} FROM idea WHERE title = {}
"""
STEP = """
    WITH moved AS (UPDATE idea SET status = {} WHERE title = {} RETURNING id, space)
    INSERT INTO status_change (idea, space, author, status, body, body_html, language, created_at)
    SELECT id, space, {}, {}, {}, {}, {}, {} FROM moved
"""
DRAFT = """
    INSERT INTO idea (campaign, space, author, state, title, body, body_html, excerpt, language, tags, created_at,
        updated_at)
    SELECT id, space, {}, 'draft', {}, {}, {}, {}, {}, {}, {}, {} FROM campaign WHERE title = {}
"""
WORKSHOP = """
    INSERT INTO workshop (campaign, space, author, name, place, held_on, created_at)
    SELECT id, space, {}, {}, {}, {}, {} FROM campaign WHERE title = {} RETURNING id
"""
NOTED = """
    INSERT INTO idea (campaign, space, author, state, title, body, body_html, excerpt, language, tags, source,
        created_at, updated_at)
    SELECT w.campaign, w.space, {}, 'published', {}, {}, {}, {}, c.language, {}, 'workshop', w.created_at, w.created_at
    FROM workshop w JOIN campaign c ON c.id = w.campaign WHERE w.id = {} RETURNING id
"""
CAPTURE = """
    INSERT INTO capture (idea, space, workshop, author, person, name, claimant, state, settled_at)
    SELECT {}, space, id, author, {}, {}, {}, {}, {} FROM workshop WHERE id = {}
"""


async def write_together(people: dict[str, int], now: datetime) -> None:
    """Adds all of it to the ideas that are there."""
    content = tomllib.loads(CONTENT.read_text())

    def at(entry: dict[str, Any], name: str = "day") -> datetime:
        return now + timedelta(days=entry[name])

    for one in content["service"]:
        service = await fetch_value(SERVICE, one["name"], one["description"], now - timedelta(days=100))
        await execute(IMPROVES, service, one["ideas"])
    for one in content["co_author"]:
        person = people[one["person"]]
        idea = await fetch_value(CO_AUTHOR, person, one["accepted"], one["idea"])
        if one["accepted"]:
            await execute(COUNT_ANEW, idea)
    for one in content["help"]:
        await execute(HELP, people[one["person"]], one["body"], at(one), one["idea"])
    for one in content["version"]:
        before = (one["title"], one["body"].strip(), at(one))
        await execute(VERSION, people[one["edited_by"]], at(one, "edited"), one["idea"], *before)
    for one in content["correction"]:
        text = (one["body"], to_html(one["body"]), one["language"])
        await execute(CORRECTION, people[one["author"]], *text, at(one), one["idea"])
    for one in content["step"]:
        text = (one["body"], to_html(one["body"]), one["language"])
        await execute(STEP, one["status"], one["idea"], people[one["author"]], one["status"], *text, at(one))
    for one in content["draft"]:
        html = to_html(one["body"].strip())
        draft = (one["title"], one["body"].strip(), html, excerpt(html), one["language"], one["tags"])
        await execute(DRAFT, people[one["author"]], *draft, at(one), at(one), one["campaign"])
    for one in content["workshop"]:
        await _workshop(one, people, at(one))


async def _workshop(one: dict[str, Any], people: dict[str, int], held: datetime) -> None:
    author = people[one["author"]]
    place = (one["name"], one["place"], held.date(), held)
    workshop = await fetch_value(WORKSHOP, author, *place, one["campaign"])
    for noted in one["idea"]:
        html, person = to_html(noted["body"]), people.get(noted.get("person", ""))
        settled = noted.get("settled", False)
        idea = await fetch_value(
            NOTED,
            person if settled else author,
            noted["title"],
            noted["body"],
            html,
            excerpt(html),
            noted["tags"],
            workshop,
        )
        whose = (person, noted.get("name", ""), person if settled else None)
        state = ("settled", held + timedelta(days=1)) if settled else ("waiting", None)
        await execute(CAPTURE, idea, *whose, *state, workshop)
        await execute(
            "INSERT INTO event (kind, actor, space, idea, occurred_at)"
            " SELECT 'idea.captured', {}, space, id, created_at FROM idea WHERE id = {}",
            author,
            idea,
        )
