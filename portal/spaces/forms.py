"""The forms of spaces: one for all kinds, of which each kind leaves out what it has no use for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import wtforms
from wtforms.validators import StopValidation

from portal.access.actor import Actor
from portal.colleagues.forms import ColleagueField
from portal.spaces.actions import WITH_GUESTS, Draft
from portal.spaces.queries import CharterRow, OwningUnit, SpaceRow
from portal.text.language import LANGUAGES, Reader, gettext, reading
from portal.text.markdown import LONGEST
from portal.text.spaces import CHECKS, LABELS_AT_LENGTH, LEAVERS, NATURES, PRESETS
from portal.units.forms import chosen_unit
from portal.units.paths import UnitPaths
from portal.web.beside import SeenForm
from portal.web.forms import (
    BooleanField,
    DayField,
    Form,
    HiddenNumber,
    NumberField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    at_most,
    lazy,
    options,
    required,
)

UNITS = 4  # units that can own a project
PRESET_OF = {"group": "open floor", "project": "working together", "guest": "with guests", "section": "with guests"}
#: The fields that only some kinds have.
ONLY = {
    "nature": ("group",),
    "access": ("group", "project"),
    "second_owner": ("group", "project", "guest", "section"),
    "ends_on": ("project", "guest", "section"),
    "checks": WITH_GUESTS,
    "leavers": WITH_GUESTS,
    "keep_days": WITH_GUESTS,
    "guest_days": WITH_GUESTS,
    "preboarding": ("guest",),
    "no_show_days": ("guest",),
    "sisters": ("organisation", "group", "project"),
    "anonymous": ("organisation", "group", "project"),
    **{f"unit_{n}": ("project",) for n in range(UNITS)},
}
#: Fields in the order of the page, by how their names begin: what is not here stands between the units and the charter.
ON_TOP = ("name", "anyway", "purpose", "nature", "access", "second_owner", "unit_")
AT_THE_END = ("preset", "charter")
#: What is chosen when a space is started, and changed elsewhere or never; and what is there to be changed only.
ON_STARTING = ("second_owner", "preset", "charter", "anyway")
ON_EDITING = ("leavers", "keep_days", "guest_days", "no_show_days", "sisters", "anonymous")


def _place(name: str) -> int:
    return 0 if name.startswith(ON_TOP) else 2 if name in AT_THE_END else 1


class CharterForm(SeenForm):
    """What holds in a space: one of the texts that there are, or one's own words."""

    preset = RadioField(lazy("Charter"), choices=options((key, preset.name) for key, preset in PRESETS.items()))
    charter = TextAreaField(lazy("Your own words"), [at_most(LONGEST)])

    @classmethod
    def of(cls, versions: list[CharterRow]) -> CharterForm:
        """The one that holds, as one's own words."""
        holds = versions[0] if versions else None
        return cls(preset="own", charter=holds.text if holds else "", seen=holds.seen if holds else "")

    def validate_charter(self, field: Any) -> None:
        """Own words are words."""
        if self.preset.data == "own" and not field.data:
            raise StopValidation(gettext("Write what holds here, or choose one of the texts."))

    def text(self, language: str, zone: str) -> str:
        """The charter, in the language of the space."""
        if self.preset.data == "own":
            return str(self.charter.data)
        with reading(Reader(language, zone)):
            return str(PRESETS[self.preset.data].text)


class SpaceForm(CharterForm):
    """A space, to be started or changed."""

    name = StringField(lazy("Name"), [required(lazy("Give it a name.")), at_most(80)])
    anyway = BooleanField(lazy("Start it all the same"))
    purpose = TextAreaField(lazy("What is it for?"), [required(lazy("Say in a line what it is for.")), at_most(500)])
    nature = RadioField(lazy("What kind of group is it?"), choices=options(NATURES.items()), default="work")
    access = RadioField(
        lazy("Who can read it?"),
        [required(lazy("Choose who can read it."))],
        choices=options([("open", lazy("Every colleague")), ("closed", lazy("Members only"))]),
        default="open",
    )
    second_owner = ColleagueField(lazy("Second owner"))
    ends_on = DayField(lazy("Last day"))
    label = RadioField(lazy("How confidential is it?"), choices=options(LABELS_AT_LENGTH.items()), default="internal")
    sisters = BooleanField(lazy("Sister organisations read it, too"))
    anonymous = BooleanField(lazy("Colleagues may write without their name"))
    checks = SelectField(lazy("Checked before others see it"), choices=options(CHECKS.items()), default="first")
    leavers = RadioField(lazy("Over what guests wrote, once they left"), choices=options(LEAVERS.items()))
    keep_days = NumberField(lazy("Days until the personal data of guests who left are removed"), 0, 3650)
    guest_days = NumberField(lazy("Days that a guest stays unless renewed"), 1, 730)
    preboarding = BooleanField(lazy("For people who start at the organisation soon"))
    no_show_days = NumberField(lazy("Days after the first day until who is no employee by then leaves"), 1, 365)
    language = RadioField(lazy("Language"), choices=options(LANGUAGES.items()))

    @classmethod
    def for_kind(cls, kind: str, *, starting: bool) -> type[SpaceForm]:
        """The form for a kind of space."""
        fields: dict[str, Any] = {name: None for name, kinds in ONLY.items() if kind not in kinds}
        fields |= dict.fromkeys(ON_EDITING if starting else ON_STARTING)
        if kind == "project":
            for n in range(UNITS):
                words = lazy("Owned by") if n == 0 else lazy("and by")
                fields[f"unit_{n}"] = StringField(words, [at_most(300)])
        return type("SpaceForm", (cls,), {"kind": kind, **fields})

    kind = ""

    def __iter__(self) -> Iterator[wtforms.Field]:
        """As they stand on the page: who owns it on top, the charter at the end."""
        return iter(sorted(super().__iter__(), key=lambda field: _place(field.name)))

    @classmethod
    def for_starting(cls, kind: str, actor: Actor) -> SpaceForm:
        """Empty."""
        return cls.for_kind(kind, starting=True)(
            language=actor.language, preset=PRESET_OF.get(kind, "working together")
        )

    @classmethod
    def for_editing(cls, space: SpaceRow, units: list[OwningUnit], paths: UnitPaths) -> SpaceForm:
        """With what is there."""
        owned = {f"unit_{n}": paths.path(unit.id) for n, unit in enumerate(units)}
        form = cls.for_kind(space.kind, starting=False)
        seen = Draft.of(space, [unit.id for unit in units]).seen
        return form(obj=space, access="open" if space.open else "closed", seen=seen, **owned)

    def check(self, units: UnitPaths) -> tuple[int, ...]:
        """Checks what several fields have to do with each other; gives the units that own it."""
        if self.only_shown:
            return ()
        if self.second_owner and self.kind == "group" and not self.second_owner.data:
            self.refuse("second_owner", gettext("Name a second owner, so that it goes on when one of you is away."))
        if self.kind == "project" and not self.ends_on.data and not self.ends_on.errors:
            self.refuse("ends_on", gettext("Say on which day the project ends."))
        named = [f"unit_{n}" for n in range(UNITS) if f"unit_{n}" in self]
        chosen = [unit.id for name in named if (unit := chosen_unit(self, name, units))]
        if named and not any(self[name].data for name in named):
            self.refuse(named[0], gettext("Name the unit that owns the project."))
        return tuple(sorted(set(chosen)))

    def draft(self, units: tuple[int, ...], before: SpaceRow | None = None) -> Draft:
        """What was typed; of what this kind has no field for, what held before."""
        given = {name: self[name].data for name in Draft.__struct_fields__ if name in self}
        kept = {name: getattr(before, name) for name in Draft.__struct_fields__ if before and hasattr(before, name)}
        if "access" in self:
            given["open"] = self.access.data == "open"
        return Draft(**{**kept, **given, "units": units})


class JoinForm(Form):
    """Joining by a charter that was read."""

    version = HiddenNumber(default=0)
    accept = BooleanField(lazy("I have read it, and keep to it"))

    def agrees(self, space: SpaceRow) -> bool:
        """Whether the charter that holds now was accepted; else an error that says so."""
        if not self.valid():
            return False
        if space.charter and self.version.data != space.charter:
            self.refuse("accept", gettext("The charter was changed meanwhile. Read the new one first."))
        elif space.charter and not self.accept.data:
            self.refuse("accept", gettext("Tick the box if you keep to the charter."))
        return self.complete
