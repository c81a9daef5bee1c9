"""Writing mail: by kind, in the reader's language, through the reader's eyes, at the moment it goes out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from functools import lru_cache
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from portal.access.actor import Actor, actor_of_person
from portal.access.policy import Action, can
from portal.accounts.actions import RESET_MINUTES, new_reset_token
from portal.accounts.queries import account_of_person
from portal.moderation import receipts as moderation
from portal.moderation.queries import queues
from portal.names.queries import names_in
from portal.notifications import guests, leavers, of_files, of_ideas, of_moves, starters
from portal.notifications.news import write_news
from portal.notifications.queries import answered_idea, given_role, idle_group, label_of, mentioned_in
from portal.settings import ROOT, settings
from portal.text.answers import ANSWER_KINDS
from portal.text.dates import plain_date
from portal.text.language import Reader, gettext, ngettext, reading
from portal.text.markdown import excerpt
from portal.text.mentions import shown
from portal.text.roles import ROLE_NAMES
from portal.text.rules import HOUSE_RULES

Written = tuple[str, dict[str, Any]]


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


async def _role(reader: Actor, event: int | None) -> Written | None:
    given = await given_role(reader, event) if event is not None else None
    if given is None:
        return None
    given = msgspec.structs.replace(given, role=str(ROLE_NAMES[given.role]))
    return gettext("A new role in %(group)s") % {"group": given.space}, {
        "given": given,
        "address": f"{settings().base_url}/spaces/{given.public_id}",
    }


async def _idle_group(reader: Actor, event: int | None) -> Written | None:
    group = await idle_group(reader, event) if event is not None else None
    if group is None:
        return None
    return gettext("Is %(group)s still needed?") % {"group": group.name}, {
        "group": group,
        "address": f"{settings().base_url}/spaces/{group.public_id}",
    }


async def _receipt(reader: Actor, event: int | None) -> Written | None:
    about = await moderation.of_event(reader, event) if event is not None else None
    receipt = await moderation.get_receipt(reader, about.decision) if about else None
    if receipt is None or not can(reader, Action.RECEIPT_READ, receipt):
        return None
    names = await names_in(reader, [receipt.body_html])
    return receipt.heading, {
        "heading": receipt.heading,
        "receipt": receipt,
        "rule": HOUSE_RULES[receipt.rule],
        "text": "" if receipt.reversed else excerpt(shown(receipt.body_html, names), 2000),
        "until": plain_date(receipt.appeal_until.date()) if can(reader, Action.RECEIPT_APPEAL, receipt) else None,
        "address": f"{settings().base_url}/receipts/{receipt.public_id}",
    }


async def _shown(reader: Actor, event: int | None) -> Written | None:
    thing = await moderation.shown_by(reader, event) if event is not None else None
    if thing is None:
        return None
    return gettext("Everybody in %(space)s can read it now") % {"space": thing.space}, {
        "thing": thing,
        "address": f"{settings().base_url}{thing.path}",
    }


async def _moderation_queue(reader: Actor, event: int | None) -> Written | None:
    about = await moderation.of_event(reader, event) if event is not None else None
    queue = next(iter(await queues(reader, about.space)), None) if about else None
    if queue is None or not queue.open + queue.appeals:
        return None
    return gettext("To moderate in %(space)s") % {"space": queue.space_name}, {
        "queue": queue,
        "address": f"{settings().base_url}/spaces/{queue.space_public_id}/moderation",
    }


async def _moderator_needed(reader: Actor, event: int | None) -> Written | None:
    about = await moderation.of_event(reader, event) if event is not None else None
    if about is None or not reader.administrator:
        return None
    return gettext("A moderator is needed"), {
        "space": about.space_name,
        "address": f"{settings().base_url}/admin/roles",
    }


async def _mention(reader: Actor, event: int | None) -> Written | None:
    comment = await mentioned_in(reader, event) if event is not None else None
    if comment is None:
        return None
    by = comment.by or gettext("Somebody who left")
    return gettext("%(name)s mentions you: %(title)s") % {"name": by, "title": comment.title}, {
        "title": comment.title,
        "by": by,
        "words": excerpt(shown(comment.body_html, comment.mentions)),
        "address": f"{settings().base_url}/comments/{comment.comment_public_id}",
    }


KINDS: dict[str, Callable[[Actor, int | None], Awaitable[Written | None]]] = {
    "password_reset": _password_reset,
    "campaign": write_news,
    "answer": _answer,
    "ask": of_ideas.write_question,
    "guest_data": leavers.write_ending_data,
    "file_wish": of_files.write_wish,
    "help": of_ideas.write_offer,
    "idea_corrected": of_ideas.write_correction,
    "idea_news": of_ideas.write_news,
    "role": _role,
    "idle_group": _idle_group,
    "receipt": _receipt,
    "shown": _shown,
    "moderation_queue": _moderation_queue,
    "moderator_needed": _moderator_needed,
    "mention": _mention,
    "sign_in_link": guests.write_sign_in_link,
    "guest_news": guests.write_guest_news,
    "moved": of_moves.write_move,
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
