"""Files go out as something to save, to who may read their idea; whatever is asked of them, others get a 404."""

from __future__ import annotations

from typing import Any

import pytest

from portal.db import execute
from portal.web.files import disposition
from tests.world import World, picture

WHOLE = picture("png")


def address(world: World, name: str = "vote", end: str = "") -> str:
    """Where a file is."""
    return f"/attachments/{world.attachment[name]}{end}"


async def test_a_file_is_something_to_save(as_: Any, world: World):
    response = await (await as_("employee")).get(address(world))
    assert response.content == WHOLE
    told = response.headers
    assert told["content-type"] == "image/png"
    assert told["content-disposition"] == "attachment; filename=\"vote.png\"; filename*=UTF-8''vote.png"
    assert told["content-security-policy"] == "default-src 'none'; sandbox"
    assert told["x-content-type-options"] == "nosniff"
    assert told["cache-control"] == "private, no-store"
    assert told["content-length"] == str(len(WHOLE))


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-9", 206, slice(0, 10)),
        ("bytes=10-", 206, slice(10, None)),
        ("bytes=-5", 206, slice(-5, None)),
        ("bytes=5-99999", 206, slice(5, None)),
        ("bytes=0-", 200, slice(None)),
        ("bytes=0-1,4-5", 200, slice(None)),
        ("bytes=-", 200, slice(None)),
        ("lines=1-2", 200, slice(None)),
        ("bytes=9-2", 416, slice(0)),
        ("bytes=99999-", 416, slice(0)),
        ("bytes=" + "9" * 40 + "-", 200, slice(None)),
    ],
)
async def test_a_part_of_it_can_be_asked_for(as_: Any, world: World, asked: str, status: int, part: slice):
    response = await (await as_("employee")).get(address(world), Range=asked)
    assert (response.status_code, response.content) == (status, WHOLE[part])
    if status == 206:
        start, end, _ = part.indices(len(WHOLE))
        assert response.headers["content-range"] == f"bytes {start}-{end - 1}/{len(WHOLE)}"
    assert response.headers["content-security-policy"] == "default-src 'none'; sandbox"


async def test_what_the_browser_has_is_not_sent_again(as_: Any, world: World):
    browser = await as_("employee")
    etag = (await browser.get(address(world))).headers["etag"]
    again = await browser.get(address(world), If_None_Match=etag)
    assert (again.status_code, again.content) == (304, b"")
    assert (await browser.get(address(world), If_None_Match='"other"')).status_code == 200
    assert (await browser.get(address(world), Range="bytes=0-3", If_Range='"other"')).status_code == 200
    assert (await browser.get(address(world), Range="bytes=0-3", If_Range=etag)).status_code == 206


@pytest.mark.parametrize("end", ["", "/thumbnail"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("name", ["employee", "guest_b", "administrator"])
async def test_out_of_sight_every_variant_is_a_404(as_: Any, world: World, name: str, method: str, end: str):
    insider = await as_("guest_a")
    seen = await insider.http.request(method, address(world, "closed_a", end))
    assert seen.status_code == 200
    browser = await as_(name)
    for headers in ({}, {"Range": "bytes=0-3"}, {"If-None-Match": seen.headers["etag"]}, {"HX-Request": "true"}):
        response = await browser.http.request(method, address(world, "closed_a", end), headers=headers)
        assert response.status_code == 404, headers
        assert "etag" not in response.headers


async def test_a_hidden_idea_hides_its_files(as_: Any, world: World):
    await execute("UPDATE idea SET state = 'hidden' WHERE id = {}", world.idea_id["vote"])
    assert (await (await as_("employee")).get(address(world))).status_code == 404
    assert (await (await as_("employee")).get(address(world, "vote", "/thumbnail"))).status_code == 404
    assert (await (await as_("author")).get(address(world))).status_code == 200


async def test_a_file_that_is_gone_from_the_disk_is_a_404(as_: Any, world: World):
    await execute("UPDATE attachment SET file = 'nowhere' WHERE id = {}", world.attachment_id["vote"])
    assert (await (await as_("employee")).get(address(world))).status_code == 404


@pytest.mark.parametrize("path", ["/", "/campaigns", "/health", "/sign-in"])
async def test_head_answers_as_get_does_without_the_body(as_: Any, path: str):
    browser = await as_("employee")
    head, whole = [await browser.http.request(method, path) for method in ("HEAD", "GET")]
    assert (head.status_code, head.content) == (whole.status_code, b"")
    assert head.headers["content-type"] == whole.headers["content-type"]


async def test_head_of_what_takes_forms_only_is_refused(as_: Any):
    assert (await (await as_("employee")).http.request("HEAD", "/sign-out")).status_code == 405


def test_a_name_of_whatever_letters_gets_into_the_header():
    said = disposition('“ünï" \\ ✓.txt')
    assert said.isascii()
    assert (
        said
        == "attachment; filename=\"__n__ _ _.txt\"; filename*=UTF-8''%E2%80%9C%C3%BCn%C3%AF%22%20%5C%20%E2%9C%93.txt"
    )
