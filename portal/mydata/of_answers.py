"""What somebody takes along of the answers that she gives, writes and agrees to."""

from __future__ import annotations

from portal import tables as t
from portal.mydata.part import Part
from portal.text.language import lazy

ANSWERS = (
    Part(
        "answers",
        lazy("Answers that you gave"),
        t.Answer,
        "author",
        (
            *("idea", "kind", "summary", "reason", "from_when", "next_step", "next_date", "whose", "category"),
            *("review_on", "replies", "created_at"),
        ),
    ),
    Part(
        "answer_versions",
        lazy("Earlier texts of your answers"),
        t.AnswerVersion,
        "author",
        (
            *("version", "kind", "summary", "reason", "from_when", "next_step", "whose", "category", "review_on"),
            *("replies", "created_at"),
        ),
    ),
    Part("approved", lazy("Answers that you agreed to"), t.Answer, "approver", ("idea", "kind", "created_at")),
    Part(
        "drafted",
        lazy("Answers that you are writing"),
        t.AnswerDraft,
        "edited_by",
        (
            *("kind", "summary", "reason", "from_when", "next_step", "next_date", "whose", "category", "review_on"),
            *("replies", "edited_at"),
        ),
    ),
    Part("sent_back", lazy("Answers that you sent back"), t.AnswerDraft, "sent_back_by", ("sent_back",)),
    Part(
        "starts",
        lazy("Starting texts of answers that you wrote"),
        t.AnswerStart,
        "author",
        ("name", "kind", "summary", "reason", "next_step", "created_at"),
    ),
)
