"""What somebody tried by requests that no page of ours makes: pieces and copies of files, lines in mail, many at once."""

from __future__ import annotations

import asyncio
from email import message_from_bytes, policy

import pytest

from portal.db import execute, fetch_value
from portal.notifications.mails import write
from tests.access.crawl import NEVER, TOKENS
from tests.client import Browser
from tests.pages.forms import form_of
from tests.sitemap import filled
from tests.world import email_of

# --- files of a case: pieces, copies, and what is told of what one may not see ---

ASKED: tuple[dict[str, str], ...] = (
    {},
    {"Range": "bytes=0-9"},
    {"Range": "bytes=99999999-"},
    {"If-None-Match": "{etag}"},
    {"If-None-Match": "*"},
    {"If-Modified-Since": "Fri, 01 Jan 2038 00:00:00 GMT"},
    {"Range": "bytes=0-9", "If-Range": "{etag}"},
    {"Range": "bytes=0-9", "If-Range": '"another"'},
)
FILES = ("case-files/{case_file[plan]}", "case-records/{case_record[whole]}")


@pytest.mark.parametrize("file", FILES)
async def test_who_is_on_the_case_has_pieces_and_copies_of_its_files(as_, world, file: str):
    address, browser = "/" + filled(file, world), await as_("sponsor")
    whole = await browser.get(address)
    etag, size = whole.headers["etag"], len(whole.content)
    told = []
    for asked in ASKED:
        given = {name: value.format(etag=etag) for name, value in asked.items()}
        got, head = await browser.get(address, **given), await browser.ask("HEAD", address, **given)
        assert (head.status_code, head.content) == (got.status_code, b""), asked
        told.append((got.status_code, len(got.content)))
        for answer in (got, head):
            assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox", asked
            assert answer.headers["cache-control"] == "private, no-store", asked
    assert told == [(200, size), (206, 10), (416, 0), (304, 0), (200, size), (200, size), (206, 10), (200, size)]
    assert etag.strip('"') not in address


@pytest.mark.parametrize("file", FILES)
async def test_who_is_not_or_no_longer_hears_nothing_of_them_whatever_she_asks(as_, world, file: str):
    address, sponsor = "/" + filled(file, world), await as_("sponsor")
    etag = (await sponsor.get(address)).headers["etag"]
    await execute(
        "UPDATE escalation SET owner = {} WHERE id = {}", world.person_id["colleague"], world.case_id["decide"]
    )
    for who in ("sponsor", "employee", "moderator", "administrator", "guest_a", None):
        browser, right = await as_(who), 404 if who else 303
        await browser.get("/about/help")  # the first answer of all sets a cookie
        for asked in ASKED:
            given = {name: value.format(etag=etag) for name, value in asked.items()}
            for method in ("GET", "HEAD"):
                got = await browser.ask(method, address, **given)
                never = await browser.ask(method, address[:-12] + NEVER, **given)
                assert got.status_code == never.status_code == right, (who, method, asked)
                assert not {"etag", "accept-ranges", "content-range", "content-disposition"} & set(got.headers)
                assert set(got.headers) == set(never.headers), (who, method, asked)
                pages = [TOKENS.sub("", answer.text).replace(address[-12:], NEVER) for answer in (got, never)]
                assert pages[0] == pages[1], (who, method, asked)


# --- mail ---

BREAKS = ("\n", "\r\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029")


@pytest.mark.parametrize("line", BREAKS, ids=lambda line: f"{ord(line[0]):x}")
async def test_no_name_title_or_organisation_adds_a_header_to_a_mail(as_, world, line: str):
    forged = f"Bram{line}Bcc: evil@elsewhere.example{line}{line}Dear all"
    await execute("UPDATE identity SET name = {} WHERE person = {}", forged, world.person_id["employee"])
    await execute("UPDATE organisation SET name = {}", forged)
    await execute("UPDATE idea SET title = {} WHERE id = {}", forged, world.idea_id["collect"])
    say = f"/ideas/{world.idea['collect']}/comments"
    browser = await as_("employee")
    sent = await browser.post(
        say, form_of(await browser.get(f"/ideas/{world.idea['collect']}"), say) | {"body": "Well"}
    )
    assert sent.status_code == 303
    event = await fetch_value("SELECT max(id) FROM event WHERE kind = 'comment.added'")
    message = await write("comment", world.person_id["author"], event)
    read = message_from_bytes(message.as_bytes(), policy=policy.SMTP)
    assert set(read.keys()) == {
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version"),
        *("Content-Type", "Content-Transfer-Encoding"),
    }
    assert read["To"] == email_of("author")
    assert read["From"].addresses[0].addr_spec != "evil@elsewhere.example"
    assert len(read["From"].addresses) == 1
    assert "Bcc: evil@elsewhere.example" in read["Subject"], "as words, on its one line"


# --- rating, by many requests at the same moment ---


async def test_many_requests_that_rate_at_once_are_one_reply_each_and_none_after_the_end(fresh_db, world, app):
    voters = ["administrator", "employee", "colleague", "author", "moderator", "campaign_owner"]
    for name in voters[1:]:
        await execute(
            "INSERT INTO vote (person, idea, space, guest) SELECT {}, id, space, FALSE FROM idea WHERE id = {}"
            " ON CONFLICT DO NOTHING",
            *(world.person_id[name], world.idea_id["told"]),
        )
    browsers = [Browser(app, world.person_id[name]) for name in voters]
    for browser in browsers:
        await browser.start_session()
    address = f"/asked/{world.asked['told']}"
    sent = [browser.post(address, {"says": says}) for browser in browsers for says in ("yes", "no") * 3]
    assert {answer.status_code for answer in await asyncio.gather(*sent)} == {303}
    replies = "SELECT count(*), count(DISTINCT person) FROM crowd_reply"
    assert tuple((await execute(replies))[0]) == (len(voters), len(voters))
    stranger = Browser(app, world.person_id["insider_b"])
    await stranger.start_session()
    refused = await asyncio.gather(*(stranger.post(address, {"says": "yes"}) for _ in range(6)))
    assert {answer.status_code for answer in refused} == {403}
    await execute("UPDATE crowd_question SET outcome = 'dropped', ended_at = plein_now()")
    before = await execute("SELECT person, yes FROM crowd_reply ORDER BY id")
    late = await asyncio.gather(*(browser.post(address, {"says": "no"}) for browser in browsers))
    assert {answer.status_code for answer in late} <= {303, 403}
    assert await execute("SELECT person, yes FROM crowd_reply ORDER BY id") == before
    for browser in (*browsers, stranger):
        await browser.http.aclose()
