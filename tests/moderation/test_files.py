"""A file is judged as what people write is: reported, out of sight by a rule, told to who attached it, and back."""

import pytest

from portal.access.actor import actor_of_person
from portal.db import execute, fetch_value
from portal.moderation.counts import removals
from tests.client import text_of
from tests.moderation.desk import WORDS, decide, newest, receipt_of, state
from tests.moderation.test_own_things import let_moderate
from tests.world import add_attachment, picture

REPORT = {"rule": "addresses", "words": "Her door is in it."}
NAME, SHOWS = "vote.png", "What vote shows"


@pytest.fixture
async def reported(as_, world):
    """The picture at an idea that people vote on, reported by an employee."""
    path = f"/attachments/{world.attachment['vote']}"
    assert (await (await as_("employee")).post(f"{path}/report", REPORT)).status_code == 303
    item = await newest("moderation_item")
    assert item["attachment"] == world.attachment_id["vote"]
    world.item["file"], world.item_id["file"] = item["public_id"], item["id"]
    return path


async def seen(browser, world, path):
    """Where somebody comes upon the file: itself, its picture, the idea, the list."""
    idea = f"/ideas/{world.idea['vote']}"
    there = {at for at in (path, f"{path}/thumbnail", f"{path}/report") if (await browser.get(at)).status_code != 404}
    return there | {at for at in (idea, f"{idea}/attachments") if NAME in text_of(await browser.get(at))}


@pytest.mark.parametrize("action", ["hide", "remove"])
async def test_it_goes_out_of_sight_by_a_rule_and_is_not_destroyed(as_, world, reported, action):
    employee, author, moderator = await as_("employee"), await as_("author"), await as_("moderator")
    assert len(await seen(employee, world, reported)) == 5
    desk = text_of(await moderator.get(f"/moderation/items/{world.item['file']}"))
    assert REPORT["words"] in desk
    assert SHOWS in desk
    assert (await decide(moderator, world, "file", action)).status_code == 303
    assert await seen(employee, world, reported) == set()
    assert SHOWS not in text_of(await employee.get(f"/ideas/{world.idea['vote']}"))
    for browser in (author, moderator):
        assert (await browser.get(reported)).content == picture("png")
        assert "Only who attached it and the moderators see it." in text_of(
            await browser.get(f"/ideas/{world.idea['vote']}")
        )


async def test_who_attached_it_reads_why_by_role_and_not_by_name(as_, world, reported):
    await decide(await as_("moderator"), world, "file", "remove")
    author = await as_("author")
    receipt = text_of(await author.get(await receipt_of(world, "file")))
    for words in ("Your file was removed", "A moderator of this space", WORDS, "House rule", NAME, SHOWS):
        assert words in receipt, words
    name = await fetch_value("SELECT name FROM identity WHERE person = {}", world.person_id["moderator"])
    assert name not in receipt
    assert (await newest("event"))["kind"] == "moderation.decided"
    assert await fetch_value("SELECT count(*) FROM mail WHERE recipient = {}", world.person_id["author"]) == 0
    assert (await (await as_("employee")).get(await receipt_of(world, "file"))).status_code == 404


async def test_it_is_counted_in_public(as_, world, reported):
    actor, space = await actor_of_person(world.person_id["employee"]), world.space_id["organisation"]
    before = (await removals(actor, [space])).taken
    await decide(await as_("moderator"), world, "file", "remove")
    assert (await removals(actor, [space])).taken == before + 1


async def test_undone_it_is_back(as_, world, reported):
    moderator = await as_("moderator")
    await decide(moderator, world, "file", "remove")
    decision = (await receipt_of(world, "file")).split("/")[-1]
    assert (await moderator.post(f"/moderation/decisions/{decision}/undo")).status_code == 303
    assert len(await seen(await as_("colleague"), world, reported)) == 5
    assert "was reversed" in text_of(await (await as_("author")).get(await receipt_of(world, "file")))


async def test_an_appeal_brings_it_back(as_, world, reported):
    await let_moderate(world, "campaign_owner")
    moderator = await as_("moderator")
    await decide(moderator, world, "file", "remove")
    address = await receipt_of(world, "file")
    assert (await (await as_("author")).post(f"{address}/appeal", {"words": "It is a drawing"})).status_code == 303
    path = f"/moderation/items/{world.item['file']}/appeal"
    judged = {"outcome": "granted", "reason": "It is."}
    assert (await moderator.post(path, judged)).status_code == 403, "somebody else decides"
    assert (await (await as_("campaign_owner")).post(path, judged)).status_code == 303
    assert len(await seen(await as_("colleague"), world, reported)) == 5


async def test_hidden_for_now_it_stays_in_the_queue_and_comes_back(as_, world, reported):
    moderator = await as_("moderator")
    await decide(moderator, world, "file", "hide")
    assert await state("moderation_item", world.item_id["file"]) == "open"
    assert (await decide(moderator, world, "file", "send back")).status_code == 422, "nobody changes a file"
    assert (await decide(moderator, world, "file", "allow", words="")).status_code == 303
    assert len(await seen(await as_("colleague"), world, reported)) == 5


async def test_of_two_who_report_it_the_later_does_not_put_it_up_again(as_, world, reported):
    """Her report came in while the other was decided."""
    moderator = await as_("moderator")
    await decide(moderator, world, "file", "remove")
    await execute(
        "INSERT INTO moderation_item (space, attachment, author) SELECT space, attachment, author FROM moderation_item"
        " WHERE id = {}",
        world.item_id["file"],
    )
    world.item["late"] = (await newest("moderation_item"))["public_id"]
    await decide(moderator, world, "late", "allow", words="")
    assert await seen(await as_("colleague"), world, reported) == set()


async def test_its_name_is_found_by_nobody_while_it_is_out_of_sight(as_, world, reported):
    employee = await as_("employee")
    await execute("UPDATE attachment SET description = 'Quinceberry' WHERE id = {}", world.attachment_id["vote"])
    assert world.idea["vote"] in (await employee.get("/search?q=quinceberry")).text
    await decide(await as_("moderator"), world, "file", "remove")
    for browser in (employee, await as_("author")):
        assert world.idea["vote"] not in (await browser.get("/search?q=quinceberry")).text


async def test_whoever_attached_it_does_not_report_it_and_readers_find_the_entry(as_, world):
    idea, entry = f"/ideas/{world.idea['collect']}", f"/attachments/{world.attachment['collect']}/report"
    for page in (idea, f"{idea}/attachments"):
        assert entry in (await (await as_("employee")).get(page)).text
        assert entry not in (await (await as_("author")).get(page)).text
    assert (await (await as_("author")).post(entry, REPORT)).status_code == 403
    assert (await (await as_("guest_a")).get(entry)).status_code == 404
    form = text_of(await (await as_("employee")).get(entry))
    assert "Ines" not in form, "nor is it told here who attached it"
    assert 'name="sensitive"' not in form


async def test_described_anew_it_keeps_its_report(as_, world):
    """A guest's words are looked at first; what was reported of her is looked at all the same."""
    guest, insider = world.person_id["guest_a"], await as_("insider_a")
    await add_attachment(world, "crane", idea="closed_a")
    await execute("UPDATE attachment SET author = {} WHERE id = {}", guest, world.attachment_id["crane"])
    await execute("UPDATE space SET checks = 'all' WHERE id = {}", world.space_id["closed_a"])
    path = f"/attachments/{world.attachment['crane']}"
    assert (await insider.post(f"{path}/report", REPORT)).status_code == 303
    item = await newest("moderation_item")
    assert (await (await as_("guest_a")).post(f"{path}/description", {"description": "A crane"})).status_code == 303
    assert await state("attachment", world.attachment_id["crane"]) == "held"
    assert (await newest("moderation_item"))["id"] == item["id"]
    assert await state("moderation_item", item["id"]) == "open"
    assert REPORT["words"] in text_of(await insider.get(f"/moderation/items/{item['public_id']}"))


async def test_hidden_for_now_it_is_still_described(as_, world):
    path = f"/attachments/{world.attachment['collect']}"
    await (await as_("employee")).post(f"{path}/report", REPORT)
    item = await newest("moderation_item")
    world.item["file"], world.item_id["file"] = item["public_id"], item["id"]
    await decide(await as_("moderator"), world, "file", "hide")
    assert (await (await as_("author")).post(f"{path}/description", {"description": "Her"})).status_code == 303
    assert await state("moderation_item", item["id"]) == "open"
    assert await state("attachment", world.attachment_id["collect"]) == "held"


async def test_what_a_moderator_took_out_of_sight_its_author_does_not_destroy(as_, world):
    path, moderator, author = f"/attachments/{world.attachment['collect']}", await as_("moderator"), await as_("author")
    await (await as_("employee")).post(f"{path}/report", REPORT)
    item = await newest("moderation_item")
    world.item["file"], world.item_id["file"] = item["public_id"], item["id"]
    await decide(moderator, world, "file", "remove")
    assert (await author.post(f"{path}/removal", {})).status_code == 403
    undoing = f"/moderation/decisions/{(await receipt_of(world, 'file')).split('/')[-1]}/undo"
    assert (await moderator.post(undoing, {})).status_code == 303
    assert await state("attachment", world.attachment_id["collect"]) == "shown"
    assert (await author.post(f"{path}/removal", {})).status_code == 303


@pytest.mark.parametrize("appealed", [False, True])
async def test_once_its_author_took_it_away_nothing_is_left_to_decide(as_, world, appealed):
    """Neither an appeal nor an undoing has a file to put back, and the receipt says so."""
    path, moderator, author = f"/attachments/{world.attachment['collect']}", await as_("moderator"), await as_("author")
    await (await as_("employee")).post(f"{path}/report", REPORT)
    item = await newest("moderation_item")
    world.item["file"], world.item_id["file"] = item["public_id"], item["id"]
    await decide(moderator, world, "file", "warn")
    address = await receipt_of(world, "file")
    if appealed:
        assert (await author.post(f"{address}/appeal", {"words": "It is a drawing"})).status_code == 303
    assert (await author.post(f"{path}/removal", {})).status_code == 303
    receipt = text_of(await author.get(address))
    assert "The file does not exist any more" in receipt
    for untrue in ("It is not destroyed", "omebody else decides", "You see it differently?"):
        assert untrue not in receipt
    assert (await author.post(f"{address}/appeal", {"words": "It is a drawing"})).status_code == 403
    desk = await moderator.get(f"/moderation/items/{item['public_id']}")
    assert desk.status_code == 200
    assert "/undo" not in desk.text
    undoing = f"/moderation/decisions/{address.split('/')[-1]}/undo"
    assert (await moderator.post(undoing, {})).status_code == 403
