"""What may be done, on one page: who may do each thing, and what it takes beside. A predicate reads the actor and the
thing as it was loaded through the scope."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.access.action import Action
from portal.access.actor import Actor, Right, Role
from portal.access.of_campaigns import (
    author_of_draft,
    decision_owner_while_proposed,
    leads_what_is_open,
    leads_what_is_over,
    leads_what_runs,
    leads_what_stands,
)
from portal.access.of_cases import (
    asked_for_advice,
    asked_to_agree,
    asked_to_own,
    brings_to_decision,
    decides_along,
    decides_unasked,
    doubts_support,
    keeps_record,
    merges,
    names_owner,
    on_team,
    owner_before_answer,
    owner_in_time,
    owner_of_new_case,
    owner_of_open_case,
    owner_or_adviser,
    owner_or_chain,
    owner_with_a_question,
    owner_with_an_open_question,
    owner_without_statement,
    splits,
    superior_in_time,
    writer_who_is_asked,
    writes_before_answer,
)
from portal.access.of_comments import own_comment, own_standing_comment, reacting
from portal.access.of_crowd import (
    objecting,
    owner_after_answer,
    sees_to_promise,
    sees_to_promise_in_time,
    supporter_in_time,
    supporter_of_withdrawn,
)
from portal.access.of_files import (
    answers_wishes,
    asking,
    downloading,
    uploader_of_what_stands,
    uploader_while_open,
)
from portal.access.of_guests import (
    answers_for_guests,
    decides_what_is_wished,
    guest_there,
    invites_there,
    invites_while_open,
    keeps_partners,
    offers_to_mentor,
    sees_as_guest,
    writes_chapters,
)
from portal.access.of_ideas import (
    author_of_draft_while_collecting,
    author_of_withdrawn_until_voting,
    author_until_answered,
    author_until_voting,
    captured_for,
    claiming,
    colleague_while_collecting,
    commenting,
    decides,
    decides_about_answered,
    decides_after_voting,
    decides_or_moderates_after_voting,
    helping,
    invited,
    proposing,
    supporting,
    writer_of_unseen_draft,
    writers_while_frozen,
    writers_while_open,
    writes_along,
    wrote_it_down,
)
from portal.access.of_moderation import (
    judge,
    judge_of_appeals,
    judge_of_what_is_open,
    moderator,
    own_last_decision,
    reader_of_anothers,
    told_in_time,
    told_to_change_it,
)
from portal.access.of_moves import moves_campaign, moves_idea
from portal.access.of_policies import hands_policy_over, owns_policy, owns_proposal
from portal.access.of_posts import acting, asking_to_act, leader_or_administrator, speaking
from portal.access.of_screening import (
    administrator_without_topics,
    diverted_in_time,
    moderator_or_administrator_of_anonymous,
    neutral_of_appeal,
    screens,
    wrote_what_waits,
)
from portal.access.of_spaces import (
    asked_about_idleness,
    community_manager,
    highlights,
    hosts,
    hosts_here,
    keeper,
    keeper_of_what_ended,
    keeper_of_what_is_archived,
    keeper_of_what_is_in_use,
    looks_after,
    member_who_is_no_owner,
    not_yet_member_of_open,
    owner,
    reader_of_new_charter,
)
from portal.access.of_topics import own_as_employee_or_administrator

#: What a pause takes away, in its space. Votes, reactions, reading and removing what is one's own stay; so does what
#: one owes others: answers, the steps to them, and more time for a campaign.
WRITING = {
    Action.IDEA_PROPOSE,
    Action.POST_WRITE,
    Action.POST_SPEAK,
    Action.POST_ASK,
    Action.IDEA_EDIT,
    Action.IDEA_POST,
    Action.IDEA_WITHDRAW,
    Action.IDEA_PUT_BACK,
    Action.IDEA_MOVE,
    Action.CAMPAIGN_MOVE,
    Action.IDEA_CORRECT,
    Action.IDEA_OFFER_HELP,
    Action.CAMPAIGN_EDIT,
    Action.CAMPAIGN_CANCEL,
    Action.IDEA_INVITE,
    Action.GUEST_INVITE,
    Action.GUEST_WISH,
    Action.CHAPTER_WRITE,
    Action.MENTOR_OFFER,
    Action.WORKSHOP_CAPTURE,
    Action.IDEA_COMMENT,
    Action.IDEA_OBJECT,
    Action.IDEA_ADOPT,
    Action.IDEA_ATTACH,
    Action.ATTACHMENT_DESCRIBE,
    Action.COMMENT_EDIT,
    Action.DIGEST_WRITE,
    Action.RECEIPT_PUT_BACK,
    Action.POLICY_PROPOSE,
    Action.POLICY_DROP,
    Action.POST_ACT,
    Action.ESCALATION_MAKE_ACTIONABLE,
    Action.ESCALATION_INVALIDATE,
    Action.ESCALATION_OPEN_UNASKED,
    Action.ESCALATION_ADD_QUESTIONS,
    Action.ESCALATION_REPLY,
}

#: The right in its space that an action takes, beside its rule.
RIGHTS = {
    **dict.fromkeys(WRITING, Right.WRITE),
    Action.IDEA_SUPPORT: Right.VOTE,
    Action.COMMENT_REACT: Right.VOTE,
    Action.CROWD_REPLY: Right.VOTE,
    Action.ATTACHMENT_DOWNLOAD: Right.DOWNLOAD,
}


def anybody(actor: Actor, thing: Any) -> bool:
    """Whoever reads it."""
    return True


def employee(actor: Actor, thing: Any) -> bool:
    """Every employee, and nobody from outside."""
    return actor.employee


def colleague(actor: Actor, thing: Any) -> bool:
    """Every colleague, those of sister organisations included, and no guest."""
    return not actor.guest


def administrator(actor: Actor, thing: Any) -> bool:
    """An administrator."""
    return actor.administrator


def sponsor_or_keeper(actor: Actor, thing: Any) -> bool:
    """The sponsor, or who looks after the space as its owner, moderator or community manager, at any time, while the
    idea is published."""
    keeps = actor.id == thing.sponsor or actor.has_role(thing.space, Role.MODERATOR, Role.OWNER, Role.COMMUNITY_MANAGER)
    return bool(keeps and thing.idea_state == "published")


def own(actor: Actor, thing: Any) -> bool:
    """The person whose it is."""
    return thing.person in actor.selves


RULES: dict[Action, Callable[[Actor, Any], bool]] = {
    Action.SPACE_START: employee,
    Action.SPACE_JOIN: not_yet_member_of_open,
    Action.SPACE_LEAVE: member_who_is_no_owner,
    Action.SPACE_ADD_MEMBER: owner,
    Action.GUEST_INVITE: invites_there,
    Action.GUEST_RENEW: invites_there,
    Action.GUEST_WISH: guest_there,
    Action.WISH_DECIDE: decides_what_is_wished,
    Action.CHAPTER_WRITE: writes_chapters,
    Action.MENTOR_OFFER: offers_to_mentor,
    Action.MENTOR_END: employee,
    Action.INVITATION_MANAGE: invites_while_open,
    Action.PARTNER_EDIT: keeps_partners,
    Action.GUEST_REMOVE: answers_for_guests,
    Action.SPACE_HOST: hosts,
    Action.SPACE_ADD_SISTER: administrator,
    Action.SPACE_OPEN_SECTION: hosts_here,
    Action.SPACE_EDIT: keeper,
    Action.SPACE_ARCHIVE: keeper_of_what_is_in_use,
    Action.SPACE_REOPEN: keeper_of_what_is_archived,
    Action.SPACE_KEEP: asked_about_idleness,
    Action.SPACE_RECORD: keeper_of_what_ended,
    Action.SPACE_SEE_AS_GUEST: sees_as_guest,
    Action.SPACE_GIVE_ROLE: owner,
    Action.SPACE_SEE_FIGURES: looks_after,
    Action.CHARTER_ACCEPT: reader_of_new_charter,
    Action.CARD_WRITE: community_manager,
    Action.IDEA_HIGHLIGHT: highlights,
    Action.CAMPAIGN_PROPOSE: colleague,
    Action.CAMPAIGN_EDIT: leads_what_stands,
    Action.CAMPAIGN_DISCARD: author_of_draft,
    Action.CAMPAIGN_DECIDE: decision_owner_while_proposed,
    Action.CAMPAIGN_EXTEND: leads_what_runs,
    Action.CAMPAIGN_CANCEL: leads_what_is_open,
    Action.CAMPAIGN_ARCHIVE: leads_what_is_over,
    Action.CAMPAIGN_MOVE: moves_campaign,
    Action.CAMPAIGN_FOLLOW: anybody,
    Action.IDEA_PROPOSE: proposing,
    Action.IDEA_EDIT: writers_while_open,
    Action.IDEA_POST: author_of_draft_while_collecting,
    Action.IDEA_DISCARD: writer_of_unseen_draft,
    Action.IDEA_WITHDRAW: author_until_answered,
    Action.IDEA_PUT_BACK: author_of_withdrawn_until_voting,
    Action.IDEA_MOVE: moves_idea,
    Action.IDEA_CORRECT: writers_while_frozen,
    Action.IDEA_INVITE: author_until_voting,
    Action.IDEA_JOIN: invited,
    Action.IDEA_LEAVE: writes_along,
    Action.IDEA_OFFER_HELP: helping,
    Action.IDEA_TAKE_OFFER_BACK: helping,
    Action.IDEA_MOVE_ON: decides_or_moderates_after_voting,
    Action.IDEA_ANSWER: decides_after_voting,
    Action.POST_WRITE: anybody,
    Action.POST_SPEAK: speaking,
    Action.POST_ASK: asking_to_act,
    Action.POST_ACT: acting,
    Action.DELEGATE_NAME: leader_or_administrator,
    Action.CAMPAIGN_ANSWER: decides,
    Action.ANSWER_CORRECT: decides_about_answered,
    Action.ANSWER_APPROVE: asked_to_agree,
    Action.ANSWER_START_EDIT: administrator,
    Action.WORKSHOP_CAPTURE: colleague_while_collecting,
    Action.CAPTURE_CLAIM: claiming,
    Action.CAPTURE_REFUSE: captured_for,
    Action.CAPTURE_CONFIRM: wrote_it_down,
    Action.SERVICE_EDIT: administrator,
    Action.TOPIC_EDIT: administrator,
    Action.ABSENCE_NOTE: own_as_employee_or_administrator,
    Action.CALENDAR_EDIT: administrator,
    Action.CHARTER_CHANGE: administrator,
    Action.SCOREBOARD_READ: employee,
    Action.POLICY_REGISTER: administrator,
    Action.POLICY_PROPOSE: owns_policy,
    Action.POLICY_DROP: owns_proposal,
    Action.POLICY_HAND_OVER: hands_policy_over,
    Action.POLICY_FOLLOW: anybody,
    Action.IDEA_SUPPORT: supporting,
    Action.IDEA_COMMENT: commenting,
    Action.IDEA_OBJECT: objecting,
    Action.IDEA_ADOPT: supporter_of_withdrawn,
    Action.CROWD_REPLY: supporter_in_time,
    Action.PROMISE_MAKE: owner_after_answer,
    Action.PROMISE_TELL: sees_to_promise,
    Action.PROMISE_MOVE: sees_to_promise_in_time,
    Action.IDEA_FOLLOW: anybody,
    Action.IDEA_ATTACH: writers_while_open,
    Action.ATTACHMENT_DOWNLOAD: downloading,
    Action.ATTACHMENT_ASK: asking,
    Action.FILE_WISH_ANSWER: answers_wishes,
    Action.ATTACHMENT_DESCRIBE: uploader_while_open,
    Action.ATTACHMENT_REMOVE: uploader_of_what_stands,
    Action.COMMENT_EDIT: own_comment,
    Action.COMMENT_REMOVE: own_standing_comment,
    Action.COMMENT_REACT: reacting,
    Action.DIGEST_WRITE: sponsor_or_keeper,
    Action.SESSION_END: own,
    Action.SETTINGS_CHANGE: anybody,
    Action.ABOUT_EDIT: administrator,
    Action.ADMINISTER: administrator,
    Action.MAIL_RETRY: administrator,
    Action.PEOPLE_MANAGE: administrator,
    Action.UNIT_EDIT: administrator,
    Action.ROLE_GIVE: administrator,
    Action.DEMO_REMOVE: administrator,
    Action.DATA_ASK: anybody,
    Action.THING_REPORT: reader_of_anothers,
    Action.SPACE_MODERATE: moderator,
    Action.ITEM_CLAIM: judge,
    Action.ITEM_DECIDE: judge_of_what_is_open,
    Action.DECISION_UNDO: own_last_decision,
    Action.APPEAL_DECIDE: judge_of_appeals,
    Action.SENSITIVE_EDIT: administrator_without_topics,
    Action.IDEA_UNMASK: moderator_or_administrator_of_anonymous,
    Action.SCREENING_DECIDE: screens,
    Action.SCREENING_TAKE_BACK: wrote_what_waits,
    Action.SCREENING_APPEAL: diverted_in_time,
    Action.SCREENING_DECIDE_APPEAL: neutral_of_appeal,
    Action.RECEIPT_READ: own,
    Action.RECEIPT_APPEAL: told_in_time,
    Action.RECEIPT_PUT_BACK: told_to_change_it,
    Action.ESCALATION_TRIAGE: names_owner,
    Action.ESCALATION_ACKNOWLEDGE: owner_of_new_case,
    Action.ESCALATION_CLARIFY: owner_with_a_question,
    Action.ESCALATION_GO_ON: owner_with_an_open_question,
    Action.ESCALATION_REPLY: writer_who_is_asked,
    Action.ESCALATION_STATE: owner_without_statement,
    Action.ESCALATION_DRAFT: owner_or_adviser,
    Action.ESCALATION_ADD_QUESTIONS: writes_before_answer,
    Action.ESCALATION_ASK_EXTENSION: owner_in_time,
    Action.ESCALATION_DECIDE_EXTENSION: superior_in_time,
    Action.ESCALATION_HAND_OVER: owner_or_chain,
    Action.ESCALATION_TAKE_OVER: asked_to_own,
    Action.ESCALATION_DECLARE_CONFLICT: decides_along,
    Action.ESCALATION_STAFF: owner_of_open_case,
    Action.ESCALATION_NOTE: on_team,
    Action.ESCALATION_CONSULT: owner_before_answer,
    Action.ESCALATION_RECORD: keeps_record,
    Action.CONSULTATION_ANSWER: asked_for_advice,
    Action.RETENTION_SET: administrator,
    Action.ESCALATION_INVALIDATE: doubts_support,
    Action.ESCALATION_MAKE_ACTIONABLE: brings_to_decision,
    Action.ESCALATION_MERGE: merges,
    Action.ESCALATION_SPLIT: splits,
    Action.ESCALATION_OPEN_UNASKED: decides_unasked,
}
