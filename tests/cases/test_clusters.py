"""Clusters on pages: what looks alike is put together by moderators, read by everybody, and left by its author."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from portal.db import execute, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.notifications.jobs import tell_of
from portal.notifications.mails import write
from tests.client import text_of
from tests.escalation.test_sensitive import rule
from tests.pages.forms import errors_of
from tests.world import NOW, add_case, add_comment, add_idea, set_clock

DESK = "/spaces/{}/clusters"
SUPPORT = "INSERT INTO vote (person, idea, space, guest) SELECT {}, id, space, FALSE FROM idea WHERE id = {}"


async def trains(world):
    """Two posts that ask for the same: three people support the first, and one of them, with a fourth, the other."""
    for name, title, author in (
        ("lead", "Let us travel by train", "author"),
        ("other", "Let us travel by night train", "colleague"),
    ):
        async with transaction():
            await add_idea(world, name, stream="organisation", title=title, author=author, comments=False)
    await execute("UPDATE person SET created_at = {}", NOW - timedelta(days=30))
    await execute("UPDATE identity SET language = 'en'")
    for name, people in (("lead", ("sponsor", "employee", "administrator")), ("other", ("employee", "decision_maker"))):
        for person in people:
            await execute(SUPPORT, world.person_id[person], world.idea_id[name])
    await execute(
        "UPDATE idea SET published_at = {} WHERE id = ANY({})", NOW, [world.idea_id[n] for n in ("lead", "other")]
    )


def where(world, name="other"):
    return f"/ideas/{world.idea[name]}/cluster"


async def put(as_, world, who="moderator", name="other", other="lead", **form):
    form = {"other": f"http://here/posts/{world.idea[other]}#comments", "reason": "Both want to go by train."} | form
    return await (await as_(who)).post(where(world, name), form)


async def test_what_is_offered_beside_an_item_is_like_it(as_, world):
    await trains(world)
    page = await (await as_("moderator")).get(where(world))
    assert set(re.findall(r"/cluster\?with=(\w+)", page.text)) == {world.idea["lead"]}


async def test_what_looks_alike_is_proposed_compared_and_counted_together(as_, world):
    await trains(world)
    moderator = await as_("moderator")
    desk = DESK.format(world.space["organisation"])
    compare = f"{where(world)}?with={world.idea['lead']}"
    assert f'href="{compare}"' in (await moderator.get(desk)).text
    page = text_of(await moderator.get(compare))
    assert re.search(rf'name="other"[^>]* value="http[^"]+/posts/{world.idea["lead"]}"', page), "as one would name it"
    assert page.index("Would lead") < page.index("Let us travel by train") < page.index("Would stand under it")
    sent = await put(as_, world)
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/posts/{world.idea['lead']}")
    for name in ("lead", "other"):
        page = text_of(await (await as_("employee")).get(f"/posts/{world.idea[name]}"))
        assert "2 posts and ideas count together" in page
        assert "4 people support at least one of them." in page
        assert "Both want to go by train." in page
    after = await moderator.get(desk)
    assert "4 people support" in text_of(after)
    assert compare not in after.text, "what is together is proposed no more"


async def test_whichever_one_starts_from_the_one_with_more_people_leads(as_, world):
    await trains(world)
    assert (await put(as_, world, name="lead", other="other")).status_code == 303
    assert await fetch_value("SELECT lead FROM cluster_item ORDER BY id DESC LIMIT 1") == world.idea_id["lead"]


@pytest.mark.parametrize(
    ("who", "status"), [("employee", 403), ("administrator", 403), ("colleague", 403), ("guest_a", 404)]
)
async def test_nobody_but_moderators_puts_together(as_, world, who, status):
    await trains(world)
    browser = await as_(who)
    assert (await browser.get(DESK.format(world.space["organisation"]))).status_code == status
    assert (await browser.get(where(world))).status_code == status
    assert (await put(as_, world, who)).status_code == status
    assert await fetch_value("SELECT count(*) FROM cluster_item WHERE idea = {}", world.idea_id["other"]) == 0


@pytest.mark.parametrize(("name", "status"), [("other", 403), ("lead", 422)])
async def test_who_decides_either_puts_nothing_together(as_, world, name, status):
    """Where it is the one that she named she reads so at its field, and nothing that she may not name is offered."""
    await trains(world)
    offered = f"{where(world)}?with={world.idea['lead']}"
    assert offered in (await (await as_("moderator")).get(where(world))).text
    await add_case(world, name, idea=name, state="assigned", owner="moderator")
    sent = await put(as_, world)
    assert sent.status_code == status
    stands = "SELECT count(*) FROM cluster_item WHERE idea = {}"
    assert await fetch_value(stands, world.idea_id["other"]) == 0
    if status == 422:
        assert "decide about it" in errors_of(sent)["other"]
        assert "Both want to go by train." in sent.text
        assert offered not in (await (await as_("moderator")).get(where(world))).text
    await execute("DELETE FROM case_role WHERE person = {}", world.person_id["moderator"])
    assert (await put(as_, world)).status_code == 303, "the control"


async def test_who_decides_the_lead_takes_nothing_away_from_it(as_, world):
    await trains(world)
    await put(as_, world)
    await add_case(world, "lead", idea="lead", state="assigned", owner="moderator")
    leaving = f"{where(world)}/leaving"
    assert (await (await as_("moderator")).get(leaving)).status_code == 403
    assert (await (await as_("moderator")).post(leaving, {})).status_code == 403


async def test_the_author_is_told_says_no_and_is_left_alone(as_, world):
    await trains(world)
    await put(as_, world)
    await tell_of(await fetch_value("SELECT id FROM event WHERE kind = 'idea.clustered'"))
    told = await execute("SELECT recipient FROM mail WHERE kind = 'cluster' ORDER BY recipient")
    assert [row["recipient"] for row in told] == sorted(world.person_id[name] for name in ("author", "colleague"))
    author = await as_("colleague")
    assert "Counts together with another:" in text_of(await author.get("/notifications"))
    assert "Both want to go by train." in text_of(await author.get(f"/posts/{world.idea['other']}"))
    message = (await write("cluster", author.person, await fetch_value("SELECT max(event) FROM mail"))).get_content()
    assert "let it stand by itself until" in message
    assert "Both want to go by train." in message
    assert "Let it stand by itself" in text_of(await author.get(f"/posts/{world.idea['other']}"))
    assert "Let it stand by itself" not in text_of(await (await as_("employee")).get(f"/posts/{world.idea['other']}"))
    leaving = f"{where(world)}/leaving"
    assert "It counts for itself again" in text_of(await author.get(leaving))
    sent = await author.post(leaving, {})
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/posts/{world.idea['other']}")
    assert "count together" not in text_of(await author.get(f"/posts/{world.idea['other']}"))
    again = await put(as_, world)
    assert again.status_code == 422
    assert "wants it to stand by itself" in errors_of(again)["other"]


async def test_a_guest_lets_her_own_post_stand_by_itself_and_no_other_one(as_, world):
    """What her own login may change of a cluster is just that."""
    async with transaction():
        for name, author in (("first", "insider_a"), ("hers", "guest_a"), ("theirs", "insider_a")):
            await add_idea(world, name, stream="closed_a", title=f"Post {name}", author=author, comments=False)
    put_there = (
        "INSERT INTO cluster_item (lead, idea, space, added_by, opt_out_until)"
        " SELECT {}, id, space, author, {} FROM idea WHERE id = {}"
    )
    for name in ("hers", "theirs"):
        await execute(put_there, world.idea_id["first"], NOW + timedelta(hours=72), world.idea_id[name])
    guest = await as_("guest_a")
    assert (await guest.post(f"{where(world, 'theirs')}/leaving", {})).status_code == 403
    assert (await guest.post(f"{where(world, 'hers')}/leaving", {})).status_code == 303
    stands = "SELECT left_by FROM cluster_item WHERE idea = {} AND left_at IS NOT NULL"
    assert await fetch_value(stands, world.idea_id["hers"]) == world.person_id["guest_a"]
    assert await fetch_value(stands, world.idea_id["theirs"]) is None
    told = "SELECT actor FROM event WHERE kind = 'idea.cluster_left' AND idea = {}"
    assert await fetch_value(told, world.idea_id["hers"]) == world.person_id["guest_a"]


@pytest.mark.parametrize(
    ("how", "says"), [("leads", "Others stand with each of them"), ("under", "the one that leads them")]
)
async def test_why_two_cannot_count_together_is_said(as_, world, how, says):
    await trains(world)
    under = (
        "INSERT INTO cluster_item (lead, idea, space, added_by, opt_out_until)"
        " SELECT {}, id, space, author, plein_now() FROM idea WHERE id = {}"
    )
    async with transaction():
        for name in ("third", "fourth"):
            await add_idea(world, name, stream="organisation", title=f"Post {name}", author="author", comments=False)
    await execute(under, world.idea_id["third"], world.idea_id["fourth"])
    await execute(under, *(world.idea_id[name] for name in (("third", "lead"), ("lead", "other"))[how == "leads"]))
    sent = await put(as_, world, name="third" if how == "leads" else "other", other="lead")
    assert (sent.status_code, says in errors_of(sent)["other"]) == (422, True)


REFUSED_TO = (
    "SELECT actor, idea, particulars ->> 'action' AS action FROM event WHERE kind = 'moderation.refused' ORDER BY id"
)


@pytest.mark.parametrize("way", ["merge", "merge the other", "split", "triage", "invalidate"])
async def test_who_decides_it_and_tries_is_refused_and_that_is_recorded(as_, world, way):
    """Rule 7, and the control: looking at the form is no try."""
    await trains(world)
    if way == "split":
        await put(as_, world)
    owned = "lead" if way == "merge the other" else "other"
    state = {"triage": "triage", "invalidate": "qualifying"}.get(way, "assigned")
    await add_case(world, "hers", idea=owned, state=state, owner="moderator")
    moderator, case = await as_("moderator"), f"/cases/{world.case['hers']}"
    address = {"split": f"{where(world)}/leaving", "triage": f"{case}/triage", "invalidate": f"{case}/doubt"}
    page = address.get(way, where(world))
    form = {"other": f"/posts/{world.idea['lead']}", "reason": "The same.", "number": "3", "words": "None of them."}
    await moderator.get(page)
    assert await execute(REFUSED_TO) == []
    assert (await moderator.post(page, form)).status_code == (422 if way == "merge the other" else 403)
    told = (world.person_id["moderator"], world.idea_id[owned], f"escalation.{way.split()[0]}")
    assert [tuple(row) for row in await execute(REFUSED_TO)] == [told]


@pytest.mark.parametrize("who", ["author", "employee", "guest_a"])
async def test_only_its_author_and_moderators_take_it_out(as_, world, who):
    await trains(world)
    await put(as_, world)
    status = 404 if who == "guest_a" else 403
    assert (await (await as_(who)).post(f"{where(world)}/leaving", {})).status_code == status
    await set_clock(NOW + timedelta(hours=72))
    assert (await (await as_("colleague")).post(f"{where(world)}/leaving", {})).status_code == 403
    assert (
        await (await as_("moderator")).post(f"{where(world)}/leaving", {"reason": "It is about nights."})
    ).status_code == 303
    assert (await put(as_, world)).status_code == 303, "a moderator may put back what she took out"


@pytest.mark.parametrize("other", ["", "no-such-idea", "closed_a", "other"])
async def test_another_of_this_space_is_named(as_, world, other):
    await trains(world)
    named = world.idea.get(other, other)
    sent = await (await as_("moderator")).post(where(world), {"other": named, "reason": "The same."})
    assert sent.status_code == 422
    assert errors_of(sent)["other"]
    assert f'value="{named}"' in sent.text


REFUSED = {
    "answered": "INSERT INTO answer (idea, space, author, kind, summary, reason, reason_html, from_when, next_step,"
    " next_owner, next_date, language) SELECT id, space, author, 'declined', 'No', 'No', 'No', '', '', author,"
    " '2026-09-01', 'en' FROM idea WHERE id = {}",
    "withdrawn": "UPDATE idea SET state = 'withdrawn' WHERE id = {}",
}


@pytest.mark.parametrize("how", REFUSED)
async def test_what_is_answered_or_gone_takes_nothing_in(as_, world, how):
    await trains(world)
    await execute(REFUSED[how], world.idea_id["lead"])
    assert (await put(as_, world)).status_code == 422


async def test_no_case_comes_under_one_that_is_due_later(as_, world):
    """So no clock is set back: what is due first leads, though fewer support it."""
    await trains(world)
    await add_case(world, "other", idea="other", state="assigned", owner="sponsor")
    assert (await put(as_, world)).status_code == 303
    assert await fetch_value("SELECT lead FROM cluster_item ORDER BY id DESC LIMIT 1") == world.idea_id["other"]


async def test_the_case_shows_what_counts_with_it(as_, world):
    await trains(world)
    await put(as_, world)
    await add_case(world, "lead", idea="lead", state="assigned", owner="sponsor")
    page = text_of(await (await as_("employee")).get(f"/cases/{world.case['lead']}"))
    assert "4 people support at least one of them." in page
    assert "Let us travel by night train" in page


async def test_wherever_it_is_said_how_many_support_a_lead_it_is_how_many_support_any_of_them(as_, world):
    """The people of a cluster are 4, of whom its lead alone has 3."""
    await trains(world)
    await put(as_, world)
    lead = world.idea_id["lead"]
    await execute("UPDATE idea SET heads_up_at = {} WHERE id = {}", NOW, lead)
    reader = await as_("employee")
    grows = text_of(await reader.get("/cases/briefing")).split("What grows")[1]
    assert "4 people" in grows.split("Let us travel by train")[1]
    await execute("UPDATE idea SET heads_up_at = NULL WHERE id = {}", lead)
    await add_case(world, "lead", idea="lead", state="assigned", owner="employee", due_at=NOW + timedelta(days=2))
    page = text_of(await reader.get(f"/cases/{world.case['lead']}"))
    assert "4 people" in page.split("</h1>")[1].split("commented")[0]
    assert "4 colleagues support it" in page.split("For and against")[1]
    for address in ("/cases", "/cases/briefing", "/answers/waiting"):
        row = text_of(await reader.get(address)).split("Let us travel by train")[1]
        assert "<b>4</b> people" in row.split("</li>")[0], address
    await answered(world)
    version = await fetch_value("SELECT max(id) FROM policy_version WHERE policy = {}", world.policy_id["travel"])
    await execute("UPDATE answer SET policy_version = {} WHERE idea = {}", version, lead)
    for address in ("/answers/given", f"/policies/{world.policy['travel']}"):
        led = text_of(await reader.get(address)).split("Let us travel by train")[1]
        assert "4 colleagues asked this" in led.split("</li>")[0], address


async def test_what_the_reader_may_not_read_is_not_named(as_, world):
    await trains(world)
    await put(as_, world)
    await execute("UPDATE idea SET state = 'hidden' WHERE id = {}", world.idea_id["other"])
    page = text_of(await (await as_("employee")).get(f"/posts/{world.idea['lead']}"))
    assert "night train" not in page


async def test_a_young_account_counts_with_the_others_once_it_is_older(as_, world):
    await trains(world)
    await execute("UPDATE person SET created_at = {} WHERE id = {}", NOW, world.person_id["campaign_owner"])
    await execute(SUPPORT, world.person_id["campaign_owner"], world.idea_id["other"])
    await put(as_, world)
    assert await fetch_value("SELECT supporters + joint FROM idea WHERE id = {}", world.idea_id["lead"]) == 4


async def test_moderators_say_why_and_nothing_that_they_typed_is_lost(as_, world):
    await trains(world)
    sent = await put(as_, world, other="lead", reason="")
    assert (sent.status_code, list(errors_of(sent))) == (422, ["reason"])
    assert world.idea["lead"] in sent.text
    await put(as_, world)
    assert errors_of(await (await as_("moderator")).post(f"{where(world)}/leaving", {}))["reason"]
    assert await fetch_value("SELECT left_at FROM cluster_item WHERE idea = {}", world.idea_id["other"]) is None


async def test_what_is_sensitive_is_no_reason(as_, world):
    await trains(world)
    await rule(world)
    assert errors_of(await put(as_, world, reason="Zij is ziek."))["reason"]
    await put(as_, world)
    sent = await (await as_("moderator")).post(f"{where(world)}/leaving", {"reason": "Zij is ziek."})
    assert errors_of(sent)["reason"]


async def test_its_author_reads_why_it_was_taken_out(as_, world):
    await trains(world)
    await put(as_, world)
    await (await as_("moderator")).post(f"{where(world)}/leaving", {"reason": "One is about nights."})
    left = await fetch_value("SELECT id FROM event WHERE kind = 'idea.cluster_left'")
    await tell_of(left)
    author = await as_("colleague")
    assert "One is about nights." in (await write("cluster", author.person, left)).get_content()


async def answered(world, kind=Kind.IDEA_ANSWERED):
    """The lead is answered, or its answer corrected; gives the event."""
    if kind == Kind.IDEA_ANSWERED:
        await execute(REFUSED["answered"], world.idea_id["lead"])
    made = (await execute("SELECT id, space FROM answer WHERE idea = {}", world.idea_id["lead"]))[0]
    async with transaction():
        return await record(kind, actor=world.person_id["sponsor"], space=made["space"], answer=made["id"])


FOLLOW = "INSERT INTO follow (person, space, idea) SELECT {}, space, id FROM idea WHERE id = {}"
MUTE = "INSERT INTO mute (person, space, idea) SELECT {}, space, id FROM idea WHERE id = {}"


async def told(world, event):
    """Who hears of it, though the telling comes twice."""
    for _ in range(2):
        await tell_of(event)
    heard = [row["person"] for row in await execute("SELECT person FROM notice WHERE event = {}", event)]
    assert len(heard) == len(set(heard))
    return {name for name, person in world.person_id.items() if person in heard}


async def test_everybody_of_what_stands_under_a_lead_hears_of_its_answer(as_, world):
    await trains(world)
    other = world.idea_id["other"]
    await add_comment(world, "by night", idea="other", author="campaign_owner")
    await execute("UPDATE comment SET kind = 'objection' WHERE id = {}", world.comment_id["by night"])
    await execute(FOLLOW, world.person_id["moderator"], other)
    await put(as_, world)
    event = await answered(world)
    everybody = {"author", "employee", "administrator", "colleague", "decision_maker", "campaign_owner"}
    assert await told(world, event) == everybody | {"moderator"}
    await execute(MUTE, world.person_id["moderator"], other)
    assert await told(world, await answered(world, Kind.ANSWER_CORRECTED)) == everybody
    message = (await write("answer", world.person_id["decision_maker"], event)).get_content()
    assert "It also answers what counts together with it:\n  Let us travel by night train\n" in message
    await execute("UPDATE idea SET state = 'hidden' WHERE id = {}", other)
    assert "night" not in (await write("answer", world.person_id["author"], event)).get_content()


async def test_who_supports_only_what_stands_under_it_finds_the_answer_on_its_page_and_at_home(as_, world):
    await trains(world)
    await put(as_, world)
    browser, page = await as_("decision_maker"), f"/posts/{world.idea['other']}"
    read = f"/posts/{world.idea['lead']}#answer"
    assert read not in (await browser.get(page)).text
    await answered(world)
    shown = await browser.get(page)
    assert read in shown.text
    assert "This is the answer to all of them." in text_of(shown)
    assert read not in (await browser.get(f"/posts/{world.idea['lead']}")).text, "it stands there itself"
    for who, times in (("decision_maker", 1), ("employee", 1), ("colleague", 0)):
        home = (await (await as_(who)).get("/")).text
        became = home.partition("What you supported, and what became of it")[2].partition("</ul>")[0]
        assert became.count(f'href="/posts/{world.idea["lead"]}"') == times, who
