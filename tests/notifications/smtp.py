"""A mail server for the tests: takes what comes, or says what it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class MailServer:
    """`replies` overrides the answer to a command (`END` is the end of the message); `stall` answers it no sooner
    than it `goes_on`."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.replies: dict[str, str] = {}
        self.stall = ""
        self.stalled, self.goes_on = asyncio.Event(), asyncio.Event()
        self.port = 0

    @property
    def url(self) -> str:
        """What SMTP_URL is set to."""
        return f"smtp://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client."""
        try:
            await self._talk(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._say(writer, "HELLO", "220 sink")
        while line := (await reader.readline()).decode().strip():
            command = line.split()[0].split(":")[0].upper()
            if command == "DATA":
                if not await self._say(writer, "DATA", "354 go on"):
                    continue
                body = (await reader.readuntil(b"\r\n.\r\n"))[:-3]
                if await self._say(writer, "END", "250 taken"):
                    text = body.replace(b"\r\n..", b"\r\n.")
                    self.messages.append(message_from_bytes(text, policy=policy.default))
                continue
            if await self._say(writer, command, "250 sink" if command != "QUIT" else "221 bye") and command == "RCPT":
                self.recipients.append(line.partition("<")[2].partition(">")[0])
            if command == "QUIT":
                return

    async def _say(self, writer: asyncio.StreamWriter, command: str, usual: str) -> bool:
        """Answers; says whether it was the usual answer."""
        if command == self.stall:
            self.stalled.set()
            await self.goes_on.wait()
        writer.write(f"{self.replies.get(command, usual)}\r\n".encode())
        await writer.drain()
        return command not in self.replies


@asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    """A running one."""
    sink = MailServer()
    clients: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        clients.add(task)
        task.add_done_callback(clients.discard)
        await sink.serve(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()
        for task in list(clients):
            task.cancel()
        await asyncio.gather(*clients, return_exceptions=True)
