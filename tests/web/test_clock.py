"""The database has the only clock: what the clock of this machine says changes no deadline and no session."""

import re
import time
from datetime import timedelta

import pytest

from tests.accounts.test_sessions import STAFF_IDLE
from tests.client import text_of
from tests.world import NOW, email_of, set_clock

SECOND = timedelta(seconds=1)
VOTING_ENDS = NOW + timedelta(days=5)


@pytest.mark.parametrize("years", [-3, 3])
async def test_a_machine_whose_clock_is_years_off_keeps_every_deadline(as_, world, monkeypatch, years):
    right = time.time
    monkeypatch.setattr(time, "time", lambda: right() + years * 31_557_600)
    vote = f"/ideas/{world.idea['vote']}/vote"
    await set_clock(VOTING_ENDS - SECOND)
    in_time = await as_("employee")
    assert (await in_time.post(vote)).status_code == 303
    assert "1 minute left" in text_of(await in_time.get(f"/campaigns/{world.campaign['vote']}"))
    await set_clock(VOTING_ENDS)
    assert (await in_time.post(f"{vote}/withdrawal")).cookies["flash"] == "votes-closed"
    assert (await (await as_("sponsor")).post(vote)).cookies["flash"] == "votes-closed"
    await set_clock(VOTING_ENDS - SECOND + STAFF_IDLE - SECOND)
    assert (await in_time.get("/")).status_code == 200
    await set_clock(VOTING_ENDS - SECOND + 3 * STAFF_IDLE)
    assert (await in_time.get("/")).status_code == 303, "her session ended by the database's clock"


async def test_the_brake_on_guessing_lasts_by_the_databases_clock(as_, world, monkeypatch):
    browser, wrong = await as_(None), {"email": email_of("employee"), "password": "not this one, but long"}
    for _ in range(5):
        last = await browser.post("/sign-in", wrong)
    assert last.status_code != 429, "the free ones"
    said = await browser.post("/sign-in", wrong)
    assert said.status_code == 429
    seconds = int(re.search(r"(\d+) second", text_of(said))[1])
    monkeypatch.setattr(time, "time", lambda right=time.time: right() + 86_400)
    assert (await browser.post("/sign-in", wrong)).status_code == 429, "an hour on this machine shortens no wait"
    await set_clock(NOW + timedelta(seconds=seconds))
    assert (await browser.post("/sign-in", wrong)).status_code != 429
