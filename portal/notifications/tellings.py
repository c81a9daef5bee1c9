"""Who hears of what: event kind → tellings, in this order. Whoever one of them reaches is passed by in the next."""

from __future__ import annotations

from msgspec.structs import replace

from portal.db import QueryString
from portal.events.kinds import Kind
from portal.notifications import (
    guests,
    leavers,
    news,
    of_clusters,
    of_files,
    of_ideas,
    of_moderation,
    of_policies,
    of_promises,
    of_screening,
    of_spaces,
    of_threads,
    owners,
    starters,
)
from portal.notifications.telling import DUTY, NOTHING, Needs, Telling

CAMPAIGN = Telling("campaign", news.TAKING_PART)
ANSWER = Telling("answer", of_ideas.TOOK_PART)
STEP = Telling("idea_news", of_ideas.FOLLOWERS)
CLUSTER = Telling("cluster", of_clusters.CONCERNED, personal=True)
AFTER = Telling("after_answer", of_promises.CONCERNED)
ASK = Telling("ask", of_ideas.ASKED_PERSON, alone=True, personal=True)
HOSTS = Telling("guest_news", guests.HOSTS, needs=Needs.HOST, alone=True, personal=True)
CONCERNED = Telling("guest_news", guests.CONCERNED, alone=True, personal=True)
NOBODY_ANSWERS = Telling("guest_news", guests.NOBODY_ANSWERS, NOTHING, Needs.ADMINISTRATOR, personal=True)
RECEIPT = Telling("receipt", of_moderation.JUDGED, NOTHING, personal=True)
SHOWN = Telling("shown", of_moderation.WAITED, of_moderation.LET_THROUGH, alone=True, personal=True)
QUEUE = Telling(
    "moderation_queue",
    of_moderation.MODERATORS,
    needs=Needs.MODERATOR,
    personal=True,
    due=of_moderation.IN_TEN_MINUTES,
    wanted=of_moderation.NONE_WAITS,
)
APPEAL = Telling("appeal", of_moderation.DECIDING, needs=Needs.MODERATOR, alone=True, personal=True)
NEEDED = Telling("moderator_needed", of_moderation.ADMINISTRATORS, NOTHING, Needs.ADMINISTRATOR, personal=True)
MENTION = Telling("mention", of_threads.MENTIONED)
REPLY = Telling("reply", of_threads.REPLIED_TO, wanted=of_threads.WHEN_READ)
COMMENT = Telling("comment", of_threads.WROTE_THE_IDEA, wanted=of_threads.WHEN_READ)
LATE = tuple(replace(telling, about=of_moderation.LET_THROUGH) for telling in (MENTION, REPLY, COMMENT))

SCREENING = Telling("screening", of_screening.CONCERNED, NOTHING, alone=True, personal=True)
DUTY_OF_ONE = Telling("duty", QueryString("SELECT e.person"), alone=True, personal=True)
# Whoever the move itself named, before nobody knew any more who had voted.
MOVED = Telling("moved", QueryString("SELECT m.recipient AS person FROM mail m WHERE m.event = e.id"))

DELEGATE = Telling("delegate", QueryString("SELECT e.person"), NOTHING, alone=True, personal=True)
POLICY = Telling("policy", of_policies.CONCERNED, of_policies.VERSION)

TELLINGS: dict[Kind, tuple[Telling, ...]] = {
    **{kind: (DUTY_OF_ONE,) for kind in DUTY if kind.startswith("duty.")},
    Kind.IDEA_UNMASKED: (Telling("unmasked", of_screening.BEHIND, alone=True, personal=True),),
    Kind.DUTY_SCREEN: (SCREENING,),
    Kind.SCREENING_BEGUN: (SCREENING,),
    Kind.SCREENING_SETTLED: (SCREENING,),
    Kind.SCREENER_NEEDED: (
        Telling("screener_needed", of_spaces.ADMINISTRATORS, NOTHING, Needs.ADMINISTRATOR, alone=True, personal=True),
    ),
    Kind.IDEA_MOVED: (MOVED,),
    Kind.CAMPAIGN_MOVED: (MOVED,),
    Kind.CAMPAIGN_PROPOSED: (CAMPAIGN,),
    Kind.CAMPAIGN_OPENED: (CAMPAIGN,),
    Kind.CAMPAIGN_DECLINED: (CAMPAIGN,),
    Kind.CAMPAIGN_MOVED_ON: (CAMPAIGN,),
    Kind.CAMPAIGN_EXTENDED: (CAMPAIGN,),
    Kind.CAMPAIGN_CANCELLED: (CAMPAIGN,),
    Kind.IDEA_ANSWERED: (ANSWER,),
    Kind.ANSWER_CORRECTED: (ANSWER,),
    Kind.CASE_UNDER_REVIEW: (AFTER,),
    Kind.CASE_REOPENED: (AFTER,),
    Kind.CASE_VERIFIED: (AFTER,),
    Kind.PROMISE_NEWS: (AFTER,),
    Kind.PROMISE_MOVED: (AFTER,),
    Kind.CROWD_ASKED: (replace(AFTER, people=of_promises.SUPPORTERS),),
    Kind.POLICY_PROPOSED: (POLICY,),
    Kind.POLICY_IN_FORCE: (POLICY,),
    Kind.POLICY_DROPPED: (POLICY,),
    Kind.IDEA_STATUS_CHANGED: (STEP,),
    Kind.IDEA_WITHDRAWN: (STEP,),
    Kind.IDEA_PUT_BACK: (STEP,),
    Kind.IDEA_ADOPTED: (STEP,),
    Kind.POST_BECAME_IDEA: (STEP,),
    Kind.CLUSTERED: (CLUSTER,),
    Kind.CLUSTER_LEFT: (replace(CLUSTER, people=of_clusters.APART),),
    Kind.CLUSTER_LOST: (replace(CLUSTER, people=of_clusters.LEADING),),
    Kind.IDEA_CORRECTED: (replace(STEP, kind="idea_corrected"),),
    Kind.HELP_OFFERED: (Telling("help", of_ideas.HELPED),),
    Kind.CO_AUTHOR_INVITED: (ASK,),
    Kind.IDEA_CAPTURED: (ASK,),
    Kind.IDEA_CLAIMED: (ASK,),
    Kind.COMMENT_ADDED: (MENTION, REPLY, COMMENT),
    Kind.COMMENT_EDITED: (MENTION,),
    Kind.FILE_ASKED: (Telling("file_wish", of_files.ANSWERING, needs=Needs.HOST, alone=True, personal=True),),
    Kind.FILE_ANSWERED: (Telling("file_wish", of_files.WHO_ASKED, alone=True, personal=True),),
    Kind.ROLE_GIVEN: (Telling("role", of_spaces.MEMBERS, alone=True, personal=True),),
    Kind.SPACE_IDLE: (Telling("idle_group", of_spaces.OWNERS, personal=True),),
    Kind.GUEST_ADMITTED: (HOSTS,),
    Kind.INVITATION_REFUSED: (HOSTS,),
    Kind.GUEST_WISHED: (HOSTS,),
    Kind.WISH_GRANTED: (CONCERNED,),
    Kind.WISH_REFUSED: (CONCERNED,),
    Kind.GUESTS_ENDING: (CONCERNED,),
    Kind.SPONSOR_LEFT: (CONCERNED, NOBODY_ANSWERS),
    Kind.TOPIC_OWNER_LEFT: (
        Telling("owner_left", owners.ADMINISTRATORS, NOTHING, Needs.ADMINISTRATOR, alone=True, personal=True),
    ),
    Kind.MENTOR_FOUND: (Telling("starter", starters.CONCERNED, alone=True, personal=True),),
    Kind.FIRST_DAY_MOVED: (Telling("starter", starters.CONCERNED, alone=True, personal=True),),
    Kind.GUEST_NO_SHOW: (Telling("starter", starters.CONCERNED, alone=True, personal=True),),
    Kind.GUEST_DATA_ENDING: (Telling("guest_data", leavers.ANSWERING, alone=True, personal=True),),
    Kind.MODERATION_REPORTED: (QUEUE, NEEDED),
    Kind.MODERATION_ASSIGNED: (QUEUE, NEEDED),
    Kind.MODERATION_APPEALED: (APPEAL, NEEDED),
    Kind.DELEGATE_NAMED: (DELEGATE,),
    Kind.DELEGATE_ENDED: (DELEGATE,),
    Kind.MODERATION_DECIDED: (RECEIPT, SHOWN, *LATE),
    Kind.MODERATION_UNDONE: (RECEIPT,),
    Kind.MODERATION_APPEAL_DECIDED: (RECEIPT,),
    Kind.DUTY_BOUNCED: (
        Telling("duty_bounced", of_spaces.ADMINISTRATORS, NOTHING, Needs.ADMINISTRATOR, personal=True),
    ),
}
