"""Mail about files that are asked for: who hears of a wish and of its answer, and what the message says."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.policy import Action, can
from portal.attachments.queries import get_file_wish
from portal.db import QueryString, fetch_value
from portal.notifications.written import Written
from portal.settings import settings
from portal.text.language import gettext
from portal.text.names import somebody

# Who answers for the space hears of a wish, who asked of the answer.
ANSWERING = QueryString("""
    SELECT m.person FROM membership m WHERE m.space = t.space
        AND m.role IN ('owner', 'community_manager') AND (m.until IS NULL OR m.until > plein_now())
    UNION SELECT s.host FROM space s WHERE s.id = t.space
""")
WHO_ASKED = QueryString("SELECT w.person FROM file_wish w WHERE w.id = (e.particulars ->> 'wish')::bigint")
OF_EVENT = """
    SELECT w.public_id FROM event e JOIN file_wish w ON w.id = (e.particulars ->> 'wish')::bigint WHERE e.id = {}
"""


async def write_wish(  # access: the wish that the event names is read through the scope
    reader: Actor, event: int | None
) -> Written | None:
    """That somebody asks for a file, as long as nobody answered; or what was said to who asked."""
    wish = await get_file_wish(reader, str(await fetch_value(OF_EVENT, event)))
    if wish is None:
        return None
    base, name = settings().base_url, somebody(wish.name)
    if wish.person == reader.id and wish.state != "waiting":
        words = gettext("You can open it now:") if wish.state == "given" else gettext("You don’t get this file:")
        address = f"{base}/ideas/{wish.idea_public_id}"
        return gettext("Your wish for a file is answered"), {"wish": wish, "words": words, "text": wish.reason} | {
            "address": address
        }
    if not can(reader, Action.FILE_WISH_ANSWER, wish):
        return None
    words = gettext("%(name)s asks for a file that she or he can’t open:") % {"name": name}
    return gettext("%(name)s asks for a file") % {"name": name}, {
        "wish": wish,
        "words": words,
        "text": wish.words,
        "address": f"{base}/file-wishes/{wish.public_id}",
    }
