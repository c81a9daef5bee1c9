"""Getting mail out of the house: by SMTP, or into a folder where there is no mail server."""

from __future__ import annotations

import asyncio
import os
import secrets
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

import aiosmtplib

from portal.settings import settings

TIMEOUT = 20  # seconds for one answer of the server
LONGEST = 45  # seconds for a message; well below the first pause until it is tried again


class CannotSend(Exception):
    """Why a message did not go out. `final`: trying again would not help; `bounced`: the server knows no such mailbox,
    or takes nothing for it."""

    def __init__(self, why: str, final: bool = False, bounced: bool = False) -> None:
        super().__init__(why[:500])
        self.final = final
        self.bounced = bounced


async def send(message: EmailMessage) -> None:
    """Hands one message over. Raises CannotSend."""
    if settings().smtp_url:
        await _by_smtp(message)
    else:
        await asyncio.to_thread(_into_folder, message, settings().mail_folder)


async def _by_smtp(message: EmailMessage) -> None:
    server = urlsplit(settings().smtp_url)
    try:
        async with asyncio.timeout(LONGEST):
            await aiosmtplib.send(
                message,
                hostname=server.hostname,
                port=server.port or (465 if server.scheme == "smtps" else 25),
                username=unquote(server.username) if server.username else None,
                password=unquote(server.password) if server.password else None,
                use_tls=server.scheme == "smtps",
                timeout=TIMEOUT,
            )
    except aiosmtplib.SMTPRecipientsRefused as error:
        refused = all(r.code >= 500 for r in error.recipients)
        raise CannotSend(str(error), final=refused, bounced=refused) from error
    except aiosmtplib.SMTPDataError as error:
        raise CannotSend(f"{error.code} {error.message}", final=error.code >= 500) from error
    except aiosmtplib.SMTPResponseException as error:
        raise CannotSend(f"{error.code} {error.message}", final=error.code in (550, 551, 553)) from error
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
        raise CannotSend(f"{type(error).__name__}: {error}") from error


def _into_folder(message: EmailMessage, folder: Path) -> None:
    """Written, synced and renamed, so that no half message is ever found."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{message['Date'].replace(' ', '-').replace(':', '').replace(',', '')}-{secrets.token_hex(4)}"
        with open(folder / f".{name}", "wb") as file:
            file.write(bytes(message))
            file.flush()
            os.fsync(file.fileno())
        (folder / f".{name}").rename(folder / f"{name}.eml")
    except OSError as error:
        raise CannotSend(f"{folder}: {error.strerror}") from error
