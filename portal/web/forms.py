"""Forms: WTForms, with our texts. A form collects all errors and keeps what was typed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, Self
from unicodedata import category

import wtforms
import wtforms.meta
import wtforms.widgets
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.form import BaseForm
from wtforms.validators import StopValidation, ValidationError

from portal.access.conflicts import Sensitive
from portal.files.store import Upload
from portal.tables.base import new_public_id
from portal.text.dates import number
from portal.text.language import gettext, lazy, ngettext, reader
from portal.text.markdown import LONGEST, rendered
from portal.web.hidden import HIDDEN, ONCE, FormKey, HiddenNumber
from portal.web.request import RESUMED_FIELD, Request, Typed
from portal.web.uploads import MOST_FILES

__all__ = [
    "OTHER_YEAR",
    "YEARS",
    "BooleanField",
    "DayField",
    "FilesField",
    "Form",
    "HiddenField",
    "HiddenNumber",
    "MomentField",
    "NumberField",
    "PasswordField",
    "RadioField",
    "SelectField",
    "StringField",
    "TagsField",
    "TextAreaField",
    "at_most",
    "choose_from",
    "lazy",
    "options",
    "required",
]

BooleanField = wtforms.BooleanField
HiddenField = wtforms.HiddenField
PasswordField = wtforms.PasswordField
RadioField = wtforms.RadioField
SelectField = wtforms.SelectField
LONGEST_KEY = 40
#: What stands at a text which says what is not for the square (rule 15), where nothing waits to be screened.
SENSITIVE = lazy("There is something sensitive in it, which does not belong here. Say it without that.")
#: What a date in a form may be: whatever zone it is shown in, it can be shown.
YEARS = range(2000, 2200)
OTHER_YEAR = lazy("Give a year from 2000 to 2199.")
FORMAT = "%Y-%m-%dT%H:%M"


class _Translations:
    """WTForms' own messages, through our texts."""

    def gettext(self, message: str) -> str:
        """In the reader's language."""
        return gettext(message)

    def ngettext(self, one: str, many: str, n: int) -> str:
        """In the reader's language."""
        return ngettext(one, many, n)


#: The messages of WTForms that our forms can bring up, named here so that they are translated.
OF_WTFORMS = (
    lazy("Not a valid choice."),
    lazy("Not a valid integer value."),
    lazy("Invalid Choice: could not coerce."),
)


class Form(wtforms.Form):
    """A form with a key: sent twice, it has one effect and gives the same answer."""

    class Meta(wtforms.meta.DefaultMeta):
        """Our texts instead of WTForms' own."""

        def get_translations(self, form: BaseForm) -> _Translations:
            """Ours."""
            return _Translations()

    form_key = FormKey(default=new_public_id)
    #: The field of the text that others read; what is sensitive in it is refused there.
    text_field = "body"
    #: The hidden field that says from what the form was filled, where others write the same.
    mark = "version"
    #: In which its fields stand on the page, where that is not as they are declared; the others come first. `reply_` is
    #: any that begins with it.
    order: tuple[str, ...] = ()
    #: Fields that are no part of what stands: they help to fill in the others, or tell about the change itself.
    apart: tuple[str, ...] = ()

    @classmethod
    async def sent(cls, request: Request, **options: Any) -> Any:
        """The form as it was sent, still to be checked with `valid()`."""
        form = cls(formdata=await request.typed(), **options)
        form.only_shown = any(name in form.typed for name in (RESUMED_FIELD, "preview"))
        return form

    def __init__(self, formdata: Any = None, obj: Any = None, **values: Any) -> None:
        super().__init__(formdata=formdata, obj=obj, **values)
        self.typed = formdata or Typed([])
        if not self.form_key.data or len(self.form_key.data) > LONGEST_KEY:
            self.form_key.data = new_public_id()
        self.only_shown = False

    def __iter__(self) -> Iterator[Any]:
        """The fields as they stand on the page."""
        places = {name: place for place, name in enumerate(self.order)}
        named = ((field.short_name, field) for field in super().__iter__())
        placed = [(places.get(name, places.get(name.partition("_")[0] + "_", -1)), field) for name, field in named]
        return iter([field for _, field in sorted(placed, key=lambda one: one[0])])

    @classmethod
    @cache
    def blank(cls) -> Self:
        """The form as it is before anybody types: the same one for all, so that parts of pages with it can be kept."""
        return cls(form_key=ONCE)

    @property
    def untouched(self) -> bool:
        """Whether it is everybody's: nobody has typed into it."""
        return bool(self.form_key.data == ONCE)

    def valid(self) -> bool:
        """Checks every field. A form that was sent to be previewed or resumed is only shown again."""
        return not self.only_shown and self.validate()

    @property
    def once(self) -> str:
        """The key of what is created: the same form with the same content creates it once, however often it is sent;
        one that was changed before it is sent again creates something new."""
        content = repr([(name, value) for name, value in self.typed.kept() if name != self.form_key.name])
        return hashlib.sha256(f"{self.form_key.data} {content}".encode()).hexdigest()[:LONGEST_KEY]

    @property
    def asks(self) -> list[Any]:
        """The fields that somebody fills in."""
        return [field for field in self if not isinstance(field, HIDDEN)]

    @property
    def complete(self) -> bool:
        """Whether it can be carried out: it was checked, and nothing is left to mend."""
        return not self.only_shown and not self.errors

    @property
    def status(self) -> int:
        """422 when there is something to mend, else 200."""
        return 422 if self.errors else 200

    def refuse(self, field: str, message: str) -> None:
        """Adds an error that only the action could find."""
        assert not self.untouched, "it is everybody's"
        self[field].errors = [*self[field].errors, message]

    @contextmanager
    def screened(self) -> Iterator[None]:
        """What is sensitive in what is done within is an error at its text, and nothing is done."""
        try:
            yield
        except Sensitive as sensitive:
            for field in self.texts_at(sensitive.places):
                self.refuse(field, SENSITIVE)

    def texts_at(self, places: Sequence[int]) -> list[str]:
        """The fields of these texts of many."""
        return [self.text_field]


class PreviewedForm(Form):
    """A form one text of which can be looked at before it is sent: `previewed` names its field, `preview_html` is the
    text as it will look, where that was asked for."""

    previewed = "body"
    preview_html: str | None = None

    @classmethod
    async def sent(cls, request: Request, **options: Any) -> Any:
        """With the preview made, if it was asked for."""
        form = await super().sent(request, **options)
        text = form[cls.previewed].data or ""
        if "preview" in form.typed and len(text) <= LONGEST:
            form.preview_html = await rendered(text)
        return form


class StringField(wtforms.StringField):
    """One line; white space around it goes, line breaks within are refused. A field that was not sent is empty."""

    def process_data(self, value: Any) -> None:
        """Nothing is the empty text."""
        super().process_data("" if value is None else value)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Strips."""
        super().process_formdata([value.strip() for value in valuelist])

    def pre_validate(self, form: BaseForm) -> None:
        """Refuses characters that belong to no line of text."""
        if self.data and any(ord(c) < 32 or c in "\x7f\u2028\u2029" for c in self.data):
            raise StopValidation(gettext("Use one line, without control characters."))


class TextAreaField(wtforms.TextAreaField):
    """Several lines. A field that was not sent is empty."""

    def process_data(self, value: Any) -> None:
        """Nothing is the empty text."""
        super().process_data("" if value is None else value)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Strips."""
        super().process_formdata([value.strip() for value in valuelist])


class TagsField(StringField):
    """Words, separated by commas; `data` is a list in lower case without doubles."""

    data: Any
    most = 5
    longest = 30
    shape = re.compile(r"^\w[\w -]*$")
    too_many = lazy("Use at most %(n)s tags.")
    no_tag = lazy("“%(tag)s” can’t be a tag: use letters, digits, spaces and hyphens, at most 30.")

    def process_formdata(self, valuelist: list[str]) -> None:
        """Splits."""
        words = ",".join(valuelist).lower().replace("#", "").split(",")
        self.data = list(dict.fromkeys(" ".join(word.split()) for word in words if word.strip()))

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return ", ".join(self.data or [])

    def pre_validate(self, form: BaseForm) -> None:
        """A few short words; all that is wrong with them is said at once."""
        tags = self.data or []
        wrong = [str(self.too_many) % {"n": self.most}] if len(tags) > self.most else []
        for tag in tags:
            if len(tag) > self.longest or not self.shape.match(tag):
                wrong.append(str(self.no_tag) % {"tag": tag[:40]})
        if wrong:
            raise StopValidation(" ".join(wrong))


class FilesField(wtforms.Field):
    """Files; `data` is a list of what was chosen. They can't be kept for another try: browsers forget them."""

    widget = wtforms.widgets.FileInput(multiple=True)
    data: list[Upload]

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Takes what came under this name."""
        self.process_errors = []
        self.data = [file for file in getattr(formdata, "files", ()) if file.field == self.name]

    def pre_validate(self, form: BaseForm) -> None:
        """Not more than a form may hold."""
        if len(self.data) > MOST_FILES:
            raise StopValidation(gettext("Send at most %(n)s files at once.") % {"n": MOST_FILES})


class MomentField(wtforms.Field):
    """A date and time in the reader's zone, as browsers send it; `data` is aware, `raw_data` what was typed."""

    widget = wtforms.widgets.TextInput()
    data: datetime | None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads the reader's wall clock."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            self.data = datetime.strptime(valuelist[0].strip()[:16], FORMAT).replace(tzinfo=reader().tz)
        except ValueError:
            raise ValueError(gettext("Give a date and a time, such as 2027-01-31T09:00.")) from None
        if self.data.year not in YEARS:
            self.data = None
            raise ValueError(OTHER_YEAR)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.astimezone(reader().tz).strftime(FORMAT) if self.data else ""


class DayField(wtforms.Field):
    """A day, as browsers send it; `data` is it, `raw_data` what was typed."""

    widget = wtforms.widgets.TextInput()
    data: date | None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads the calendar."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            self.data = date.fromisoformat(valuelist[0].strip())
        except ValueError:
            raise ValueError(gettext("Give a date, such as 2027-01-31.")) from None
        if self.data.year not in YEARS:
            self.data = None
            raise ValueError(OTHER_YEAR)

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else self.data.isoformat() if self.data else ""


class NumberField(wtforms.IntegerField):
    """A whole number from `low` to `high`."""

    def __init__(self, label: str, low: int, high: int, **options: Any) -> None:
        super().__init__(label, **options)
        self.low, self.high = low, high

    def pre_validate(self, form: BaseForm) -> None:
        """Within its limits."""
        if not self.errors and (self.data is None or not self.low <= self.data <= self.high):
            words = gettext("Give a number from %(low)s to %(high)s.")
            raise StopValidation(words % {"low": number(self.low), "high": number(self.high)})


#: Letters and signs by their kind that nobody sees: fillers of Korean and the empty Braille cell.
BLANKS = "\u115f\u1160\u2800\u3164\uffa0"


def unseen(text: str) -> bool:
    """Whether nothing of it is seen: white space, and characters that only say how others are set."""
    return all(c.isspace() or c in BLANKS or category(c) in ("Cf", "Cc", "Mn") for c in text)


Validator = Callable[[wtforms.Form, wtforms.Field], None]


def required(message: str) -> Validator:
    """The field may not be empty; `message` says what to do."""

    def check(form: wtforms.Form, field: wtforms.Field) -> None:
        if field.data is None or field.data in ("", []) or (isinstance(field.data, str) and unseen(field.data)):
            if field.raw_data and str(field.raw_data[0]).strip() and field.errors:
                raise StopValidation  # what could not be read has its message already
            field.errors = []
            raise StopValidation(message)

    check.field_flags = {"required": True}  # type: ignore[attr-defined]
    return check


@lru_cache(maxsize=1)
def text_areas() -> frozenset[str]:
    """The names of all fields of the product in which people write texts."""
    forms, names = [Form], set()
    for form in forms:
        forms += form.__subclasses__()
        fields = ((name, getattr(form, name)) for name in dir(form))
        names |= {name for name, field in fields if issubclass(getattr(field, "field_class", str), TextAreaField)}
    return frozenset(names)


def at_most(length: int) -> Validator:
    """No more than so many characters."""

    def check(form: wtforms.Form, field: wtforms.Field) -> None:
        if field.data and len(field.data) > length:
            words = gettext("This is %(n)s characters long; keep it to %(most)s.")
            raise ValidationError(words % {"n": number(len(field.data)), "most": number(length)})

    check.field_flags = {"maxlength": length}  # type: ignore[attr-defined]
    return check


def options(pairs: Iterable[tuple[str, str]]) -> list[Any]:
    """What a select or a row of radio buttons offers: value and words."""
    return [SelectChoice(value, words) for value, words in pairs]


def choose_from(pairs: Iterable[tuple[str, str]]) -> list[Any]:
    """The same, with nothing chosen yet."""
    return options([("", gettext("Choose…")), *pairs])
