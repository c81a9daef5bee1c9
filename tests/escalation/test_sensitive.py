"""Rule 15 and proof 12: what is sensitive is screened before anybody reads it, by nobody whom it concerns, and what is
diverted is found nowhere."""

from __future__ import annotations

from datetime import date, timedelta

import asyncpg
import pytest

from portal.access.actor import actor_of_person
from portal.access.policy import Forbidden
from portal.db import execute, fetch_value, transaction
from portal.mydata.queries import everything
from portal.screening.jobs import assign_screenings
from portal.screening.queries import get_screening
from portal.search.jobs import forget_words, take_in_words
from portal.sensitive.actions import NewDoor, Rule, change_rule
from portal.sensitive.matching import category_of, compiled, plain
from portal.sensitive.queries import Editor, diverted_last_quarter
from portal.worker import pass_on_events
from tests.client import text_of
from tests.pages.forms import errors_of, form_of, post_slowly
from tests.sitemap import GETS, NO_PAGES, SENSITIVE, filled
from tests.world import NOW, add_case, add_idea, set_clock

CANARY = "zeekomkommer"
OUTSIDE = NewDoor("Huisarts", "Doctor", "https://doctor.example", True)
DIVERT = {"what": "divert", "category": "health", "words": "Your doctor knows more."}


async def rule(world, *, words="ziek*\n06-########", screeners=("moderator", "campaign_owner")):
    """Words for health; gives the rule's key."""
    actor = await actor_of_person(world.person_id["administrator"])
    screened = [world.person_id[name] for name in screeners]
    new = Rule(
        category="health",
        name_nl="Gezondheid",
        name_en="Health",
        about_nl="",
        about_en="",
        words_nl=words,
        words_en="",
        doors=[OUTSIDE],
        screeners=screened,
        reason="Asked",
        consent_by="The works council",
        consent_on=date(2026, 6, 1),
    )
    read = await fetch_value("SELECT coalesce(max(version), 0) FROM sensitive_rule WHERE category = 'health'")
    await change_rule(actor, Editor(False), new, read=read)


async def post(browser, world, title="About work", body="Nothing else", **other):
    """Posts in the organisation's space; where that leads."""
    address = f"/spaces/{world.space['organisation']}/posts/new"
    offered = form_of(await browser.get(address), address)
    sent = await browser.post(address, offered | {"title": title, "body": body} | other)
    assert sent.status_code == 303, text_of(sent)
    return sent.headers["Location"]


async def screened(browser, world, **other):
    """A post of hers that waits to be screened; its address and its idea's public id."""
    where = await post(browser, world, **({"title": "Ziekteverzuim", "body": f"Een {CANARY}"} | other))
    assert where.startswith("/screenings/"), where
    waits = where.rpartition("/")[2]
    return where, await fetch_value(
        "SELECT i.public_id FROM screening x JOIN idea i ON i.id = x.idea WHERE x.public_id = {}", waits
    )


async def diverted(as_, world, **other):
    """The same, diverted by the moderator."""
    where, idea = await screened(await as_("author"), world, **other)
    version = await fetch_value("SELECT version FROM idea WHERE public_id = {}", idea)
    sent = await (await as_("moderator")).post(f"{where}/decision", DIVERT | await door() | {"version": str(version)})
    assert sent.status_code == 303, text_of(sent)
    return where, idea


async def door():
    """The door of health, as the form names it."""
    return {"door": str(await fetch_value("SELECT max(id) FROM sensitive_door"))}


@pytest.mark.parametrize(
    ("line", "text", "found"),
    [
        ("ziek", "Zij is ZIEK.", True),
        ("ziek", "een ziekte", False),
        ("ziek*", "een ziekte", True),
        ("*ziek", "zeeziek", True),
        ("burn-out", "een burn out!", True),
        ("depressie", "dépréssie", True),
        ("ziek", "z\u200biek", True),
        ("06-########", "bel 06-12345678", True),
        ("06-########", "bel 06-1234567", False),
        ("(aa+)+$", "aaaaaaaaaaaaaaaaaaaaaaaa!", False),
    ],
)
def test_whole_words_and_simple_patterns_are_found(line, text, found):
    assert bool(compiled(line).search(plain(text))) is found


async def test_the_newest_list_holds_in_both_languages(rollback, world):
    assert await category_of("ziekte") is None
    await rule(world)
    assert await category_of("a text", "een ziekte") == "health"
    await rule(world, words="griep")
    assert await category_of("een ziekte") is None


async def test_what_matches_waits_and_its_author_is_told_category_and_doors_at_once(as_, world):
    await rule(world)
    browser = await as_("author")
    where, idea = await screened(browser, world)
    page = text_of(await browser.get(where))
    assert "Health" in page
    assert "https://doctor.example" in page
    assert "Thursday 18 June, 11:00" in page, "until when, within four working hours"
    assert CANARY in page
    for who in ("employee", "moderator", "administrator", "sponsor", "guest_a"):
        for prefix in ("/posts/", "/ideas/"):
            assert (await (await as_(who)).get(f"{prefix}{idea}")).status_code == 404, who
    assert CANARY not in text_of(await (await as_("employee")).get(f"/spaces/{world.space['organisation']}/posts"))
    said = "SELECT count(*) FROM event e JOIN idea i ON i.id = e.idea WHERE i.public_id = {}"
    assert await fetch_value(said, idea) == 0


async def test_who_may_open_it(as_, world):
    await rule(world)
    where, _ = await screened(await as_("author"), world)
    seen = {}
    for who in ("author", "moderator", "campaign_owner", "employee", "administrator", "sponsor", "guest_a"):
        browser = await as_(who)
        seen[who] = (await browser.get(where)).status_code
        expected = {"author": 403, "moderator": 422, "campaign_owner": 422}.get(who, 404)
        assert (await browser.post(f"{where}/decision", {})).status_code == expected, who
        if who != "author":
            assert (await browser.post(f"{where}/taking-back")).status_code == (403 if expected == 422 else 404), who
    assert {who for who, status in seen.items() if status == 200} == {"author", "moderator", "campaign_owner"}


async def test_rewritten_without_the_words_it_is_published(as_, world):
    await rule(world)
    browser = await as_("author")
    where, idea = await screened(browser, world)
    address = f"/posts/{idea}/edit"
    offered = form_of(await browser.get(address), address)
    again = await browser.post(address, offered | {"body": "Still ziek"})
    assert again.headers["Location"] == where, "the same screening"
    offered = form_of(await browser.get(address), address)
    sent = await browser.post(address, offered | {"title": "Verzuim", "body": "We have too few people"})
    assert sent.headers["Location"] == f"/posts/{idea}"
    assert (await (await as_("employee")).get(f"/posts/{idea}")).status_code == 200
    assert await fetch_value("SELECT state FROM screening WHERE public_id = {}", where.rpartition("/")[2]) == "changed"


async def test_taken_back_it_stays_her_draft_and_nobody_screens_it(as_, world):
    await rule(world)
    browser = await as_("author")
    where, idea = await screened(browser, world)
    assert (await browser.post(f"{where}/taking-back")).status_code == 303
    assert (await (await as_("moderator")).get(where)).status_code == 404
    assert CANARY in text_of(await browser.get(f"/posts/{idea}/edit"))


async def test_her_own_doubt_is_enough(as_, world):
    where, idea = await screened(await as_("author"), world, title="Something", body="Odd", confidential="y")
    assert (await (await as_("employee")).get(f"/posts/{idea}")).status_code == 404
    assert (await (await as_("moderator")).get(where)).status_code == 200, (
        "without screeners, the organisation's moderators"
    )


async def test_published_by_who_screens_it_and_everybody_reads_it(as_, world):
    await rule(world)
    where, idea = await screened(await as_("author"), world)
    version = await fetch_value("SELECT version FROM idea WHERE public_id = {}", idea)
    moderator = await as_("moderator")
    stale = await moderator.post(f"{where}/decision", {"what": "publish", "version": str(version + 1)})
    assert stale.status_code == 422
    sent = await moderator.post(f"{where}/decision", {"what": "publish", "version": str(version)})
    assert sent.status_code == 303, text_of(sent)
    assert CANARY in text_of(await (await as_("employee")).get(f"/posts/{idea}"))
    assert await fetch_value("SELECT kind FROM event ORDER BY id DESC LIMIT 1 OFFSET 1") == "idea.proposed"


async def test_diverting_takes_a_category_a_door_of_it_and_words(as_, world):
    await rule(world)
    where, _ = await screened(await as_("author"), world)
    sent = await (await as_("moderator")).post(f"{where}/decision", {"what": "divert"})
    assert set(errors_of(sent)) == {"category", "words"}
    sent = await (await as_("moderator")).post(f"{where}/decision", DIVERT)
    assert set(errors_of(sent)) == {"door"}


# --- proof 12 ---


async def pages_with(as_, world, canary):
    """Every page on which somebody finds it."""
    found = []
    for route, (who, address) in GETS.items():
        if who is None or route in NO_PAGES:
            continue
        for reader in {who, "employee", "moderator"}:
            answer = await (await as_(reader)).get(filled(address, world))
            if canary in answer.text.casefold():
                found.append((reader, address))
    return found


COLUMNS = """
    SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN information_schema.tables t
        USING (table_schema, table_name)
    WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.data_type IN ('text', 'jsonb', 'ARRAY', 'tsvector')
"""


async def columns_with(connection, canary):
    """Every column of the database in which it stands."""
    return {
        f"{table}.{column}"
        for table, column in await connection.fetch(COLUMNS)
        if await connection.fetchval(f"SELECT EXISTS (SELECT FROM {table} WHERE {column}::text ILIKE '%{canary}%')")
    }


async def test_a_diverted_item_is_found_nowhere(as_, world, rollback: asyncpg.Connection):
    """Proof 12: published, supported, edited, reported, on a case; then reported as sensitive and diverted."""
    await rule(world)
    async with transaction():
        await add_idea(world, "odd", stream="organisation", title=f"About a {CANARY}")
        idea = world.idea_id["odd"]
        words = f"<p>A {CANARY}</p>"
        await execute(
            "UPDATE idea SET body = {}, body_html = {}, excerpt = {} WHERE id = {}", words, words, words, idea
        )
        await execute(
            "INSERT INTO idea_version (idea, space, version, title, body, tags, author, created_at)"
            " SELECT id, space, 7, title, body, tags, author, created_at FROM idea WHERE id = {}",
            idea,
        )
        await add_case(world, "odd", idea="odd", state="acknowledged", owner="sponsor")
    await take_in_words()
    before = await pages_with(as_, world, CANARY)
    assert ("employee", "/") in before, "the control: it is found"
    assert world.idea["odd"] in text_of(await (await as_("employee")).get(f"/search?q={CANARY}"))
    report = {"rule": "private life", "words": f"That {CANARY}", "sensitive": "y"}
    assert (await (await as_("employee")).post(f"/ideas/{world.idea['odd']}/report", report)).status_code == 303
    await pass_on_events()
    where = f"/screenings/{await fetch_value('SELECT public_id FROM screening WHERE idea = {}', idea)}"
    assert (await (await as_("employee")).get(f"/posts/{world.idea['odd']}")).status_code == 404, "at once"
    moderator = await as_("moderator")
    form = DIVERT | await door() | {"version": "1"}
    assert (await moderator.post(f"{where}/decision", form)).status_code == 303
    await pass_on_events()
    await take_in_words()
    await forget_words()
    assert await pages_with(as_, world, CANARY) == []
    assert await columns_with(rollback, CANARY) == {"sealed_text.title", "sealed_text.body"}
    assert CANARY in text_of(await (await as_("author")).get(where)), "her own words, until she has appealed"
    for who in ("employee", "moderator", "sponsor", "administrator", "guest_a", "author"):
        browser = await as_(who)
        for address in (f"/posts/{world.idea['odd']}", f"/cases/{world.case['odd']}"):
            assert CANARY not in text_of(await browser.get(address)), (who, address)
        assert world.idea["odd"] not in text_of(await browser.get(f"/search?q={CANARY}")), who
        taken = await everything(await actor_of_person(world.person_id[who]))
        assert CANARY not in str(taken), who
    assert await fetch_value("SELECT state FROM escalation WHERE idea = {}", idea) == "diverted"


async def test_the_sealed_record_keeps_what_when_who_and_door_and_nothing_else(
    as_, world, rollback: asyncpg.Connection
):
    await rule(world)
    await diverted(as_, world)
    row = dict((await rollback.fetch("SELECT * FROM sealed_record"))[0])
    assert {row.pop(name) for name in ("id", "created_at")}
    assert row == {
        "outcome": "diverted",
        "category": "health",
        "person": world.person_id["moderator"],
        "door": "Doctor",
    }
    with pytest.raises(asyncpg.RestrictViolationError):
        await rollback.execute("UPDATE sealed_record SET door = ''")


# --- appeals ---


async def test_the_neutral_of_the_topic_decides_and_restores_every_word(as_, world):
    await rule(world)
    await execute("UPDATE topic SET neutral = {} WHERE id = {}", world.person_id["colleague"], world.topic_id["leave"])
    author = await as_("author")
    where, idea = await diverted(as_, world, topic=world.topic["leave"])
    assert (await author.post(f"{where}/appeal", {"words": ""})).status_code == 422
    assert (await author.post(f"{where}/appeal", {"words": "It is about work."})).status_code == 303
    assert (await author.post(f"{where}/appeal", {"words": "Once more."})).status_code == 403
    await assign_screenings()
    neutral = await as_("colleague")
    assert CANARY in text_of(await neutral.get(where))
    assert (
        await (await as_("moderator")).post(f"{where}/outcome", {"outcome": "upheld", "words": "No"})
    ).status_code == 403
    sent = await neutral.post(f"{where}/outcome", {"outcome": "granted", "words": "It is."})
    assert sent.status_code == 303, text_of(sent)
    page = text_of(await (await as_("employee")).get(f"/posts/{idea}"))
    assert CANARY in page
    assert "Ziekteverzuim" in page
    assert (
        await fetch_value(
            "SELECT count(*) FROM sealed_text t JOIN screening x ON x.id = t.screening AND x.idea ="
            " (SELECT id FROM idea WHERE public_id = {})",
            idea,
        )
        == 0
    )


async def test_of_two_windows_with_an_appeal_or_its_outcome_the_later_keeps_its_words(as_, world):
    await rule(world)
    await execute("UPDATE topic SET neutral = {} WHERE id = {}", world.person_id["colleague"], world.topic_id["leave"])
    author, neutral = await as_("author"), await as_("colleague")
    where, _ = await diverted(as_, world, topic=world.topic["leave"])
    first, second = {"words": "It is about work."}, {"words": "A long & careful text"}
    upheld = {"outcome": "upheld"}
    for browser, form, address in ((author, {}, f"{where}/appeal"), (neutral, upheld, f"{where}/outcome")):

        async def meanwhile(browser=browser, form=form, address=address):
            assert (await browser.post(address, form | first)).status_code == 303
            await assign_screenings()

        answer = await post_slowly(browser, address, form | second, meanwhile)
        assert answer.status_code == 422, address
        assert second["words"] in text_of(answer), address


async def granted(as_, world, where):
    """Its author appeals, and the neutral of its topic publishes it after all."""
    assert (await (await as_("author")).post(f"{where}/appeal", {"words": "It is about work."})).status_code == 303
    await assign_screenings()
    outcome = {"outcome": "granted", "words": "It is."}
    sent = await (await as_("colleague")).post(f"{where}/outcome", outcome)
    assert sent.status_code == 303, text_of(sent)


async def test_what_was_never_published_is_announced_when_its_appeal_is_granted(as_, world, rollback):
    """In nobody's name where its author wants none, and as new."""
    await rule(world)
    await execute("UPDATE topic SET neutral = {} WHERE id = {}", world.person_id["colleague"], world.topic_id["leave"])
    await execute("UPDATE space SET anonymous = TRUE WHERE id = {}", world.space_id["organisation"])
    where, post = await diverted(as_, world, topic=world.topic["leave"], anonymous="y")
    await set_clock(NOW + timedelta(days=1))
    await granted(as_, world, where)
    page = text_of(await (await as_("employee")).get(f"/posts/{post}"))
    assert CANARY in page
    assert "Wim Schotanus" not in page
    row = dict((await rollback.fetch("SELECT id, author, created_at FROM idea WHERE public_id = $1", post))[0])
    assert row["created_at"] == NOW + timedelta(days=1), "it is new"
    assert row["author"] != world.person_id["author"]
    told = "SELECT actor FROM event WHERE kind = 'idea.proposed' AND idea = $1"
    assert [one["actor"] for one in await rollback.fetch(told, row["id"])] == [row["author"]]


WHOLE = """
    SELECT tags, core_questions, service, (SELECT array_agg(value) FROM idea_reply r WHERE r.idea = i.id) AS replies
    FROM idea i WHERE id = $1
"""


async def test_a_granted_appeal_gives_all_of_an_idea_back(as_, world, rollback: asyncpg.Connection):
    """With its tags, its service, and what it replies."""
    idea = world.idea_id["collect"]
    await execute("UPDATE topic SET neutral = {} WHERE id = {}", world.person_id["colleague"], world.topic_id["leave"])
    await rollback.execute(
        "UPDATE idea SET tags = ARRAY['rain'], core_questions = ARRAY['Who pays?', 'How long?'], topic = $2,"
        " service = (SELECT max(id) FROM service) WHERE id = $1",
        *(idea, world.topic_id["leave"]),
    )
    await rollback.execute("DELETE FROM idea_reply WHERE idea = $1", idea)
    await rollback.execute(
        "WITH q AS (INSERT INTO question (campaign, space, version, position, kind, label) SELECT i.campaign, i.space,"
        " 9, 1, 'text', 'How much?' FROM idea i WHERE i.id = $1 RETURNING id)"
        " INSERT INTO idea_reply (idea, space, question, value) SELECT i.id, i.space, q.id, $2 FROM idea i, q"
        " WHERE i.id = $1",
        *(idea, f"Ten {CANARY}s"),
    )
    before = dict(await rollback.fetchrow(WHOLE, idea))
    where = await held(world, as_)
    version = await fetch_value("SELECT version FROM idea WHERE id = {}", idea)
    sent = await (await as_("moderator")).post(f"{where}/decision", DIVERT | {"version": str(version)})
    assert sent.status_code == 303, text_of(sent)
    assert dict(await rollback.fetchrow(WHOLE, idea)) == {
        "tags": [],
        "core_questions": [],
        "service": None,
        "replies": None,
    }
    assert await columns_with(rollback, CANARY) == {"sealed_text.parts"}
    await granted(as_, world, where)
    assert dict(await rollback.fetchrow(WHOLE, idea)) == before


async def test_upheld_or_not_appealed_in_time_the_text_is_gone(as_, world, rollback: asyncpg.Connection):
    await rule(world)
    await diverted(as_, world)
    await set_clock(NOW + timedelta(days=15))
    await assign_screenings()
    assert "sealed_text.body" not in await columns_with(rollback, CANARY)
    where, _ = await diverted(as_, world)
    assert (await (await as_("author")).post(f"{where}/appeal", {"words": "But no"})).status_code == 303
    await assign_screenings()
    decider = await as_("administrator")  # the decision maker answers for a topic, but not for this one
    row = await get_screening(await actor_of_person(world.person_id["decision_maker"]), where.rpartition("/")[2])
    decider = await as_("decision_maker" if row else "administrator")
    assert (await decider.post(f"{where}/outcome", {"outcome": "upheld", "words": "No"})).status_code == 303
    assert await columns_with(rollback, CANARY) == set()


# --- nobody whom it concerns ---


async def test_who_answers_for_a_topic_writes_no_word_list(as_, world):
    administrator = await as_("administrator")
    address = "/admin/sensitive/health"
    assert (await administrator.get(address)).status_code == 200
    sent = await administrator.post(address, SENSITIVE)
    assert sent.status_code == 303, text_of(sent)
    await execute("UPDATE topic_rule SET deputy = {} WHERE topic = {}", administrator.person, world.topic_id["leave"])
    assert (await administrator.get(address)).status_code == 403
    assert (await administrator.post(address, SENSITIVE)).status_code == 403
    assert (await (await as_("employee")).post(address, SENSITIVE)).status_code == 403


async def test_who_answers_for_the_topic_or_wrote_it_does_not_screen_it(as_, world, rollback: asyncpg.Connection):
    await rule(world, screeners=("sponsor", "author", "moderator"))
    where, _ = await screened(await as_("author"), world, topic=world.topic["leave"])
    assert (await (await as_("sponsor")).get(where)).status_code == 404, "the deputy of its topic"
    assert (await (await as_("author")).post(f"{where}/decision", DIVERT)).status_code == 403
    for who in ("sponsor", "author"):
        with pytest.raises(asyncpg.CheckViolationError):
            async with rollback.transaction():
                await rollback.execute(
                    "UPDATE screening SET state = 'published', decided_by = $1, decided_at = plein_now()"
                    " WHERE public_id = $2",
                    world.person_id[who],
                    where.rpartition("/")[2],
                )
    other, _ = await screened(await as_("author"), world)
    assert (await (await as_("sponsor")).get(other)).status_code == 200, "of no topic of hers"


async def test_an_owner_hides_nothing_by_calling_it_sensitive(as_, world):
    await execute("UPDATE idea SET topic = {} WHERE id = {}", world.topic_id["leave"], world.idea_id["collect"])
    report = {"rule": "private life", "words": "", "sensitive": "y"}
    for who, held in (("decision_maker", 0), ("employee", 1)):
        assert (await (await as_(who)).post(f"/ideas/{world.idea['collect']}/report", report)).status_code == 303
        await pass_on_events()
        waits = "SELECT count(*) FROM screening WHERE idea = {}"
        assert await fetch_value(waits, world.idea_id["collect"]) == held, who


async def test_what_was_screened_is_not_taken_away_again_unchanged(as_, world):
    await rule(world)
    where, idea = await screened(await as_("author"), world)
    version = str(await fetch_value("SELECT version FROM idea WHERE public_id = {}", idea))
    await (await as_("moderator")).post(f"{where}/decision", {"what": "publish", "version": version})
    report = {"rule": "private life", "words": "", "sensitive": "y"}
    assert (await (await as_("employee")).post(f"/ideas/{idea}/report", report)).status_code == 303
    await pass_on_events()
    assert (await (await as_("colleague")).get(f"/posts/{idea}")).status_code == 200


async def test_a_comment_that_is_reported_waits_and_is_diverted(as_, world, rollback: asyncpg.Connection):
    comment = world.comment_id["collect"]
    await execute("UPDATE comment SET body = {}, body_html = {} WHERE id = {}", CANARY, f"<p>{CANARY}</p>", comment)
    page = f"/ideas/{world.idea['collect']}"
    assert CANARY in text_of(await (await as_("employee")).get(page))
    report = {"rule": "private life", "words": "", "sensitive": "y"}
    await (await as_("employee")).post(f"/comments/{world.comment['collect']}/report", report)
    await pass_on_events()
    assert CANARY not in text_of(await (await as_("employee")).get(page))
    where = f"/screenings/{await fetch_value('SELECT public_id FROM screening WHERE comment = {}', comment)}"
    assert (await (await as_("moderator")).post(f"{where}/decision", DIVERT | {"version": "1"})).status_code == 303
    assert await columns_with(rollback, CANARY) == {"sealed_text.body"}


async def held(world, as_, idea="collect", who="employee"):
    """An idea that is reported as sensitive; where it waits."""
    report = {"rule": "private life", "words": "", "sensitive": "y"}
    assert (await (await as_(who)).post(f"/ideas/{world.idea[idea]}/report", report)).status_code == 303
    await pass_on_events()
    waits = await fetch_value("SELECT public_id FROM screening WHERE idea = {} AND state = 'open'", world.idea_id[idea])
    return waits and f"/screenings/{waits}"


async def test_what_an_answer_is_owed_or_given_to_is_neither_taken_back_nor_rewritten(as_, world):
    async with transaction():
        await add_idea(world, "owed", stream="organisation")
        await add_case(world, "owed", idea="owed", state="acknowledged", owner="sponsor")
    for idea, author in (("owed", "author"), ("told", "decision_maker")):
        if idea == "told":
            await execute(
                "UPDATE escalation SET state = 'closed', ended_at = plein_now() WHERE idea = {}", world.idea_id["told"]
            )
        where, browser = await held(world, as_, idea), await as_(author)
        page = await browser.get(where)
        assert "rely on what it says" in text_of(page), idea
        assert "/taking-back" not in page.text, idea
        assert (await browser.post(f"{where}/taking-back")).status_code == 403, idea
        assert await fetch_value("SELECT state FROM idea WHERE id = {}", world.idea_id[idea]) == "draft"
        edited = await browser.post(f"/ideas/{world.idea[idea]}/edit", {"title": "Another", "body": "text"})
        assert idea == "owed" or edited.status_code == 403, "an answer stands on its words"


async def test_one_person_does_not_take_many_texts_out_of_sight_in_a_row(as_, world):
    async with transaction():
        for name in "abcde":
            await add_idea(world, name, stream="organisation", comments=False)
    assert [bool(await held(world, as_, name)) for name in "abc"] == [True, True, True]
    browser, report = await as_("employee"), {"rule": "private life", "words": "", "sensitive": "y"}
    fourth = await browser.post(f"/ideas/{world.idea['d']}/report", report)
    await pass_on_events()
    assert "this one stays in sight" in text_of(await browser.get(fourth.headers["Location"].replace("ideas", "posts")))
    item = await fetch_value("SELECT x.public_id FROM moderation_item x WHERE x.idea = {}", world.idea_id["d"])
    assert "still in sight" in text_of(await (await as_("moderator")).get(f"/moderation/items/{item}"))
    assert await held(world, as_, "d", who="colleague"), "somebody else’s word counts"
    await set_clock(NOW + timedelta(hours=25))
    assert await held(world, as_, "e")


# --- the clock, and the number ---


async def test_after_four_working_hours_it_is_the_next_screeners_turn(as_, world):
    await rule(world)
    where, _ = await screened(await as_("author"), world)
    waits = where.rpartition("/")[2]
    turn = "SELECT assigned_to FROM screening WHERE public_id = {}"
    await assign_screenings()
    first = await fetch_value(turn, waits)
    await set_clock(NOW + timedelta(minutes=119))  # 16:59
    await assign_screenings()
    assert await fetch_value(turn, waits) == first
    await set_clock(NOW + timedelta(days=1))
    await assign_screenings()
    assert {first, await fetch_value(turn, waits)} == {world.person_id["moderator"], world.person_id["campaign_owner"]}
    duties = "SELECT count(*) FROM event WHERE kind = 'duty.screen' AND particulars ->> 'item' = {}"
    assert await fetch_value(duties, waits) == 2


async def test_the_number_of_a_quarter_is_public_from_five_on(as_, world):
    actor = await actor_of_person(world.person_id["employee"])
    entry = "INSERT INTO sealed_record (outcome, category, person, door, created_at) VALUES ({}, 'health', {}, '', {})"
    for number in range(1, 6):
        await execute(entry, "diverted", world.person_id["moderator"], NOW - timedelta(days=100))
        assert await diverted_last_quarter(actor) == (number if number >= 5 else None)
    assert "Last quarter: 5 were led elsewhere." in text_of(await (await as_("employee")).get("/charter"))
    await execute(entry, "restored", world.person_id["moderator"], NOW - timedelta(days=99))
    assert await diverted_last_quarter(actor) is None


async def test_every_error_of_a_rule_stands_at_its_field(as_, world):
    sent = await (await as_("administrator")).post(
        "/admin/sensitive/health", SENSITIVE | {"name_nl": "", "words_nl": "*", "door1_outside": "", "consent_by": ""}
    )
    assert sent.status_code == 422
    assert set(errors_of(sent)) == {"name_nl", "words_nl", "door1_nl", "consent_by"}
    assert (await (await as_("administrator")).get("/admin/sensitive/none")).status_code == 404


async def test_a_rule_is_never_changed_only_followed_by_another(as_, world, rollback: asyncpg.Connection):
    administrator = await as_("administrator")
    assert (await administrator.post("/admin/sensitive/health", SENSITIVE)).status_code == 303
    stale = await administrator.post("/admin/sensitive/health", SENSITIVE | {"name_en": "Illness"})
    assert stale.status_code == 422, "made from a version that holds no longer"
    page = text_of(await administrator.get("/admin/sensitive"))
    assert "The works council" in page
    for table in ("sensitive_rule", "sensitive_words", "sensitive_door", "screener"):
        with pytest.raises(asyncpg.RestrictViolationError):
            async with rollback.transaction():
                await rollback.execute(f"DELETE FROM {table}")


async def test_nobody_acts_but_as_the_policy_says(world, rollback):
    with pytest.raises(Forbidden):
        await change_rule(await actor_of_person(world.person_id["employee"]), Editor(False), None, read=0)


async def test_what_a_guest_calls_confidential_waits_too(as_, world):
    browser = await as_("guest_a")
    address = f"/spaces/{world.space['closed_a']}/posts/new"
    typed = {"title": "Between us", "body": "Odd", "confidential": "y"}
    sent = await browser.post(address, form_of(await browser.get(address), address) | typed)
    where = sent.headers["Location"]
    assert where.startswith("/screenings/"), where
    assert "Odd" in text_of(await browser.get(where))
    assert (await (await as_("insider_a")).get(where)).status_code == 404
    assert (await (await as_("moderator")).get(where)).status_code == 200


async def test_files_that_were_made_before_are_gone(as_, world):
    await rule(world)
    space = world.space_id["organisation"]
    author, other = (world.person_id[name] for name in ("author", "employee"))
    await execute("DELETE FROM data_export")
    await execute("INSERT INTO data_export (person) VALUES ({}), ({})", author, other)
    await execute(
        "INSERT INTO case_record (escalation, space, person, label, whole, language, reason)"
        " SELECT id, {}, {}, 'internal', FALSE, 'en', 'x' FROM escalation WHERE id = {}",
        *(space, other, world.case_id["told"]),
    )
    await execute("INSERT INTO space_record (space, asked_by, label) VALUES ({}, {}, 'internal')", space, other)
    await diverted(as_, world)
    assert [row["person"] for row in await execute("SELECT person FROM data_export")] == [other]
    for table in ("case_record", "space_record"):
        assert await fetch_value(f"SELECT count(*) FROM {table} WHERE space = {{}}", space) == 0, table
