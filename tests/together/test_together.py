"""Writing along, and offering help."""

from portal.db import execute, fetch_value
from tests.client import text_of
from tests.pages.forms import errors_of, form_of, forms_of
from tests.world import email_of


async def test_who_is_invited_says_yes_edits_and_her_own_vote_goes(as_, world):
    author, employee, page = await as_("author"), await as_("employee"), f"/ideas/{world.idea['collect']}"
    await employee.post(f"{page}/vote", htmx=True)
    assert (await employee.get(f"{page}/edit")).status_code == 403
    assert (await author.post(f"{page}/co-authors", {"colleague": email_of("employee")})).status_code == 303
    assert (await employee.get(f"{page}/edit")).status_code == 403, "an invitation is no right yet"
    assert f"{page}/co-authorship" in (await employee.get("/")).text
    assert (await employee.post(f"{page}/co-authorship")).status_code == 303
    assert not await fetch_value("SELECT count(*) FROM vote WHERE idea = {}", world.idea_id["collect"])
    counted = "SELECT supporters FROM idea WHERE id = {}"
    assert await fetch_value(counted, world.idea_id["collect"]) == 1, "no count tells that she had voted"
    await (await as_("colleague")).post(f"{page}/vote", htmx=True)
    assert await fetch_value(counted, world.idea_id["collect"]) == 1, "somebody else's takes its place"
    address = f"{page}/edit"
    form = form_of(await employee.get(address), address)
    assert (await employee.post(address, form | {"title": "Ours"})).status_code == 303
    assert "Noor Dijkman" in text_of(await (await as_("colleague")).get(f"{page}/versions"))
    assert (await employee.post(f"{page}/withdrawal", {"reason": "x"})).status_code == 403
    assert (await employee.post(f"{page}/co-authorship/end")).status_code == 303
    assert (await employee.get(address)).status_code == 403


async def test_only_the_author_invites_and_only_readers_can_be_invited(as_, world):
    page = f"/ideas/{world.idea['collect']}/co-authors"
    for who, status in (("employee", 403), ("moderator", 403), ("guest_a", 404)):
        assert (await (await as_(who)).post(page, {"colleague": email_of("sponsor")})).status_code == status, who
    insider = await as_("insider_a")
    closed = f"/ideas/{world.idea['closed_a']}/co-authors"
    for email in (email_of("employee"), "nobody@world.example", email_of("insider_a")):
        assert set(errors_of(await insider.post(closed, {"colleague": email}))) == {"colleague"}
    assert (await (await as_("employee")).post(f"/ideas/{world.idea['collect']}/co-authorship")).status_code == 403


async def test_an_offer_of_help_stands_on_the_idea_until_it_is_taken_back(as_, world):
    employee, page = await as_("employee"), f"/ideas/{world.idea['vote']}"
    assert set(errors_of(await employee.post(f"{page}/help", {"body": ""}))) == {"body"}
    for words in ("I can drive.", "I can test it."):
        assert (await employee.post(f"{page}/help", {"body": words})).status_code == 303
    assert "I can test it." in text_of(await employee.get(f"{page}/help")), "to be changed"
    own = forms_of(await employee.get(page))
    theirs = await (await as_("author")).get(page)
    assert f"{page}/help/end" in own
    assert f"{page}/help/end" not in forms_of(theirs)
    assert "I can test it." in text_of(theirs)
    assert "I can drive." not in text_of(theirs)
    assert (await (await as_("author")).post(f"{page}/help", {"body": "Me"})).status_code == 403
    assert (await (await as_("guest_a")).post(f"{page}/help", {"body": "Me"})).status_code == 404
    await employee.post(f"{page}/help/end")
    assert not await fetch_value("SELECT count(*) FROM help_offer")


async def test_services_are_kept_by_administrators_and_list_what_would_improve_them(as_, world):
    administrator, employee = await as_("administrator"), await as_("employee")
    service = (await administrator.post("/services", {"name": "Lamps", "description": "Light"})).headers["Location"]
    assert set(errors_of(await administrator.post("/services", {"name": "lamps"}))) == {"name"}
    assert (await employee.post("/services", {"name": "Mine"})).status_code == 403
    assert (await employee.post(f"{service}/edit", {"name": "Mine"})).status_code == 403
    assert (await (await as_("guest_a")).get(service)).status_code == 404
    await execute(
        "UPDATE idea SET service = (SELECT id FROM service WHERE name = 'Lamps') WHERE id = ANY({})",
        [world.idea_id["collect"], world.idea_id["closed_a"], world.idea_id["draft"]],
    )
    shown = text_of(await employee.get(service))
    assert "1 idea would improve it" in shown
    assert "Idea collect" in shown
    assert "Improves" in text_of(await employee.get(f"/ideas/{world.idea['collect']}"))
    assert "Lamps" not in text_of(await (await as_("guest_a")).get(f"/ideas/{world.idea['closed_a']}"))
