"""News of campaigns by mail: who hears it, once, in her language; and nothing tells who voted."""

from datetime import timedelta

import pytest

from portal.campaigns.jobs import move_campaigns_on
from portal.db import execute, fetch_value
from tests.client import text_of
from tests.notifications.work import work
from tests.pages.forms import form_of
from tests.proposals.steps import proposed
from tests.world import NOW, email_of, set_clock

WHY = {"reason": "Half of the crews <were> away."}


def heard(smtp):
    return sorted(zip(smtp.recipients, (message["subject"] for message in smtp.messages), strict=True))


def forget(smtp):
    smtp.messages.clear()
    smtp.recipients.clear()


def to(*names):
    return sorted(email_of(name) for name in names)


async def test_who_decides_is_asked_and_who_proposed_it_hears_the_answer(as_, world, smtp):
    home = await proposed(await as_("employee"), world)
    await work()
    assert heard(smtp) == [(email_of("decision_maker"), "You are asked to decide about a campaign: Fewer forms")]
    assert "Noor Dijkman asks you to decide" in (mail := smtp.messages[0].get_content())
    assert "because it is your duty" in mail
    assert "you take part" not in mail
    listed = text_of(await (await as_("decision_maker")).get("/notifications"))
    assert "You are asked to decide about a campaign:" in listed
    forget(smtp)
    await (await as_("decision_maker")).post(f"{home}/refusal", WHY)
    await work()
    assert sorted(smtp.recipients) == to("employee", "sponsor")
    assert all(WHY["reason"] in message.get_content() for message in smtp.messages)
    forget(smtp)
    await (await as_("employee")).post(f"{home}/proposal")
    owner = await as_("decision_maker")
    await owner.post(f"{home}/acceptance", form_of(await owner.get(home), f"{home}/acceptance"))
    await work()  # the question is answered before its mail went out: only the answer is told
    assert sorted(smtp.recipients) == to("employee", "sponsor")
    assert "has accepted" in (mail := smtp.messages[0].get_content())
    assert "you take part" in mail


@pytest.fixture
async def taking_part(world, rollback):
    """The employee and the moderator voted, the administrator follows; author and colleague wrote."""
    for name in ("employee", "moderator"):
        await execute(
            "INSERT INTO vote (person, idea, space, guest) SELECT {}, id, space, FALSE FROM idea WHERE id = {}",
            world.person_id[name],
            world.idea_id["vote"],
        )
    await execute(
        "INSERT INTO follow (person, space, campaign) SELECT {}, space, id FROM campaign WHERE id = {}",
        world.person_id["administrator"],
        world.campaign_id["vote"],
    )
    await execute("UPDATE identity SET wants_mail = FALSE WHERE person = {}", world.person_id["moderator"])


async def extended(as_, world):
    browser, address = await as_("sponsor"), f"/campaigns/{world.campaign['vote']}/extension"
    form = form_of(await browser.get(address), address) | WHY | {"decide_from": "2026-06-25T17:00"}
    assert (await browser.post(address, form)).status_code == 303


async def cancelled(as_, world):
    address = f"/campaigns/{world.campaign['vote']}/cancellation"
    assert (await (await as_("sponsor")).post(address, WHY)).status_code == 303


@pytest.mark.parametrize(
    ("happens", "words", "listed"),
    [
        (extended, "Thursday 25 June, 17:00", "The campaign lasts longer:"),
        (cancelled, "was stopped", "The campaign was stopped:"),
    ],
)
async def test_everybody_who_takes_part_hears_that_it_lasts_longer_or_ends(
    as_, world, smtp, taking_part, happens, words, listed
):
    await happens(as_, world)
    await work()
    assert sorted(smtp.recipients) == to("administrator", "author", "campaign_owner", "colleague", "employee")
    mails = dict(zip(smtp.recipients, smtp.messages, strict=True))
    assert words in mails[email_of("employee")].get_content()
    assert WHY["reason"] in mails[email_of("employee")].get_content()
    assert words not in mails[email_of("colleague")].get_content()  # she reads Dutch
    assert "Campagne: " in mails[email_of("colleague")]["subject"]
    assert listed in text_of(await (await as_("moderator")).get("/notifications"))  # who wants no mail


async def test_no_event_and_no_page_tells_who_voted(as_, world, smtp, taking_part):
    await extended(as_, world)
    await work()
    told = "SELECT actor, person, particulars::text FROM event WHERE kind = 'campaign.extended'"
    assert [tuple(row) for row in await execute(told)] == [(world.person_id["sponsor"], None, "{}")]
    for who in ("sponsor", "administrator", "campaign_owner"):
        page = text_of(await (await as_(who)).get(f"/campaigns/{world.campaign['vote']}"))
        assert "Noor Dijkman" not in page


async def test_who_follows_hears_each_phase_once(as_, world, smtp, taking_part):
    await move_campaigns_on()  # takes note of where the campaigns are
    await work()
    assert smtp.recipients == []
    await set_clock(NOW + timedelta(days=5))
    for _ in range(2):
        await move_campaigns_on()
        await work()
    assert smtp.recipients == [email_of("administrator")]
    assert "Voting is closed" in smtp.messages[0].get_content()
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'campaign.moved_on' AND actor IS NOT NULL") == 0


async def test_who_follows_an_idea_hears_its_answer(as_, world, smtp):
    from tests.sitemap import ANSWER

    await (await as_("employee")).post(f"/ideas/{world.idea['decide']}/follow")
    await (await as_("insider_a")).post(f"/campaigns/{world.campaign['decide']}/follow")
    await (await as_("sponsor")).post(f"/ideas/{world.idea['decide']}/answer", ANSWER)
    await work()
    promised = [mail for mail in smtp.messages if mail["subject"] == "You see to a promise: Idea decide"]
    assert len(promised) == 1  # a duty of the author, who hears the answer, too
    assert sorted(smtp.recipients) == to("author", "author", "colleague", "employee", "insider_a")
