"""Drafts: kept while one types, seen by their authors only, posted once."""

import pytest

from portal.db import execute, fetch_value
from tests.client import text_of
from tests.pages.forms import errors_of, form_of

TYPED = {"title": "Racks", "body": "Put **racks** here.", "tags": "gate", "language": "en", "version": "1"}


async def kept(world, browser, **other):
    """A draft, begun in the form for new ideas as it saves itself; gives the form, and the draft's row."""
    address = f"/campaigns/{world.campaign['collect']}/ideas"
    form = form_of(await browser.get(f"{address}/new"), address) | TYPED | other
    said = await browser.post(address, form | {"draft": "auto"}, htmx=True)
    assert said.status_code == 200, text_of(said)
    assert "Draft saved at" in said.text
    assert 'data-version="1" data-address="/ideas/' in said.text
    row = await execute("SELECT id, public_id, version, state FROM idea WHERE draft_key = {}", form["form_key"])
    return address, form, row[0]


async def test_what_is_typed_is_kept_as_a_draft_that_nobody_else_sees(as_, world):
    browser = await as_("employee")
    _, _, draft = await kept(world, browser, title="", body="Half a thought", tags="")
    assert draft["state"] == "draft"
    assert draft["public_id"] in (await browser.get("/ideas/drafts")).text
    assert (await browser.get(f"/ideas/{draft['public_id']}/edit")).status_code == 200
    for who in ("author", "moderator", "administrator", "sponsor"):
        other = await as_(who)
        assert (await other.get(f"/ideas/{draft['public_id']}")).status_code == 404, who
        assert (await other.post(f"/ideas/{draft['public_id']}/edit", TYPED | {"draft": "1"})).status_code == 404, who
        assert "Half a thought" not in (await other.get(f"/campaigns/{world.campaign['collect']}")).text
    assert await fetch_value("SELECT ideas FROM campaign WHERE id = {}", world.campaign_id["collect"]) == 1
    assert not await fetch_value("SELECT count(*) FROM event WHERE idea = {}", draft["id"])


async def test_the_same_form_goes_on_with_its_draft_and_posts_that(as_, world):
    browser = await as_("employee")
    address, form, draft = await kept(world, browser)
    again = await browser.post(address, form | {"body": "More", "draft": "auto"}, htmx=True)
    assert 'data-version="2"' in again.text
    posted = await browser.post(address, form | {"body": "All", "version": "2"})
    assert posted.headers["Location"] == f"/ideas/{draft['public_id']}"
    row = (await execute("SELECT state, body, version FROM idea WHERE id = {}", draft["id"]))[0]
    assert tuple(row) == ("published", "All", 3)
    assert await fetch_value("SELECT count(*) FROM event WHERE idea = {} AND kind = 'idea.proposed'", draft["id"]) == 1
    # what was under way when it was posted changes nothing, and begins no second draft
    late = await browser.post(address, form | {"body": "Late", "version": "2", "draft": "auto"}, htmx=True)
    assert late.status_code == 422
    assert await fetch_value("SELECT count(*) FROM idea WHERE title = 'Racks'") == 1


async def test_a_draft_that_comes_again_because_its_answer_got_lost_is_saved_once(as_, world):
    browser = await as_("employee")
    address, form, draft = await kept(world, browser)
    for _ in range(2):
        said = await browser.post(address, form | {"body": "More", "draft": "auto"}, htmx=True)
        assert 'data-version="2"' in said.text
    assert await fetch_value("SELECT version FROM idea WHERE id = {}", draft["id"]) == 2


async def test_without_scripts_a_button_keeps_it_and_leads_to_its_form(as_, world):
    browser = await as_("employee")
    address = f"/campaigns/{world.campaign['collect']}/ideas"
    form = form_of(await browser.get(f"{address}/new"), address) | {"title": "Only a title", "draft": "1"}
    sent = await browser.post(address, form)
    assert sent.status_code == 303
    page = await browser.get(sent.headers["Location"])
    assert "Your draft is saved" in text_of(page)
    edit = sent.headers["Location"]
    posted = await browser.post(edit, form_of(page, edit))
    assert set(errors_of(posted)) == {"body"}, "a draft may lack what an idea needs"
    assert (await browser.post(edit, form_of(page, edit) | {"body": "Now"})).status_code == 303


async def test_a_draft_keeps_more_tags_than_an_idea_may_have(as_, world):
    browser, many = await as_("employee"), "one, two, three, four, five, six!"
    address, form, draft = await kept(world, browser, tags=many)
    assert await fetch_value("SELECT cardinality(tags) FROM idea WHERE id = {}", draft["id"]) == 6
    edit = f"/ideas/{draft['public_id']}/edit"
    assert form_of(await browser.get(edit), edit)["tags"] == many
    assert set(errors_of(await browser.post(address, form))) == {"tags"}
    long = await browser.post(address, form | {"tags": "x" * 3000, "draft": "1"})
    assert set(errors_of(long)) == {"tags"}


async def test_of_two_who_write_one_draft_the_later_sees_the_difference_and_loses_nothing(as_, world):
    author, colleague = await as_("author"), await as_("colleague")
    await execute("UPDATE co_author SET idea = {}, accepted_at = plein_now()", world.idea_id["draft"])
    address = f"/ideas/{world.idea['draft']}/edit"
    first, second = form_of(await author.get(address), address), form_of(await colleague.get(address), address)
    mine = first | {"body": "The white heron", "language": "nl", "draft": "1"}
    assert (await author.post(address, mine)).status_code == 303
    late = await colleague.post(address, second | {"body": "The grey heron", "draft": "1"})
    assert late.status_code == 422
    assert "Wim Schotanus heeft het opgeslagen" in text_of(late)
    assert "verwijderd: </span>white <" in late.text
    assert "toegevoegd: </span>grey <" in late.text
    assert "verwijderd: </span>Nederlands<" in late.text, "what is chosen, too"
    kept_form = form_of(late, address)
    assert kept_form["body"] == "The grey heron"
    assert (await colleague.post(address, kept_form | {"draft": "1"})).status_code == 303
    assert await fetch_value("SELECT body FROM idea WHERE id = {}", world.idea_id["draft"]) == "The grey heron"
    assert (await colleague.post(address, form_of(await colleague.get(address), address))).status_code == 403


async def test_a_form_of_the_draft_does_not_write_over_what_was_posted_meanwhile(as_, world):
    """No version comes twice: hers is of the first, and what stands there is not."""
    author, colleague = await as_("employee"), await as_("colleague")
    _, _, draft = await kept(world, author)
    together = "INSERT INTO co_author (idea, space, person, invited_by, accepted_at)"
    together += " SELECT id, space, {}, author, plein_now() FROM idea WHERE id = {}"
    await execute(together, colleague.person, draft["id"])
    address = f"/ideas/{draft['public_id']}/edit"
    first, hers = form_of(await author.get(address), address), form_of(await colleague.get(address), address)
    for _ in range(2):
        posted = await author.post(address, first | {"body": "The white heron"})
        assert posted.status_code == 303, "its answer got lost, and it came again"
    late = await colleague.post(address, hers | {"body": "The grey heron"})
    assert late.status_code == 422
    assert await fetch_value("SELECT body FROM idea WHERE id = {}", draft["id"]) == "The white heron"
    assert (await colleague.post(address, form_of(late, address))).status_code == 303
    versions = text_of(await author.get(f"/ideas/{draft['public_id']}/versions"))
    assert "Version 2" in versions
    assert "Version 1, as it was posted" in versions
    assert "Version 3" not in versions


async def test_its_author_throws_a_draft_away_and_nobody_else_does(as_, world):
    address = f"/ideas/{world.idea['draft']}/discard"
    await execute("UPDATE co_author SET idea = {}, accepted_at = plein_now()", world.idea_id["draft"])
    assert (await (await as_("employee")).post(address)).status_code == 404
    assert (await (await as_("colleague")).post(address)).status_code == 403
    assert (await (await as_("author")).post(address)).status_code == 303
    assert not await fetch_value("SELECT count(*) FROM idea WHERE id = {}", world.idea_id["draft"])
    assert (await (await as_("author")).post(f"/ideas/{world.idea['collect']}/discard")).status_code == 403


# --- the campaign's questions


@pytest.fixture
async def asked(rollback, world):
    """The campaign's form: version 1 and 2, with a question of each kind in the second; public ids by kind."""
    await execute(
        "UPDATE campaign SET form_version = 2, tags = ARRAY['rain', 'wind'] WHERE id = {}", world.campaign_id["collect"]
    )
    found = {}
    for version, kinds in ((1, ["text"]), (2, ["text", "choice", "number", "date"])):
        for position, kind in enumerate(kinds):
            found[version, kind] = await fetch_value(
                "INSERT INTO question (campaign, space, version, position, kind, label, options, required)"
                " SELECT id, space, {}, {}, {}, {}, {}, {} FROM campaign WHERE id = {} RETURNING public_id",
                *(version, position, kind, f"Question {kind} {version}", ["Day", "Night"] if kind == "choice" else []),
                *(kind == "text", world.campaign_id["collect"]),
            )
    return found


async def test_replies_are_checked_by_kind_shown_and_kept_with_their_version(as_, world, asked):
    browser = await as_("employee")
    address = f"/campaigns/{world.campaign['collect']}/ideas"
    form = form_of(await browser.get(f"{address}/new"), address) | TYPED
    names = {kind: f"reply_{public_id}" for (version, kind), public_id in asked.items() if version == 2}
    wrong = {names["choice"]: "Dusk", names["number"]: "many", names["date"]: "soon"}
    sent = await browser.post(address, form | wrong)
    assert set(errors_of(sent)) == set(names.values())
    right = {
        names["text"]: "Guards\nat night",
        names["choice"]: "Night",
        names["number"]: "12,5",
        names["date"]: "2026-07-01",
    }
    page = text_of(await browser.get((await browser.post(address, form | right)).headers["Location"]))
    for words in ("Question text 2", "Guards\nat night", "Night", "12,5", "1 July 2026"):
        assert words in page
    assert await fetch_value("SELECT form_version FROM idea WHERE title = 'Racks'") == 2


async def test_what_another_replied_meanwhile_is_not_written_over(as_, world, asked):
    """The text is the same, and only a reply to the campaign's questions another: hers stands."""
    author, colleague = await as_("employee"), await as_("colleague")
    _, _, draft = await kept(world, author)
    together = "INSERT INTO co_author (idea, space, person, invited_by, accepted_at)"
    together += " SELECT id, space, {}, author, plein_now() FROM idea WHERE id = {}"
    await execute(together, colleague.person, draft["id"])
    address = f"/ideas/{draft['public_id']}/edit"
    first, second = form_of(await author.get(address), address), form_of(await colleague.get(address), address)
    text, choice = f"reply_{asked[2, 'text']}", f"reply_{asked[2, 'choice']}"
    assert (await author.post(address, first | {text: "Hers", "draft": "1"})).status_code == 303
    assert (await author.post(address, first | {text: "Hers", "draft": "1"})).status_code == 303, "its answer got lost"
    late = await colleague.post(address, second | {choice: "Night", "draft": "1"})
    assert late.status_code == 422
    replies = await execute("SELECT value FROM idea_reply WHERE idea = {}", draft["id"])
    assert [row["value"] for row in replies] == ["Hers"]


async def test_a_form_that_changes_while_somebody_writes_goes_on_as_it_was_begun(as_, world, asked):
    browser = await as_("employee")
    address = f"/campaigns/{world.campaign['collect']}/ideas"
    form = form_of(await browser.get(f"{address}/new"), address) | TYPED | {"form_version": "1"}
    assert set(errors_of(await browser.post(address, form))) == {f"reply_{asked[1, 'text']}"}
    sent = await browser.post(address, form | {f"reply_{asked[1, 'text']}": "Everybody"})
    assert "Question text 1" in text_of(await browser.get(sent.headers["Location"]))


async def test_the_campaigns_tags_are_offered_beside_ones_own(as_, world, asked):
    browser = await as_("employee")
    page = await browser.get(f"/campaigns/{world.campaign['open']}/ideas/new")
    assert 'type="checkbox" name="tags"' not in page.text
    address = f"/campaigns/{world.campaign['collect']}/ideas"
    page = await browser.get(f"{address}/new")
    assert 'type="checkbox" name="tags" value="rain"' in page.text
    form = form_of(page, address) | TYPED | {"tags": ["own", "wind"], f"reply_{asked[2, 'text']}": "x"}
    assert (await browser.post(address, form)).status_code == 303
    assert await fetch_value("SELECT tags FROM idea WHERE title = 'Racks'") == ["own", "wind"]


async def test_how_many_will_read_it_is_what_the_access_rule_yields(as_, world):
    for who, campaign, space in (("employee", "collect", "organisation"), ("guest_a", "closed_a", "closed_a")):
        page = text_of(await (await as_(who)).get(f"/campaigns/{world.campaign[campaign]}/ideas/new"))
        counts = await execute(
            "SELECT count(*) FILTER (WHERE p.kind = 'employee') AS c, count(*) FILTER (WHERE p.kind = 'guest') AS g"
            " FROM person p WHERE p.active AND (p.kind = 'employee' AND (SELECT open FROM space WHERE id = {})"
            " OR EXISTS (SELECT FROM membership m WHERE m.person = p.id AND m.space = {}))",
            world.space_id[space],
            world.space_id[space],
        )
        colleagues, guests = counts[0]
        assert f"{colleagues} colleague" in page
        assert (f"and {guests} guest" if guests else "and no guests") in page


async def test_a_saved_draft_leads_to_its_files_and_to_who_writes_along(as_, world):
    author, idea = await as_("author"), world.idea["draft"]
    page = (await author.get(f"/ideas/{idea}/edit")).text
    for name in ("attachments", "co-authors"):
        assert f'href="/ideas/{idea}/{name}"' in page
        assert f'href="/ideas/{idea}/edit"' in (await author.get(f"/ideas/{idea}/{name}")).text
    fresh = (await author.get(f"/campaigns/{world.campaign['collect']}/ideas/new")).text
    assert "/attachments" not in fresh
    assert "saved as a draft" in fresh


async def test_a_drafts_page_says_so_and_tells_of_no_support_and_no_talk(as_, world):
    author = await as_("author")
    page = (await author.get(f"/ideas/{world.idea['draft']}")).text
    assert "A draft: only you" in page
    posted = (await author.get(f"/ideas/{world.idea['open']}")).text
    for part in ('id="comments"', 'id="history"', "vote-panel", "/follow"):
        assert part in posted, "the control"
        assert part not in page, part
