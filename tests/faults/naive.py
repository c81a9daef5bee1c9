"""The control of the storm: a server that says "done" first and writes every second. `naive.py PORT DSN`."""

import asyncio
import sys
from urllib.parse import parse_qs

import asyncpg

WRITE = """
    INSERT INTO comment (idea, space, author, state, body, body_html, language, form_key)
    SELECT i.id, i.space, i.author, 'published', $1, '', 'en', $1 FROM idea i ORDER BY i.id LIMIT 1
"""


async def main(port: int, dsn: str) -> None:
    """Serves until it is killed."""
    waiting: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):  # it ends with an error, which nobody minds here
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
            waiting.append(parse_qs((await reader.readexactly(length)).decode())["body"][0])
            writer.write(b"HTTP/1.1 303 See Other\r\nlocation: /\r\ncontent-length: 0\r\n\r\n")
            await writer.drain()
            await asyncio.sleep(0.005)

    await asyncio.start_server(serve, "127.0.0.1", port)
    connection = await asyncpg.connect(dsn)
    while True:
        await asyncio.sleep(1)
        keys, waiting[:] = list(waiting), []
        await connection.executemany(WRITE, [(key,) for key in keys])


asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
