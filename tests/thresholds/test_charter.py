"""The charter: the numbers of the specification, worked out for any size; changed with consent, never backwards."""

import re

from portal.db import execute, fetch_value
from tests.client import text_of
from tests.pages.forms import errors_of, form_of
from tests.sitemap import THRESHOLDS


def words_of(response):
    """The words of a page, without tags."""
    return " ".join(re.sub("<[^>]+>", " ", text_of(response)).split())


#: A, T1 and T2, as the specification of escalation lists them.
TABLE = [(25, 8, 13), (200, 22, 85), (600, 37, 147), (4000, 95, 380), (9000, 143, 570), (65000, 383, 1530)]


async def test_the_table_of_thresholds_is_that_of_the_specification(as_, world, rollback):
    page = words_of(await (await as_("employee")).get("/charter"))
    for audience, t1, t2 in [*TABLE, (400_000, 949, 3_795)]:
        assert f" {audience:,} {t1:,} {t2:,} " in page


async def test_anybody_works_it_out_for_a_size_of_her_own(as_, world, rollback):
    reader = await as_("employee")
    assert "120 people: an answer is owed" in words_of(await reader.get("/charter?a=6300"))
    for odd in ("0", "3", "many", "-5", "9" * 40):
        assert (await reader.get(f"/charter?a={odd}")).status_code == 200
    assert "fewer than five" in text_of(await reader.get("/charter?a=4"))


async def test_a_change_holds_for_what_comes_and_the_version_before_stays_to_be_read(as_, world, rollback):
    administrator = await as_("administrator")
    read = form_of(await administrator.get("/charter/new"), "/charter")["read"]
    assert (await administrator.post("/charter", THRESHOLDS | {"read": read})).status_code == 303
    page = text_of(await (await as_("employee")).get("/charter"))
    assert "Version 2" in page
    assert "Anouk Piersma" in page
    assert "Fewer cases." in page
    assert "Version 1" in page
    late = await administrator.post("/charter", THRESHOLDS | {"read": read})
    assert late.status_code == 422
    assert "meanwhile" in errors_of(late)["k1"]


async def test_all_errors_are_told_at_once_and_nothing_is_lost(as_, world, rollback):
    wrong = {
        "consent_on": "2099-01-01",
        "k1": "9",
        "k2": "2",
        "cap1": "60",
        "overdue3_days": "5",
        "consent_by": "",
        "reason": "Because.",
    }
    refused = await (await as_("administrator")).post("/charter", THRESHOLDS | wrong)
    assert set(errors_of(refused)) == {"k2", "cap2", "overdue3_days", "consent_by", "consent_on"}
    assert "Because." in refused.text
    assert await fetch_value("SELECT count(*) FROM escalation_setting") == 1


async def test_only_administrators_change_it(as_, world, rollback):
    assert (await (await as_("employee")).post("/charter", THRESHOLDS)).status_code == 403


async def test_a_guest_reads_what_holds_and_not_who_agreed_on_it(as_, world, rollback):
    administrator = await as_("administrator")
    read = form_of(await administrator.get("/charter/new"), "/charter")["read"]
    await administrator.post("/charter", THRESHOLDS | {"read": read})
    page = words_of(await (await as_("guest_a")).get("/charter"))
    assert "an answer is owed" in page
    assert not {"Anouk Piersma", "Fewer cases."} & {
        words for words in ("Anouk Piersma", "Fewer cases.") if words in page
    }


async def test_factors_have_the_comma_of_their_reader_and_come_back_with_it(as_, world, rollback):
    administrator = await as_("administrator")
    await execute("UPDATE identity SET language = 'nl' WHERE person = {}", world.person_id["administrator"])
    offered = form_of(await administrator.get("/charter/new"), "/charter")
    assert (offered["k1"], offered["k2"]) == ("1,5", "6")
    assert "maal 1,5" in text_of(await administrator.get("/charter"))
    named = THRESHOLDS | {"read": offered["read"], "k1": "1,7"}
    assert (await administrator.post("/charter", named)).status_code == 303
    assert form_of(await administrator.get("/charter/new"), "/charter")["k1"] == "1,7"
