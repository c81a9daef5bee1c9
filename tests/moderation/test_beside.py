"""What an idea says beside its text: a moderator reads it, a receipt keeps it, and its author changes it with the text."""

from importlib import import_module

import pytest

from portal.db import execute, fetch_value, script, transaction
from tests.client import text_of
from tests.moderation.desk import decide, newest, receipt_of
from tests.pages.forms import errors_of, form_of
from tests.world import add_campaign, add_idea

QUESTION = """
    INSERT INTO question (public_id, campaign, space, version, position, kind, label, help, options, required)
    SELECT 'needquestion', id, space, 9, 1, 'text', 'Whose need?', '', '{{}}', TRUE FROM campaign WHERE id = {}
    RETURNING id
"""
REPLY = "INSERT INTO idea_reply (idea, space, question, value) SELECT id, space, {}, {} FROM idea WHERE id = {}"
BESIDE = (
    "UPDATE idea SET form_version = 9, tags = '{{jansen}}', core_questions = '{{Is it <b>Jansen</b>?}}' WHERE id = {}"
)
CORRECTION = """
    INSERT INTO correction (idea, space, author, body, body_html, language)
    SELECT id, space, author, 'Jansen', '<p>It was <em>Jansen</em></p>', 'en' FROM idea WHERE id = {}
"""


async def test_what_an_idea_says_beside_its_text_is_judged_kept_and_changed_with_it(as_, world):
    await execute("UPDATE identity SET language = 'en'")  # so that everybody can be read
    idea = world.idea_id["vote"]
    question = await fetch_value(QUESTION, world.campaign_id["vote"])
    await execute(REPLY, question, "That of mrs. Jansen", idea)
    await execute(BESIDE, idea)
    await execute(CORRECTION, idea)
    reader, moderator, author = await as_("employee"), await as_("moderator"), await as_("author")
    said = ("Whose need?: That of mrs. Jansen", "Is it <b>Jansen</b>?", "<p>jansen</p>", "<em>Jansen</em>")
    await reader.post(f"/ideas/{world.idea['vote']}/report", {"rule": "persons", "words": "It names her."})
    item = await newest("moderation_item")
    world.item["beside"], world.item_id["beside"] = item["public_id"], item["id"]
    page = await moderator.get(f"/moderation/items/{item['public_id']}")
    assert "<b>Jansen" not in page.text
    desk = text_of(page)
    assert [words for words in said if words not in desk] == []
    assert "changed after it was reported" not in desk
    await execute("UPDATE report SET body_html = (SELECT body_html FROM idea WHERE id = {})", idea)
    assert "changed after it was reported" in text_of(await moderator.get(f"/moderation/items/{item['public_id']}"))
    await script(import_module("migrations.portal_2026_11_23T23_58_00_reported").REPORTED)  # it is of before
    assert "changed after it was reported" not in text_of(await moderator.get(f"/moderation/items/{item['public_id']}"))
    await execute("UPDATE idea_reply SET value = 'Mine' WHERE question = {}", question)
    assert "changed after it was reported" in text_of(await moderator.get(f"/moderation/items/{item['public_id']}"))
    await decide(moderator, world, "beside", "send back")
    address = await receipt_of(world, "beside")
    page = await author.get(address)
    form = form_of(page, f"{address}/text")
    assert form["reply_needquestion"] == "Mine"
    assert form["core_questions"] == "Is it <b>Jansen</b>?"
    empty = form | {"reply_needquestion": "", "tags": "no/tag", "core_questions": "1\n2\n3\n4"}
    assert set(errors_of(await author.post(f"{address}/text", empty))) == {
        "reply_needquestion", "tags", "core_questions",
    }  # fmt: skip
    changed = form | {"reply_needquestion": "Our own", "tags": "needs", "core_questions": "Is it so?"}
    assert (await author.post(f"{address}/text", changed)).status_code == 303
    row = (await execute("SELECT state, tags, core_questions FROM idea WHERE id = {}", idea))[0]
    assert tuple(row) == ("published", ["needs"], ["Is it so?"])
    assert await fetch_value("SELECT value FROM idea_reply WHERE idea = {}", idea) == "Our own"


@pytest.mark.parametrize("phase", ["discuss", "vote", "done"])
async def test_a_guest_changes_it_too_and_reports_with_it(as_, world, phase):
    """What was sent back is changed in every phase."""
    async with transaction():
        await add_campaign(world, "there", "closed_a", phase)
        await add_idea(world, "hers", campaign="there", author="guest_a")
        await add_idea(world, "theirs", campaign="there", author="insider_a")
    question = await fetch_value(QUESTION, world.campaign_id["there"])
    for name in ("hers", "theirs"):
        await execute(REPLY, question, f"Need of {name}", world.idea_id[name])
        await execute(BESIDE, world.idea_id[name])
    guest, host = await as_("guest_a"), await as_("insider_a")
    await guest.post(f"/ideas/{world.idea['theirs']}/report", {"rule": "persons", "words": "It names her."})
    assert "Need of theirs" in (await newest("report"))["body_html"]
    await host.post(f"/ideas/{world.idea['hers']}/report", {"rule": "persons", "words": "It names her."})
    item = await newest("moderation_item")
    world.item["hers"], world.item_id["hers"] = item["public_id"], item["id"]
    await decide(host, world, "hers", "send back")
    address = await receipt_of(world, "hers")
    form = form_of(await guest.get(address), f"{address}/text")
    assert form["reply_needquestion"] == "Need of hers"
    assert (await guest.post(f"{address}/text", form | {"reply_needquestion": "Ours"})).status_code == 303
    assert await fetch_value("SELECT value FROM idea_reply WHERE idea = {}", world.idea_id["hers"]) == "Ours"
