"""Writing mail: by kind, in the reader's language, through the reader's eyes, at the moment it goes out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from functools import lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from portal.access.actor import Actor, actor_of_person
from portal.accounts.actions import RESET_MINUTES, new_reset_token
from portal.accounts.queries import account_of_person
from portal.notifications import (
    guests,
    leavers,
    of_cases,
    of_clusters,
    of_delegates,
    of_files,
    of_ideas,
    of_moderation,
    of_moves,
    of_policies,
    of_promises,
    of_screening,
    of_spaces,
    of_threads,
    owners,
    starters,
)
from portal.notifications.news import write_news
from portal.notifications.queries import answered_idea, label_of
from portal.notifications.written import Written
from portal.settings import ROOT, settings
from portal.text.answers import ANSWER_KINDS
from portal.text.language import Reader, gettext, ngettext, reading


@lru_cache(maxsize=1)
def _environment() -> Environment:
    """Plain text: nothing is escaped, and nothing here is ever sent as HTML."""
    env = Environment(
        loader=FileSystemLoader(ROOT / "templates" / "emails"),
        autoescape=False,  # noqa: S701
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    return env


async def _password_reset(reader: Actor, event: int | None) -> Written:
    """To whoever never had a password this is an invitation."""
    token = await new_reset_token(reader.id)
    account = await account_of_person(reader.id)
    invited = account is not None and account.password_hash is None
    return gettext("Welcome to Plein: choose your password") if invited else gettext("Choose a new password"), {
        "invited": invited,
        "address": f"{settings().base_url}/password-reset/{token}",
        "minutes": RESET_MINUTES,
    }


async def _answer(reader: Actor, event: int | None) -> Written | None:
    idea = await answered_idea(reader, event) if event is not None else None
    if idea is None:
        return None
    subject = gettext("Answer corrected: %(title)s") if idea.corrected else gettext("Answered: %(title)s")
    return subject % {"title": idea.title}, {
        "idea": idea,
        "decision": ANSWER_KINDS[idea.kind].mail,
        "address": f"{settings().base_url}/ideas/{idea.idea_public_id}",
    }


KINDS: dict[str, Callable[[Actor, int | None], Awaitable[Written | None]]] = {
    "password_reset": _password_reset,
    "campaign": write_news,
    "answer": _answer,
    "after_answer": of_promises.write_after_answer,
    "ask": of_ideas.write_question,
    "guest_data": leavers.write_ending_data,
    "file_wish": of_files.write_wish,
    "cluster": of_clusters.write_change,
    "delegate": of_delegates.write_delegate,
    "duty": of_cases.write_duty,
    "help": of_ideas.write_offer,
    "idea_corrected": of_ideas.write_correction,
    "idea_news": of_ideas.write_news,
    "role": of_spaces.write_role,
    "idle_group": of_spaces.write_idle_group,
    "appeal": of_moderation.write_appeal,
    "receipt": of_moderation.write_receipt,
    "shown": of_moderation.write_shown,
    "moderation_queue": of_moderation.write_queue,
    "moderator_needed": of_moderation.write_needed,
    "comment": of_threads.write_comment,
    "reply": of_threads.write_reply,
    "duty_bounced": of_spaces.write_bounced,
    "mention": of_threads.write_mention,
    "sign_in_link": guests.write_sign_in_link,
    "guest_news": guests.write_guest_news,
    "moved": of_moves.write_move,
    "policy": of_policies.write_policy,
    "owner_left": owners.write_owner_left,
    "screening": of_screening.write_screening,
    "screener_needed": of_screening.write_needed,
    "unmasked": of_screening.write_unmasked,
    "starter": starters.write_starter_news,
}


async def write(kind: str, recipient: int, event: int | None) -> EmailMessage | None:
    """The message, or None when there is nothing that its recipient may read."""
    actor, account = await actor_of_person(recipient), await account_of_person(recipient)
    if actor is None or account is None:
        return None
    with reading(Reader.at(actor.now, actor.language, actor.zone)):
        written = await KINDS[kind](actor, event)
        if written is None:
            return None
        if event is not None and await label_of(event) != "internal":
            kind = "confidential"
            written = (gettext("Something new where it is confidential"), {"address": written[1]["address"]})
        return _message(kind, account.email, actor.organisation_name, actor.now, written, reader=actor)


async def write_invitation(invitation: int) -> EmailMessage | None:
    """To whoever is invited, in the language that was chosen for her; None once the invitation does not stand."""
    mail = await guests.invitation_mail(invitation)
    if mail is None:
        return None
    written = await guests.write_invitation(invitation, mail)
    with reading(Reader.at(mail.now, mail.language, mail.zone)):
        return _message("invitation", mail.email, mail.organisation, mail.now, written)


def _message(kind: str, to: str, organisation: str, now: datetime, written: Written, **context: Any) -> EmailMessage:
    subject, values = written
    template = _environment().get_template(f"{kind}.txt")
    text = template.render(organisation=organisation, base_url=settings().base_url, **context, **values)
    message = EmailMessage()
    message["From"] = Address(f"{_one_line(organisation)} – Plein", addr_spec=settings().mail_from)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = _one_line(subject)
    message["Date"] = formatdate(now.timestamp())
    message["Message-ID"] = make_msgid(domain=settings().mail_from.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def _one_line(text: str) -> str:
    return " ".join(text.split())
