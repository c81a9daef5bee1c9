"""What people tell of themselves."""

from piccolo.columns import Array, BigInt, Integer, Text, Timestamptz

from portal.db import DB
from portal.tables.base import Table


class Profile(Table, db=DB):
    """What a person tells of herself, and for whom: `phone_for` says who reads `phone`, and so on. `photo` is the
    random name of her photo on disk; `photo_change` counts on, so that what is newer can be asked for. `folded_place`
    and `folded_skills`, a line each, are as one looks for them; the database keeps them."""

    id = None  # type: ignore[assignment]
    person = BigInt(primary_key=True)
    phone = Text()
    place = Text()
    skills = Array(base_column=Text())
    about = Text()
    hours = Text()
    status = Text()
    status_until = Timestamptz(null=True, default=None)
    phone_for = Text()
    place_for = Text()
    skills_for = Text()
    about_for = Text()
    hours_for = Text()
    status_for = Text()
    photo = Text()
    photo_change = Integer(default=0)
    folded_place = Text(default="")
    folded_skills = Text(default="")
