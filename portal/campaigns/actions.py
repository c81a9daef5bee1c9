"""What happens to a campaign that is open: it is extended, cancelled, or archived at last."""

from __future__ import annotations

from datetime import datetime

from portal.access.actor import Actor
from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.campaigns.queries import MAY_RETURN, UNANSWERED, CampaignRow
from portal.db import execute, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record

# A date that has passed is none of what is given here, and stays. Votes that are under way hold the campaign's row:
# this waits for them, and whoever votes next sees the new dates.
EXTEND = """
    UPDATE campaign SET discuss_from = coalesce({}, discuss_from), vote_from = coalesce({}, vote_from),
        decide_from = coalesce({}, decide_from), done_from = coalesce({}, done_from), version = version + 1
    WHERE id = {} AND version = {} AND plein_phase(campaign, plein_now()) = {} RETURNING id
"""
NOTICE = """
    INSERT INTO campaign_notice (campaign, space, kind, author, reason, language, ended_at, ends_at)
    SELECT id, space, {}, {}, {}, {}, {}, {} FROM campaign WHERE id = {}
"""


async def extend(actor: Actor, campaign: CampaignRow, begins: dict[str, datetime], reason: str) -> None:
    """Later dates for the phase that runs and those after it; whoever takes part hears of it. Raises Changed."""
    require(actor, Action.CAMPAIGN_EXTEND, campaign)
    later = [begins.get(f"{phase}_from") for phase in ("discuss", "vote", "decide", "done")]
    async with transaction():
        if await fetch_value(EXTEND, *later, campaign.id, campaign.version, campaign.phase) is None:
            raise Changed
        ends = next(moment for moment in later if moment)
        await execute(NOTICE, "extended", actor.id, reason, actor.language, campaign.phase_ends, ends, campaign.id)
        await record(Kind.CAMPAIGN_EXTENDED, actor=actor.id, space=campaign.space, campaign=campaign.id)


CANCEL = """
    UPDATE campaign SET state = 'cancelled', cancelled_at = plein_now(), version = version + 1
    WHERE id = {} AND state = 'open' RETURNING id
"""


async def cancel(actor: Actor, campaign: CampaignRow, reason: str) -> None:
    """Ends a campaign before its time: nobody votes or comments any more. Raises Changed if somebody did already."""
    require(actor, Action.CAMPAIGN_CANCEL, campaign)
    async with transaction():
        if await fetch_value(CANCEL, campaign.id) is None:
            raise Changed
        await execute(NOTICE, "cancelled", actor.id, reason, actor.language, None, None, campaign.id)
        await record(Kind.CAMPAIGN_CANCELLED, actor=actor.id, space=campaign.space, campaign=campaign.id)


ARCHIVE = f"""
    UPDATE campaign SET state = 'archived', archived_at = plein_now(), version = version + 1
    WHERE id = {{}} AND state IN ('open', 'cancelled') AND plein_phase(campaign, plein_now()) IN ('done', 'cancelled')
        AND NOT EXISTS (SELECT FROM idea i WHERE i.campaign = campaign.id
            AND (i.state = 'published' OR i.state = 'hidden' AND {MAY_RETURN})
            AND {UNANSWERED})
    RETURNING id
"""


async def archive(actor: Actor, campaign: CampaignRow) -> None:
    """Puts a campaign away that owes nothing. Raises Changed while one of its ideas lacks an answer, but for those that
    were sent back and not changed, or removed, a month ago: they come back also later, and are owed an answer then."""
    require(actor, Action.CAMPAIGN_ARCHIVE, campaign)
    async with transaction():
        if await fetch_value(ARCHIVE, campaign.id) is None:
            raise Changed
        await record(Kind.CAMPAIGN_ARCHIVED, actor=actor.id, space=campaign.space, campaign=campaign.id)
