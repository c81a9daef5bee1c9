"""The jobs by name, and which of them run by the clock."""

from collections.abc import Awaitable, Callable
from typing import Any

from portal.accounts.jobs import send_link, send_reset, sweep_accounts
from portal.attachments.jobs import sweep_files
from portal.calendar.jobs import bring_holidays
from portal.campaigns.jobs import move_campaigns_on
from portal.caseteam.steps import STEPS as OF_TEAMS
from portal.crowd.promising import pass_on_promises
from portal.crowd.steps import STEPS as AFTER_ANSWERS
from portal.escalation.jobs import tick
from portal.escalation.steps import STEPS as OF_CASES
from portal.escalation.steps import Handler
from portal.imports.jobs import run_import, sweep_imports
from portal.imports.staging import read_import
from portal.invitations.jobs import look_after_guests
from portal.leaving.jobs import erase_guests, let_guests_go
from portal.moderation.jobs import assign_checks
from portal.mydata.jobs import make_export, sweep_exports
from portal.notifications.jobs import deliver_mail, forget_notices, tell_of
from portal.policies.jobs import tell_what_holds
from portal.preboarding.jobs import find_all_mentors
from portal.records.jobs import make_record, sweep_records
from portal.records.of_cases import make_case_record
from portal.retention.jobs import destroy_what_is_over
from portal.screening.jobs import assign_screenings
from portal.search.jobs import forget_words, take_in_words
from portal.spaces.jobs import find_idle_groups
from portal.threads.jobs import forget_marks

#: What the clock sets off on a case: step → what is done.
STEPS: dict[str, Handler] = {**OF_CASES, **OF_TEAMS, **AFTER_ANSWERS}


async def tick_cases() -> None:
    """The clock of the cases."""
    await tick(STEPS)
    await pass_on_promises()


#: What can be queued.
JOBS: dict[str, Callable[..., Awaitable[Any]]] = {
    "assign_checks": assign_checks,
    "assign_screenings": assign_screenings,
    "bring_holidays": bring_holidays,
    "find_all_mentors": find_all_mentors,
    "find_idle_groups": find_idle_groups,
    "deliver_mail": deliver_mail,
    "destroy_what_is_over": destroy_what_is_over,
    "erase_guests": erase_guests,
    "forget_words": forget_words,
    "forget_marks": forget_marks,
    "forget_notices": forget_notices,
    "look_after_guests": look_after_guests,
    "let_guests_go": let_guests_go,
    "move_campaigns_on": move_campaigns_on,
    "make_export": make_export,
    "make_case_record": make_case_record,
    "make_record": make_record,
    "send_link": send_link,
    "send_reset": send_reset,
    "sweep_accounts": sweep_accounts,
    "sweep_exports": sweep_exports,
    "sweep_files": sweep_files,
    "sweep_records": sweep_records,
    "take_in_words": take_in_words,
    "tick_cases": tick_cases,
    "tell_of": tell_of,
    "tell_what_holds": tell_what_holds,
    "read_import": read_import,
    "run_import": run_import,
    "sweep_imports": sweep_imports,
}
#: What runs by itself: job and when, as cron writes it.
TIMETABLE: dict[str, str] = {
    "assign_checks": "* * * * *",
    "assign_screenings": "* * * * *",
    "bring_holidays": "23 4 * * *",
    "deliver_mail": "* * * * *",
    "destroy_what_is_over": "11 3 * * *",
    "find_all_mentors": "23 * * * *",
    "find_idle_groups": "13 5 * * *",
    "erase_guests": "33 3 * * *",
    "forget_words": "43 3 * * *",
    "forget_marks": "41 3 * * *",
    "forget_notices": "51 3 * * *",
    "look_after_guests": "7 * * * *",
    "let_guests_go": "*/5 * * * *",
    "move_campaigns_on": "*/5 * * * *",
    "sweep_accounts": "17 * * * *",
    "sweep_exports": "47 * * * *",
    "sweep_files": "37 * * * *",
    "sweep_records": "49 * * * *",
    "take_in_words": "* * * * *",
    "tell_what_holds": "*/5 * * * *",
    "tick_cases": "* * * * *",
    "sweep_imports": "27 3 * * *",
}
