"""Attaching files, describing and removing them: who may, how much, and what happens to what is refused."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from typing import Any

import asyncpg
import pytest

from portal.access.actor import actor_of_person
from portal.attachments import actions
from portal.attachments.jobs import sweep_files
from portal.db import execute, fetch_value, script, transaction
from portal.files import store
from portal.files.store import Upload, path_of
from portal.ideas.queries import get_idea
from portal.settings import settings
from portal.web.uploads import LARGEST_FORM
from tests.client import Browser, text_of
from tests.pages.locks import until_waiting
from tests.world import World, picture

TEXT = ("notes.txt", b"Three nights in a row.")


def page_of(world: World, idea: str = "collect") -> str:
    """Where files are attached to an idea."""
    return f"/ideas/{world.idea[idea]}/attachments"


async def names(world: World, idea: str = "collect") -> list[str]:
    """What is attached beside the world's own."""
    rows = await execute(
        "SELECT name FROM attachment WHERE idea = {} AND name <> {} ORDER BY id", world.idea_id[idea], f"{idea}.png"
    )
    return [row["name"] for row in rows]


async def attached(world: World, name: str) -> Any:
    """The row of a file."""
    return (await execute("SELECT * FROM attachment WHERE name = {}", name))[0]


async def test_an_author_attaches_several_files_and_readers_open_them(as_: Any, world: World):
    author = await as_("author")
    files = [("files", TEXT), ("files", ("bridge.jpg", picture("jpg")))]
    response = await author.post(page_of(world), files=files)
    assert (response.status_code, response.headers["location"]) == (303, page_of(world))
    assert await names(world) == ["notes.txt", "bridge.jpg"]
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'attachment.added'") == 2
    page = text_of(await (await as_("employee")).get(f"/ideas/{world.idea['collect']}"))
    assert "notes.txt" in page
    row = await attached(world, "notes.txt")
    read = await (await as_("employee")).get(f"/attachments/{row['public_id']}")
    assert read.content == TEXT[1]


async def test_what_is_refused_is_named_at_the_field_and_the_rest_is_attached(as_: Any, world: World):
    files = [("files", TEXT), ("files", ("page.pdf", b"<html>")), ("files", ("x.svg", b"<svg>"))]
    response = await (await as_("author")).post(page_of(world), files=files)
    said = text_of(response)
    assert response.status_code == 422
    assert "“page.pdf” is not what its name says" in said
    assert "“x.svg” is of a kind" in said
    assert 'id="files-error"' in said
    assert await names(world) == ["notes.txt"]


@pytest.mark.parametrize("files", [None, [("files", ("", b""))], [("other", TEXT)]])
async def test_no_file_at_all_is_said(as_: Any, world: World, files: Any):
    response = await (await as_("author")).post(page_of(world), files=files)
    assert (response.status_code, "Choose one file or more." in text_of(response)) == (422, True)


async def test_too_many_at_once_are_refused(as_: Any, world: World):
    response = await (await as_("author")).post(page_of(world), files=[("files", TEXT)] * 11)
    assert (response.status_code, "at most 10 files" in text_of(response)) == (422, True)
    assert await names(world) == []


@pytest.mark.parametrize(
    ("name", "idea", "status"),
    [("employee", "collect", 403), ("guest_a", "collect", 404), ("author", "vote", 403), ("guest_a", "closed_a", 403)],
)
async def test_nobody_else_attaches_and_nobody_later(as_: Any, world: World, name: str, idea: str, status: int):
    response = await (await as_(name)).post(page_of(world, idea), files=[("files", TEXT)])
    assert response.status_code == status
    assert await names(world, idea) == []


async def test_the_same_form_twice_attaches_once(as_: Any, world: World):
    author = await as_("author")
    for _ in range(2):
        assert (await author.post(page_of(world), {"form_key": "once"}, files=[("files", TEXT)])).status_code == 303
    assert await names(world) == ["notes.txt"]
    await author.post(page_of(world), {"form_key": "once"}, files=[("files", ("more.txt", b"another"))])
    assert await names(world) == ["notes.txt", "more.txt"]


async def test_the_room_of_an_idea_and_of_a_person_ends(as_: Any, world: World):
    author = await as_("author")
    large = settings().files_per_idea_mb * 1_048_576 - 30
    await execute("UPDATE attachment SET size = {} WHERE idea = {}", large, world.idea_id["collect"])
    response = await author.post(page_of(world), files=[("files", TEXT), ("files", ("b.txt", b"twelve bytes"))])
    assert "“b.txt” does not fit: the files of one idea may have 100 MB" in text_of(response)
    assert await names(world) == ["notes.txt"]
    await execute("UPDATE attachment SET size = 1000 * 1048576 WHERE idea = {}", world.idea_id["vote"])
    response = await author.post(page_of(world, "discuss"), files=[("files", TEXT)])
    assert "“notes.txt” does not fit: your files may have 1,000 MB together" in text_of(response).replace(
        "1000", "1,000"
    )
    assert len(set(_on_disk()) & {(await attached(world, "notes.txt"))["file"]}) == 1


def _on_disk() -> list[str]:
    return [path.name for path in settings().files_folder.glob("??/*")]


async def test_two_forms_at_once_do_not_take_the_last_room_both(fresh_db: str, app: Any, world: World):
    await execute(
        "UPDATE attachment SET size = {} WHERE idea = {}",
        settings().files_per_idea_mb * 1_048_576 - 30,
        world.idea_id["collect"],
    )
    browser = Browser(app, world.person_id["author"])
    await browser.start_session()
    answers = await asyncio.gather(
        *(browser.post(page_of(world), files=[("files", (f"{n}.txt", b"%d twenty bytes of it" % n))]) for n in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [303, 422, 422, 422]
    await browser.http.aclose()


async def test_two_who_write_along_do_not_take_the_last_room_both(fresh_db: str, world: World):
    """Each would still fit by itself, and the second is looked at while the first is under way."""
    idea, large = world.idea_id["collect"], settings().files_per_idea_mb * 1_048_576 - 30
    await execute("UPDATE attachment SET size = {} WHERE idea = {}", large, idea)
    together = "INSERT INTO co_author (idea, space, person, invited_by, accepted_at)"
    together += " SELECT id, space, {}, author, plein_now() FROM idea WHERE id = {}"
    await execute(together, world.person_id["employee"], idea)
    done, go_on = asyncio.Event(), asyncio.Event()

    async def attach(name: str) -> list[str]:
        actor = await actor_of_person(world.person_id[name])
        row = await get_idea(actor, world.idea["collect"])
        assert row is not None
        upload = Upload("files", f"{name}.txt")
        upload.write(b"Twenty bytes by %b" % name.encode(), 1000)
        return await actions.attach(actor, row, [upload], "k")

    async def hold() -> list[str]:
        async with transaction():
            problems = await attach("author")
            done.set()
            await go_on.wait()
            return problems

    holder = asyncio.create_task(hold())
    await done.wait()
    other = asyncio.create_task(attach("employee"))
    watcher = await asyncpg.connect(fresh_db)
    await until_waiting(watcher, other)
    go_on.set()
    problems = [*await holder, *await other]
    await watcher.close()
    assert len(problems) == 1
    assert await names(world) == ["author.txt"]


DIES = """
    CREATE FUNCTION dies() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER dies AFTER INSERT ON attachment DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION dies();
"""


async def test_where_the_connection_breaks_while_it_commits_the_file_stays_until_it_is_swept(
    fresh_db: str, app: Any, world: World
):
    """Nobody knows by then whether it is attached."""
    await script(DIES)
    browser = Browser(app, world.person_id["author"])
    await browser.start_session()
    before = set(_on_disk())
    with contextlib.suppress(Exception):
        await browser.post(page_of(world), files=[("files", TEXT)])
    assert len(set(_on_disk()) - before) == 1
    await browser.http.aclose()


async def test_a_form_that_is_too_large_is_refused_before_it_is_read(as_: Any, world: World):
    author = await as_("author")
    read = 0

    async def body() -> Any:
        nonlocal read
        for _ in range(1000):
            read += 1
            yield b"x" * 65536

    headers = {
        "Content-Type": "multipart/form-data; boundary=x",
        "Content-Length": str(LARGEST_FORM + 1),
        "Sec-Fetch-Site": "same-origin",
    }
    response = await author.http.post(page_of(world), content=body(), headers=headers)
    assert response.status_code == 413


async def test_nobody_who_is_not_signed_in_fills_the_disk(as_: Any, world: World, monkeypatch: pytest.MonkeyPatch):
    opened: list[str] = []
    original = store.Upload.__init__

    def counted(self: store.Upload, field: str, name: str) -> None:
        opened.append(name)
        original(self, field, name)

    monkeypatch.setattr(store.Upload, "__init__", counted)
    response = await (await as_(None)).post(page_of(world), files=[("files", TEXT)])
    assert response.status_code == 401
    assert opened == []
    await (await as_("author")).post(page_of(world), files=[("files", TEXT)])
    assert opened == ["notes.txt"]


@pytest.mark.parametrize(
    "body",
    [
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nno end',
        b"--x\r\n\r\nno head\r\n--x--\r\n",
        b"no boundary at all",
        b'--x\r\nContent-Disposition: form-data; name="files"\r\n\r\n\xff\xfe\r\n--x--\r\n',
        b'--x\r\nContent-Disposition: form-data; name="t"\r\n\r\nzero\0\r\n--x--\r\n',
        b"--x\r\nA: " + b"b" * 10_000 + b"\r\n\r\nx\r\n--x--\r\n",
    ],
)
async def test_a_damaged_form_is_a_400(as_: Any, world: World, body: bytes):
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Sec-Fetch-Site": "same-origin"}
    response = await (await as_("author")).http.post(page_of(world), content=body, headers=headers)
    assert response.status_code == 400


async def test_a_form_with_files_needs_the_token_too(as_: Any, world: World):
    response = await (await as_("author")).post(page_of(world), csrf=False, files=[("files", TEXT)])
    assert response.status_code == 409
    assert await names(world) == []


async def test_an_image_is_described_by_who_attached_it(as_: Any, world: World):
    address = f"/attachments/{world.attachment['collect']}/description"
    assert (await (await as_("author")).post(address, {"description": "A bridge"})).status_code == 303
    page = (await (await as_("employee")).get(f"/ideas/{world.idea['collect']}")).text
    assert 'alt="A bridge"' in page
    assert (await (await as_("author")).post(address, {"description": "x" * 301})).status_code == 422
    assert (await (await as_("employee")).post(address, {"description": "x"})).status_code == 403
    assert (await (await as_("guest_a")).post(address, {"description": "x"})).status_code == 404


async def test_a_file_is_removed_by_who_attached_it_and_by_nobody_else(as_: Any, world: World):
    author = await as_("author")
    await author.post(page_of(world), files=[("files", TEXT)])
    path = f"/attachments/{(await attached(world, 'notes.txt'))['public_id']}"
    for who, status in (("employee", 403), ("moderator", 403), ("administrator", 403), ("guest_a", 404)):
        assert (await (await as_(who)).post(f"{path}/removal")).status_code == status, who
    assert "/removal" not in (await (await as_("moderator")).get(page_of(world))).text
    assert (await author.post(f"{path}/removal")).status_code == 303
    assert (await author.get(path)).status_code == 404
    assert await names(world) == []


async def test_what_no_row_names_is_swept_out_and_nothing_else(rollback: Any, world: World):
    orphan, fresh, half = path_of("ab" + "0" * 30), path_of("ab" + "1" * 30), store._incoming("half")
    mine = path_of((await attached(world, "vote.png"))["file"])
    for path in (orphan, fresh, half):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    long_ago = time.time() - 2 * store.OLD
    for path in (orphan, half, mine):
        os.utime(path, (long_ago, long_ago))
    await sweep_files()
    assert [path.exists() for path in (orphan, half, mine, fresh)] == [False, False, True, True]
    fresh.unlink()
