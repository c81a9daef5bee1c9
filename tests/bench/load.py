"""The load: a closed loop of 8 connections in a process of its own; each sends its next request after the answer."""

from __future__ import annotations

import asyncio
import itertools
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import uvloop

CONNECTIONS = 8
ENOUGH = 20  # answers, without which a round says nothing

#: Requests that belong together, such as giving support and taking it back: a connection never stops between them.
Turn = tuple[bytes, ...]


@dataclass(frozen=True)
class Round:
    """What one round saw: requests a second, and how long they took in ms."""

    rate: float
    p50: float
    p95: float


@dataclass(frozen=True)
class Load:
    """Every connection has its own `people`, given by their headers; each in turn asks for the next of `paths`."""

    paths: list[str]
    people: list[str]
    votes: bool

    def turns(self, connection: int) -> Iterator[Turn]:
        """The endless turns of one connection."""
        paths = itertools.cycle(self.paths[connection:] + self.paths[:connection])
        for person, path in zip(itertools.cycle(self.people[connection::CONNECTIONS]), paths, strict=False):
            if self.votes:
                yield request("POST", path, person), request("POST", f"{path}/withdrawal", person)
            else:
                yield (request("GET", path, person),)


def request(method: str, path: str, headers: str) -> bytes:
    """As it goes over the wire; what is sent has no body."""
    length = "Content-Length: 0\r\n" if method == "POST" else ""
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{length}{headers}\r\n".encode()


def run(port: int, load: Load, warm_up: float, seconds: float) -> Round:
    """Puts the load on a server of this machine, for longer where too few answers come. Raises RuntimeError on any
    answer but 200."""
    while len(took := uvloop.run(_run(port, load, warm_up, seconds))) < ENOUGH:
        seconds *= 2
    return Round(len(took) / seconds, statistics.median(took), statistics.quantiles(took, n=20)[-1])


async def each_once(ports: list[int], requests: list[bytes]) -> float:
    """Sends all of these, as many at once as there are connections, which these servers share; how many seconds it
    took."""
    loop = asyncio.get_running_loop()
    turns = (((one,) for one in requests[number::CONNECTIONS]) for number in range(CONNECTIONS))
    clients = [_Client(those, float("inf")) for those in turns]
    since = time.perf_counter()
    for client, port in zip(clients, itertools.cycle(ports), strict=False):
        await loop.create_connection(lambda it=client: it, "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*(client.done for client in clients))
    return time.perf_counter() - since


async def _run(port: int, load: Load, warm_up: float, seconds: float) -> list[float]:
    """How many ms each answer of a round took."""
    loop = asyncio.get_running_loop()
    begin = time.perf_counter() + warm_up
    end = begin + seconds
    clients = [_Client(load.turns(number), end) for number in range(CONNECTIONS)]
    for client in clients:
        await loop.create_connection(lambda it=client: it, "127.0.0.1", port)  # type: ignore[misc]
    async with asyncio.timeout(warm_up + seconds + 30):
        await asyncio.gather(*(client.done for client in clients))
    return [1000 * (to - since) for client in clients for since, to in client.answered if begin <= to < end]


class _Client(asyncio.Protocol):
    """One connection. It reads an answer's head once and then only counts bytes."""

    def __init__(self, turns: Iterator[Turn], end: float) -> None:
        self.turns = turns
        self.end = end
        self.waiting: Iterator[bytes] = iter(())
        self.answered: list[tuple[float, float]] = []
        self.buffer = b""
        self.missing = -1  # bytes of the answer that are still to come; -1 while its head isn't complete
        self.since = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(RuntimeError(f"the server hung up: {exc}"))

    def data_received(self, data: bytes) -> None:
        if self.missing < 0:
            self.buffer += data
            head, found, body = self.buffer.partition(b"\r\n\r\n")
            if not found:
                return
            if not head.startswith(b"HTTP/1.1 200 "):
                self._end(RuntimeError(self.buffer[:2000].decode(errors="replace")))
                return
            _, _, rest = head.lower().partition(b"\r\ncontent-length: ")
            self.missing = int(rest.partition(b"\r\n")[0]) - len(body)
        else:
            self.missing -= len(data)
        if self.missing == 0:
            self.answered.append((self.since, time.perf_counter()))
            self._send()

    def _send(self) -> None:
        self.buffer, self.missing = b"", -1
        request = next(self.waiting, None)
        if request is None:
            turn = next(self.turns, None) if time.perf_counter() < self.end else None
            if turn is None:
                self._end(None)
                return
            self.waiting = iter(turn)
            request = next(self.waiting)
        self.since = time.perf_counter()
        self.transport.write(request)

    def _end(self, problem: Exception | None) -> None:
        if problem:
            self.done.set_exception(problem)
        else:
            self.done.set_result(None)
        self.transport.close()
