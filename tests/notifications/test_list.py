"""The list of what one heard, and what one muted."""

from datetime import timedelta

from portal.db import execute, fetch_value
from tests.client import text_of
from tests.notifications.work import tell_all
from tests.world import NOW, email_of


async def test_it_is_counted_listed_read_and_muted(as_, world):
    browser = await as_("employee")
    page = text_of(await browser.get("/notifications"))
    assert "Notifications, one is new" in page
    assert "offers help with:" in page
    assert "Idea vote" in page
    assert "Idea done" in page  # muted
    assert (await browser.post(f"/notifications/{world.notice['vote']}/mute")).status_code == 303
    assert "Nothing is new." in text_of(await browser.get("/notifications"))
    assert await fetch_value("SELECT count(*) FROM mute") == 2
    assert (await browser.post(f"/notifications/muted/{world.idea['vote']}/end")).status_code == 303
    assert await fetch_value("SELECT count(*) FROM mute") == 1


async def test_opening_the_thing_reads_it(as_, world):
    browser = await as_("employee")
    assert (await browser.get(f"/ideas/{world.idea['vote']}")).status_code == 200
    assert await fetch_value("SELECT count(*) FROM notice WHERE read_at IS NULL") == 0


async def test_what_is_out_of_sight_is_neither_shown_nor_counted_nor_hers_to_mark(as_, world):
    await execute("UPDATE idea SET state = 'hidden' WHERE id = {}", world.idea_id["vote"])
    browser = await as_("employee")
    page = text_of(await browser.get("/notifications"))
    assert "Idea vote" not in page
    assert "Nothing is new." in page
    assert (await browser.post(f"/notifications/{world.notice['vote']}/read")).status_code == 404


async def test_somebody_elses_is_nobodys(as_, world):
    browser = await as_("colleague")
    assert "Idea vote" not in text_of(await browser.get("/notifications"))
    for what in ("read", "mute"):
        assert (await browser.post(f"/notifications/{world.notice['vote']}/{what}")).status_code == 404
    assert (await browser.post(f"/notifications/muted/{world.idea['done']}/end")).status_code == 404


DUTY_TOO = """
    INSERT INTO notice (person, event, kind, space, idea, duty, bundle, created_at)
    SELECT n.person, (SELECT max(id) FROM event), n.kind, n.space, {}, TRUE, 'another', {} FROM notice n
    WHERE n.person = {} LIMIT 1
"""


async def test_duties_stand_in_the_order_of_their_days(as_, world):
    browser, me = await as_("employee"), world.person_id["employee"]
    await execute("UPDATE notice SET duty = TRUE, created_at = {} WHERE person = {}", NOW, me)
    await execute(DUTY_TOO, world.idea_id["done"], NOW - timedelta(hours=1), me)
    page = text_of(await browser.get("/notifications?only=duties"))
    assert page.index("Idea vote") < page.index("Idea done")


async def test_what_is_asked_is_said_with_who_asks(as_, world):
    page = f"/ideas/{world.idea['collect']}"
    assert (
        await (await as_("author")).post(f"{page}/co-authors", {"colleague": email_of("employee")})
    ).status_code == 303
    await tell_all()
    heard = text_of(await (await as_("employee")).get("/notifications"))
    assert "asks you to write along:" in heard
    assert f'href="{page}"' in heard
