"""What a notice says, and where it leads."""

from __future__ import annotations

from portal.events.kinds import Kind
from portal.notifications.duties import duty_of
from portal.notifications.listed import Bundle
from portal.notifications.of_clusters import SAID as OF_CLUSTERS
from portal.notifications.of_delegates import SAID as OF_DELEGATES
from portal.notifications.of_policies import SAID as OF_POLICIES
from portal.notifications.of_promises import SAID
from portal.notifications.of_screening import SAID as OF_SCREENING
from portal.text.language import lazy, ngettext
from portal.text.names import somebody

#: What happened, by kind of notice; the thing's title stands behind it.
SAYS: dict[str, str] = {
    "appeal": lazy("An appeal waits for your decision:"),
    "answer": lazy("There is an answer, new or corrected:"),
    "comment": lazy("commented on:"),
    "duty_bounced": lazy("Mail about a duty does not reach somebody"),
    "file_wish": lazy("About a file that was asked for:"),
    "guest_data": lazy("The data of a guest will be erased:"),
    "guest_news": lazy("About a guest:"),
    "help": lazy("offers help with:"),
    "idea_corrected": lazy("Something was added to:"),
    "idea_news": lazy("A step further:"),
    "idle_group": lazy("Is it still needed?"),
    "mention": lazy("mentioned you in:"),
    "moderation_queue": lazy("Something waits for a moderator:"),
    "moderator_needed": lazy("A moderator is needed"),
    "moved": lazy("Moved:"),
    "receipt": lazy("The moderators decided about something that you wrote"),
    "reply": lazy("replied to you in:"),
    "role": lazy("A new role in:"),
    "screener_needed": lazy("Something sensitive waits, and too few people are there to screen it"),
    "shown": lazy("Everybody there can read it now:"),
    "unmasked": lazy("Two people asked who wrote this without a name, and were told:"),
    "starter": lazy("About somebody who starts:"),
}
#: The same of a campaign, by kind of event.
OF_CAMPAIGNS: dict[str, str] = {
    Kind.CAMPAIGN_PROPOSED: lazy("You are asked to decide about a campaign:"),
    Kind.CAMPAIGN_OPENED: lazy("The campaign was accepted:"),
    Kind.CAMPAIGN_DECLINED: lazy("The campaign was declined:"),
    Kind.CAMPAIGN_MOVED_ON: lazy("The next phase has begun:"),
    Kind.CAMPAIGN_EXTENDED: lazy("The campaign lasts longer:"),
    Kind.CAMPAIGN_CANCELLED: lazy("The campaign was stopped:"),
}
#: The sign before it: icon and tone; of what somebody did, it is her picture.
SIGNS = {
    "answer": ("seal-check-fill", "good"),
    "campaign": ("megaphone-simple", "brand"),
    "idea_news": ("lightbulb", "brand"),
    "idea_corrected": ("pencil-simple", "brand"),
    "moved": ("signpost", "brand"),
    "cluster": ("link-simple", "brand"),
    "duty": ("scales", "live"),
    "policy": ("scales", "brand"),
    "guest_news": ("storefront", "guest"),
    "guest_data": ("storefront", "guest"),
    "starter": ("user-plus", "guest"),
    "appeal": ("shield-check", "live"),
    "delegate": ("identification-badge", "live"),
    "moderation_queue": ("shield-check", "live"),
    "moderator_needed": ("shield-check", "live"),
    "receipt": ("shield-check", "talk"),
    "file_wish": ("paperclip", "talk"),
}
#: What somebody asks, by kind of event.
ASKS: dict[str, str] = {
    Kind.CO_AUTHOR_INVITED: lazy("asks you to write along:"),
    Kind.IDEA_CAPTURED: lazy("wrote this down for you. Is it yours?"),
    Kind.IDEA_CLAIMED: lazy("says that this is hers or his:"),
}
#: Of these it says who did it.
BY_SOMEBODY = ("ask", "comment", "help", "mention", "reply")


def sign(bundle: Bundle) -> tuple[str, str]:
    """Icon and tone."""
    return SIGNS.get(bundle.kind, ("bell", ""))


def says(bundle: Bundle) -> str:
    """What happened, with who did it where it is a person's doing."""
    if bundle.kind == "duty":
        return f"{duty_of(bundle.event_kind, bundle.about).head}:"
    if bundle.kind == "after_answer":
        return str(SAID[bundle.event_kind]) % {"title": ""}
    if bundle.kind == "cluster":
        return str(OF_CLUSTERS[bundle.event_kind]) % {"title": ""}
    if bundle.kind == "delegate":
        return str(OF_DELEGATES[bundle.event_kind])
    if bundle.kind == "policy":
        return str(OF_POLICIES[bundle.event_kind]) % {"title": ""}
    if bundle.kind == "screening":
        return str(OF_SCREENING[bundle.event_kind])
    if bundle.kind == "campaign":
        return str(OF_CAMPAIGNS[bundle.event_kind])
    said = str(ASKS[bundle.event_kind] if bundle.kind == "ask" else SAYS[bundle.kind])
    if bundle.kind not in BY_SOMEBODY:
        return said
    by = somebody(bundle.by)
    if bundle.others:
        by = ngettext("%(name)s and one more", "%(name)s and %(n)s others", bundle.others) % {
            "name": by,
            "n": bundle.others,
        }
    return f"{by} {said}"


def address(bundle: Bundle) -> str:
    """Where it leads."""
    if bundle.case:
        return f"/cases/{bundle.case}"
    if bundle.kind == "screening":
        return f"/screenings/{bundle.decision}"
    if bundle.kind == "policy":
        return f"/policies/{bundle.decision}"
    if bundle.kind == "delegate":
        return f"/people/{bundle.decision}/delegates"
    if bundle.decision:
        return f"/receipts/{bundle.decision}"
    if bundle.comment:
        return f"/comments/{bundle.comment}"
    if bundle.idea:
        return f"/{'posts' if bundle.post else 'ideas'}/{bundle.idea}"
    if bundle.campaign:
        return f"/campaigns/{bundle.campaign}"
    if bundle.kind in ("appeal", "moderation_queue"):
        return f"/spaces/{bundle.space}/moderation"
    return f"/spaces/{bundle.space}" if bundle.space else "/admin"
