"""Who hears of what becomes of a space, and of the portal itself."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor
from portal.db import QueryString, fetch_value
from portal.notifications.queries import given_role, idle_group
from portal.notifications.written import Written
from portal.settings import settings
from portal.text.language import gettext
from portal.text.roles import ROLE_NAMES

# The members of a closed space hear who is given a role there, also if an administrator gives it to herself.
MEMBERS = QueryString("""
    SELECT m.person FROM space s JOIN membership m ON m.space = s.id WHERE s.id = e.space AND NOT s.open
""")
OWNERS = QueryString("SELECT m.person FROM membership m WHERE m.space = e.space AND m.role = 'owner'")
ADMINISTRATORS = QueryString("SELECT m.person FROM membership m WHERE m.role = 'administrator'")


async def write_role(reader: Actor, event: int | None) -> Written | None:
    """Who got which role in a closed group, and from whom."""
    given = await given_role(reader, event) if event is not None else None
    if given is None:
        return None
    given = msgspec.structs.replace(given, role=str(ROLE_NAMES[given.role]))
    return gettext("A new role in %(group)s") % {"group": given.space}, {
        "given": given,
        "address": f"{settings().base_url}/spaces/{given.public_id}",
    }


async def write_idle_group(reader: Actor, event: int | None) -> Written | None:
    """Whether a group in which nothing happens is still needed."""
    group = await idle_group(reader, event) if event is not None else None
    if group is None:
        return None
    return gettext("Is %(group)s still needed?") % {"group": group.name}, {
        "group": group,
        "address": f"{settings().base_url}/spaces/{group.public_id}",
    }


BOUNCED = "SELECT n.name FROM event e JOIN identity n ON n.person = e.person WHERE e.id = {}"


async def write_bounced(  # access: for administrators, whom it knows by their role
    reader: Actor, event: int | None
) -> Written | None:
    """That a duty did not reach who has it, for administrators."""
    name = await fetch_value(BOUNCED, event)
    if name is None or not reader.administrator:
        return None
    return gettext("Mail does not reach %(name)s") % {"name": name}, {
        "name": name,
        "address": f"{settings().base_url}/admin",
    }
