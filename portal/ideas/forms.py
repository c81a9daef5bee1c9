"""The forms of an idea and of its answer."""

from __future__ import annotations

from datetime import date
from typing import Any

import wtforms
from wtforms.validators import StopValidation

from portal.text.answers import ANSWER_KINDS
from portal.text.language import LANGUAGES, gettext
from portal.text.markdown import LONGEST, rendered
from portal.web.forms import (
    YEARS,
    Form,
    HiddenNumber,
    RadioField,
    StringField,
    TagsField,
    TextAreaField,
    at_most,
    lazy,
    options,
    required,
)
from portal.web.request import Request


class IdeaForm(Form):
    """What should change, and how. `preview_html` is the body as it will look, when it was asked for."""

    title = StringField(lazy("Title"), [required(lazy("Give your idea a title.")), at_most(90)])
    body = TextAreaField(lazy("What do you propose?"), [required(lazy("Say what you propose.")), at_most(LONGEST)])
    tags = TagsField(lazy("Tags"))
    language = RadioField(lazy("Language"), choices=options(LANGUAGES.items()))
    version = HiddenNumber(default=1)
    preview_html: str | None = None

    @classmethod
    async def sent(cls, request: Request, **options: Any) -> Any:
        """With the preview made, if it was asked for."""
        form = await super().sent(request, **options)
        if "preview" in form.typed and len(form.body.data or "") <= LONGEST:
            form.preview_html = await rendered(form.body.data or "")
        return form


class AnswerForm(Form):
    """The official answer."""

    kind = RadioField(
        lazy("The decision"),
        [required(lazy("Choose the decision."))],
        choices=options((kind, words.choice) for kind, words in ANSWER_KINDS.items()),
    )
    summary = StringField(
        lazy("The answer in one line"), [required(lazy("Sum the answer up in one line.")), at_most(200)]
    )
    reason = TextAreaField(lazy("Why?"), [required(lazy("Give the reason.")), at_most(LONGEST)])
    from_when = StringField(lazy("From when?"), [at_most(120)])
    next_step = StringField(
        lazy("What happens next?"),
        [required(lazy("Say what happens next, even if it is nothing.")), at_most(300)],
    )
    next_owner_email = StringField(
        lazy("Who sees to it?"), [required(lazy("Name the colleague who sees to it.")), at_most(254)]
    )
    next_date = StringField(lazy("News by"))
    next_day: date | None = None

    def validate_next_date(self, field: wtforms.Field) -> None:
        """A date, where one is given."""
        if not field.data:
            return
        try:
            day = date.fromisoformat(field.data)
        except ValueError:
            day = date.max
        if day.year not in YEARS:
            raise StopValidation(gettext("Give a date, such as 2027-01-31."))
        self.next_day = day
