"""The jobs by name, and which of them run by the clock."""

from collections.abc import Awaitable, Callable
from typing import Any

from portal.accounts.jobs import send_reset, sweep_accounts
from portal.attachments.jobs import sweep_files
from portal.notifications.jobs import announce_answer, announce_role, deliver_mail

#: What can be queued.
JOBS: dict[str, Callable[..., Awaitable[Any]]] = {
    "announce_answer": announce_answer,
    "announce_role": announce_role,
    "deliver_mail": deliver_mail,
    "send_reset": send_reset,
    "sweep_accounts": sweep_accounts,
    "sweep_files": sweep_files,
}
#: What runs by itself: job and when, as cron writes it.
TIMETABLE: dict[str, str] = {
    "deliver_mail": "* * * * *",
    "sweep_accounts": "17 * * * *",
    "sweep_files": "37 * * * *",
}
