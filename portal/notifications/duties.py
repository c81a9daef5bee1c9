"""The duties that people have in cases, in words: what each is called, what it means, and where it is done."""

from __future__ import annotations

from typing import NamedTuple

from portal.events.kinds import Kind
from portal.text.language import lazy

#: What tells the duties of one kind apart: the subject, the reason, the step or the share of the time of an event `e`.
ABOUT = """
    concat_ws(' ', e.particulars ->> 'about', e.particulars ->> 'why', e.particulars ->> 'step',
        e.particulars ->> 'percent')
"""


class Words(NamedTuple):
    """`head`: what a notice and a subject say, before the thing's title; `tells`: what it means, with its moments;
    `where`: what follows the address of the case; None: on the item's own page."""

    head: str
    tells: str
    where: str | None = ""


_ASSIGNED = lazy(
    "Say by %(acknowledge)s on which day you answer. The answer itself is due on %(due)s; that leaves %(left)s. If it "
    "is not yours to decide, hand it over or declare a conflict of interest on its page."
)
_DUE = lazy("The answer is due on %(due)s; that leaves %(left)s. Nothing but a question to the author stops the clock.")

#: By the kind of event, and where one kind has several, by what it is about (ABOUT).
DUTIES: dict[str, Words] = {
    Kind.DUTY_WATCH: Words(
        lazy("Keep an eye on this"),
        lazy(
            "As many people discuss it as would oblige somebody to answer, but few support it yet. Nobody owes an "
            "answer; you are asked to look after the thread, and to tell readers that support is what counts."
        ),
        None,
    ),
    Kind.DUTY_TRIAGE: Words(
        lazy("Name who decides"),
        lazy(
            "Enough people support it, so an answer is owed. Say what it is about, and who decides. If nobody does so "
            "by %(triage)s, the rules name somebody."
        ),
        "/triage",
    ),
    Kind.DUTY_ASSIGNED: Words(lazy("You decide about this"), _ASSIGNED, "#desk"),
    f"{Kind.DUTY_ASSIGNED}/absent": Words(lazy("You decide about this while a colleague is away"), _ASSIGNED, "#desk"),
    f"{Kind.DUTY_ASSIGNED}/not acknowledged": Words(
        lazy("You decide about this, because nobody said when the answer comes"), _ASSIGNED, "#desk"
    ),
    f"{Kind.DUTY_ASSIGNED}/unreachable": Words(
        lazy("You decide about this, because who had it cannot be reached"), _ASSIGNED, "#desk"
    ),
    f"{Kind.DUTY_ASSIGNED}/handed over": Words(lazy("This was handed over to you"), _DUE, "#desk"),
    f"{Kind.DUTY_ASSIGNED}/conflict": Words(
        lazy("You decide about this, because who had it may not"), _ASSIGNED, "#desk"
    ),
    f"{Kind.DUTY_ASSIGNED}/raised": Words(lazy("Many more people ask: you decide about this"), _DUE, "#desk"),
    f"{Kind.DUTY_ASSIGNED}/review": Words(
        lazy("You look at an answer again"),
        lazy(
            "Too few of those who asked say that it answers their question. Give the answer that is the last, by "
            "%(due)s; that leaves %(left)s."
        ),
        "#desk",
    ),
    f"{Kind.DUTY_ASSIGNED}/reopened": Words(
        lazy("A promise was not kept, and you answer again"),
        _ASSIGNED,
        "#desk",
    ),
    f"{Kind.DUTY_ASSIGNED}/late": Words(
        lazy("You decide about this now, because it is late"),
        lazy("The answer was due on %(due)s. Everybody reads that it is late."),
        "#desk",
    ),
    Kind.DUTY_REMINDER: Words(lazy("Its time is running"), _DUE, "#desk"),
    f"{Kind.DUTY_REMINDER}/answer 50": Words(lazy("Half of the time is over"), _DUE, "#desk"),
    f"{Kind.DUTY_REMINDER}/answer 80": Words(lazy("Answer soon"), _DUE, "#desk"),
    f"{Kind.DUTY_REMINDER}/answer 100": Words(
        lazy("Your answer is late"),
        lazy(
            "The answer was due on %(due)s. Everybody reads that it is late, and who stands above you was told. On "
            "%(next)s it is hers or his to decide."
        ),
        "#desk",
    ),
    f"{Kind.DUTY_REMINDER}/statement": Words(
        lazy("No first statement yet"),
        lazy(
            "It was due on %(statement)s, and everybody reads that there is none. Say what you find out, and when they "
            "hear more; it takes no decision. The answer is due on %(due)s."
        ),
        "/statement",
    ),
    f"{Kind.DUTY_REMINDER}/question": Words(
        lazy("A question to you"),
        lazy(
            "Who decides asks you, for everybody to read: “%(question)s” Answer it until %(until)s at the latest. "
            "Until then the clock stands still."
        ),
        "/reply",
    ),
    f"{Kind.DUTY_REMINDER}/clarified": Words(
        lazy("The clock goes on"),
        lazy(
            "The question to the author is answered, or its time is over. The answer is due on %(due)s; that leaves "
            "%(left)s."
        ),
        "#desk",
    ),
    f"{Kind.DUTY_REMINDER}/extension": Words(
        lazy("It is decided whether you have more time"),
        lazy("The answer is due on %(due)s; that leaves %(left)s. There is no second extension."),
        "#desk",
    ),
    f"{Kind.DUTY_OVERDUE}/1": Words(
        lazy("Late in your line"),
        lazy(
            "%(owner)s owed an answer by %(due)s, and everybody reads that it is late. You need not do anything yet; "
            "on %(next)s it is yours to decide."
        ),
    ),
    Kind.DUTY_OVERDUE: Words(
        lazy("Very late, and yours to decide"),
        lazy("The answer was due on %(due)s. It went up the line, because nobody gave it. Nothing closes by itself."),
        "#desk",
    ),
    Kind.DUTY_OFFERED: Words(
        lazy("You are asked to take this over"),
        lazy(
            "%(owner)s decides about it until you say yes. Why you are asked stands there. The answer is due on "
            "%(due)s; that leaves %(left)s."
        ),
        "/takeover",
    ),
    f"{Kind.DUTY_REMINDER}/not taken": Words(
        lazy("It was not taken over"),
        lazy("Who was asked said no: it stays with %(owner)s. The answer is due on %(due)s; that leaves %(left)s."),
        "#desk",
    ),
    Kind.DUTY_EXTENSION: Words(
        lazy("More time is asked for"),
        lazy(
            "%(owner)s asks for more time, %(days)s, because: “%(reason)s” Say yes or no before %(due)s; else the day "
            "stays."
        ),
        "/agreement",
    ),
    f"{Kind.DUTY_REMINDER}/advice": Words(
        lazy("The advice that you asked for is late"),
        lazy("Nothing stops the clock for it: the answer is due on %(due)s; that leaves %(left)s."),
        "/team",
    ),
    Kind.DUTY_APPROVAL: Words(
        lazy("An answer waits for your yes or no"),
        lazy(
            "%(owner)s would say that this can’t be discussed in public. It is published once you agree; if you do "
            "not, send it back with a reason. The answer is due on %(due)s."
        ),
        "#approval",
    ),
    f"{Kind.DUTY_REMINDER}/sent back": Words(
        lazy("Your answer was sent back"),
        lazy("Why stands with your draft. The answer is due on %(due)s; that leaves %(left)s."),
        "#answering",
    ),
    Kind.DUTY_STAFFED: Words(
        lazy("You are on the team of a case"),
        lazy("You read the case with its private notes, and help who decides. The answer is due on %(due)s."),
        "/team",
    ),
    Kind.DUTY_CONSULTED: Words(
        lazy("Your advice is asked"),
        lazy(
            "What is asked of you, and by when, stands with the case. The answer is due on %(due)s; nothing stops it."
        ),
        "/team",
    ),
    Kind.DUTY_ADVISED: Words(
        lazy("The advice that you asked for is there"),
        lazy("It stands with the case. The answer is due on %(due)s; that leaves %(left)s."),
        "/team",
    ),
    Kind.DUTY_PROMISE: Words(
        lazy("You see to a promise"),
        lazy(
            "It was promised in an answer that everybody reads. Tell every few weeks how it goes, and say when it is "
            "done; those who asked for it are asked, too."
        ),
        "#promises",
    ),
    f"{Kind.DUTY_PROMISE}/news": Words(
        lazy("Tell how your promise goes"),
        lazy("Nothing was told of it for weeks. Without news in the next days the case is opened again."),
        "#promises",
    ),
    f"{Kind.DUTY_PROMISE}/late": Words(
        lazy("Your promise is late"),
        lazy(
            "Its day is over. Those who asked for it are asked whether it is done; if too few say yes, the case is "
            "opened again."
        ),
        "#promises",
    ),
    f"{Kind.DUTY_PROMISE}/moved": Words(
        lazy("A promise in your line was moved again"),
        lazy(
            "Its day was moved for the second time or more. Everybody reads why. You need not do anything, but you can "
            "ask whoever sees to it."
        ),
        "#promises",
    ),
    f"{Kind.DUTY_PROMISE}/passed on": Words(
        lazy("You see to a promise now"),
        lazy(
            "Whoever saw to it left. It was promised in an answer that everybody reads. Tell how it goes, and say when "
            "it is done."
        ),
        "#promises",
    ),
    Kind.DUTY_UNOWNED: Words(
        lazy("Nobody is there to decide about this"),
        lazy(
            "No rule names somebody who is there and may decide it. Name somebody, or mend the rules; its clock "
            "runs on."
        ),
        "/triage",
    ),
}


def duty_of(kind: str, about: str) -> Words:
    """The words for a duty: the nearest that there are."""
    return DUTIES.get(f"{kind}/{about}") or DUTIES[kind]
