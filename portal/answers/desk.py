"""The desk at which an answer is given: its form, what that says, and how it will look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from portal.answers.actions import Decision
from portal.answers.drafts import COLUMNS, Draft, Typed
from portal.answers.forms import AnswerForm, mark_of
from portal.answers.queries import (
    AnswerRow,
    AnswerText,
    OwedAgain,
    PolicyChoice,
    owed_again,
    policies_to_choose,
)
from portal.colleagues.forms import chosen_colleague
from portal.colleagues.queries import Colleague, colleagues_called
from portal.crowd.queries import Objection, first_objections, objections_of
from portal.db import read_together
from portal.ideas.queries import IdeaRow
from portal.starts.queries import Start, starts_to_choose
from portal.text.answers import ANSWER_KINDS
from portal.text.language import gettext
from portal.web.request import Request

LONGEST_SECRET = timedelta(days=183)  # until what can't be discussed is looked at again: six months


class Desk:
    """What answering one item needs. `owed`: its case asks for it; `secret`: it may be about what can't be discussed in
    public; `decider`: whose answer it will be, by public id and name. Beside its form stand the `objections`, counted,
    and the `first` of them; `again`: its case, where the next answer is owed."""

    objections = 0
    first: Sequence[Objection] = ()
    again: OwedAgain | None = None

    def __init__(
        self,
        request: Request,
        idea: IdeaRow,
        policies: list[PolicyChoice],
        starts: list[Start],
        *,
        owed: bool,
        secret: bool = False,
        draft: Draft | None = None,
        decider: tuple[str, str] | None = None,
    ) -> None:
        self.request = request
        self.idea = idea
        self.policies = policies
        self.starts = starts
        self.owed = owed
        self.draft = draft
        self.decider = decider or (request.actor.public_id, request.actor.name)
        self.kind = AnswerForm.of(idea.core_questions, policies, starts, owed=owed, secret=secret)

    def filled(self) -> Any:
        """The form as it was saved last, or an empty one."""
        if self.draft is None:
            return self.kind(version=0 if self.owed else 1, replies_to=mark_of(self.idea.core_questions))
        replies = {f"reply_{n}": reply for n, reply in enumerate(self.draft.replies)}
        form = self.kind(obj=self.draft, **replies)
        form.replies_to.data = mark_of(self.idea.core_questions)
        form.asked_anew = self.draft.replies_to != form.replies_to.data
        return form

    def standing(self, text: AnswerText) -> Any:
        """The form with the answer as it stands."""
        replies = {f"reply_{n}": reply for n, reply in enumerate(text.replies)}
        return self.kind(obj=text, replies_to=mark_of(self.idea.core_questions), **replies)

    async def sent(self) -> Any:
        """The form as it was sent; a starting text that was chosen fills what is empty."""
        form = await self.kind.sent(self.request)
        if "use" in form.typed and form.start:
            form.only_shown = True
            chosen = next((one for one in self.starts if one.public_id == form.start.data), None)
            if chosen:
                form.begin_with(chosen)
        return form

    def typed(self, form: Any) -> Typed:
        """What stands in it."""
        fields = {name: (form[name].data or "") if form[name] else "" for name in COLUMNS if name in form}
        return Typed(dict.fromkeys(COLUMNS, "") | fields, [field.data or "" for field in form.replies])

    async def decision(self, form: Any) -> Decision | None:
        """What the form says, if it is complete, and who is named in it can read the item."""
        form.valid()
        today = self.request.now.date()
        if form.next_day and form.next_day < today:
            form.refuse("next_date", gettext("Give a day that is still to come."))
        if form.review_day and not today < form.review_day <= today + LONGEST_SECRET:
            form.refuse("review_on", gettext("Give a day within six months."))
        if form.replies and not form.only_shown and form.replies_to.data != mark_of(self.idea.core_questions):
            form.replies_to.data = mark_of(self.idea.core_questions)
            for field in form.replies:
                form.refuse(
                    field.name, gettext("The author changed the questions meanwhile: look at your reply again.")
                )
        owner = await self._named(form, "next_owner_called")
        approver = await self._named(form, "approver_called") if form.approver_called and form.for_approval else None
        if owner is None or not form.complete:
            return None
        secret, policy = form.for_approval, self._policy(form)
        return Decision(
            kind=form.kind.data,
            summary=form.summary.data,
            reason=form.reason.data,
            from_when=form.from_when.data,
            next_step=form.next_step.data,
            next_owner=owner.id,
            next_date=form.next_day,
            whose=form.whose.data,
            category=form.category.data if secret else "",
            review_on=form.review_day if secret else None,
            approver=approver.id if approver else None,
            policy_version=policy.id if policy else None,
            questions=self.idea.core_questions,
            replies=tuple(field.data for field in form.replies),
        )

    def _policy(self, form: Any) -> PolicyChoice | None:
        chosen = form.policy.data if form.policy else ""
        return next((one for one in self.policies if one.key == chosen), None)

    async def _named(self, form: Any, field: str) -> Colleague | None:
        return await chosen_colleague(self.request.actor, form, field, None if self.owed else self.idea.space)

    async def preview(self, form: Any) -> AnswerRow | None:
        """The answer as the crowd will read it, if there is anything to show."""
        if form.preview_html is None or form.kind.data not in ANSWER_KINDS:
            return None
        policy = self._policy(form)
        return self.row(
            form.preview_html,
            kind=form.kind.data,
            summary=form.summary.data,
            from_when=form.from_when.data,
            next_step=form.next_step.data,
            next_owner_name=await self._name_of(form.next_owner_called.data),
            next_date=form.next_day,
            whose=form.whose.data,
            category=form.category.data if form.category else "",
            review_on=form.review_day,
            approver_name=await self._name_of(form.approver_called.data) if form.approver_called else "",
            questions=self.idea.core_questions,
            replies=tuple(field.data for field in form.replies),
            policy_public_id="" if policy else None,
            policy_title=policy.title if policy else None,
            policy_version=policy.version if policy else None,
        )

    async def _name_of(self, words: str) -> str:
        """How readers see whoever is named so; what was typed, where that is nobody, or several."""
        called = await colleagues_called(self.request.actor, words, self.idea.space) if words else []
        return called[0].name if len(called) == 1 else words

    def row(self, html: str, **said: Any) -> AnswerRow:
        """An answer that is not published yet, in the shape of one that is."""
        public_id, name = self.decider
        return AnswerRow(
            public_id="",
            reason_html=html,
            language=self.request.actor.language,
            author_public_id=public_id,
            author_name=name,
            author_title="",
            created_at=self.request.now,
            version=1,
            corrected_at=None,
            **said,
        )


async def desk_for(request: Request, idea: IdeaRow) -> Desk:
    """The desk of what has no case, or of an answer that is corrected."""
    actor = request.actor
    known = await read_together(
        policies=policies_to_choose(actor),
        starts=starts_to_choose(actor),
        objections=objections_of(actor, idea.id),
        first=first_objections(actor, idea.id),
        again=owed_again(actor, idea),
    )
    desk = Desk(request, idea, known["policies"], [] if idea.answered else known["starts"], owed=idea.open_case)
    desk.objections, desk.first = known["objections"][0].objections, known["first"]
    desk.again = known["again"][0] if idea.answered and known["again"] else None
    return desk
