"""Who may do what: people of the cast against every action, on things that were loaded through the scope.

`y`: may; `n`: sees it and may not (403); `-`: doesn't see it (404).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from portal.access.actor import Actor, actor_of_person
from portal.access.policy import Action, can
from portal.access.rules import RULES
from portal.accounts.queries import own_session
from portal.attachments.queries import get_attachment, get_file_wish
from portal.campaigns.queries import get_campaign
from portal.caseteam.queries import get_consultation
from portal.comments.queries import get_comment
from portal.crowd.queries import get_adoptable, get_promise, get_question
from portal.db import execute, fetch_value, transaction
from portal.escalation.queries import get_actionable, get_case, get_clustered
from portal.ideas.queries import get_idea
from portal.invitations.queries import get_invitation, get_wish, guest_space
from portal.leaving.queries import GuestRow, get_guest
from portal.moderation.queries import get_decision, get_item
from portal.moderation.receipts import get_receipt
from portal.policies.queries import get_policy
from portal.posts.actions import Voice
from portal.posts.queries import get_leader, get_stream
from portal.reports.queries import comment_to_report
from portal.screening.queries import get_screening
from portal.sensitive.queries import Editor, editor
from portal.spaces.queries import get_space
from portal.topics.queries import AbsenceRow, get_absence
from portal.votes.queries import standing
from portal.workshops.queries import get_capture
from tests.world import (
    NOW,
    World,
    add_appeal,
    add_attachment,
    add_campaign,
    add_case,
    add_comment,
    add_decision,
    add_file_wish,
    add_idea,
    add_report,
    email_of,
)

PEOPLE = [
    "employee",
    "author",
    "campaign_owner",
    "sponsor",
    "decision_maker",
    "moderator",
    "administrator",
    "insider_a",
    "insider_b",
    "guest_a",
    "guest_b",
]

# The ideas and their comments' replies are the author's, the comments the colleague's (in closed groups the insider's).
# The group "open" has the campaign owner as its owner and the author as a member. `always` is always open.
# `draft` and `proposed` are the campaign owner's; the decision maker is asked for the latter.
# `answered` is an idea in the phase "decide", `always_answered` one of "always". `hidden` things are the author's.
MATRIX = """
                                        employee
                                        | author
                                        | | campaign_owner
                                        | | | sponsor
                                        | | | | decision_maker
                                        | | | | | moderator
                                        | | | | | | administrator
                                        | | | | | | | insider_a
                                        | | | | | | | | insider_b
                                        | | | | | | | | | guest_a
                                        | | | | | | | | | | guest_b

space.start                             y y y y y y y y y n n
space.join          organisation        n n n n n n n n n - -
space.join          open                y n n y y y y y y - -
space.join          closed_a            - - - - - - - n - n -
space.see_as_guest  open                n n n n n n n n n - -
space.see_as_guest  closed_a            - - - - - - - y - n -
space.leave         organisation        n n n n n n n n n - -
space.leave         open                n y n n n n n n n - -
space.leave         closed_a            - - - - - - - n - y -
space.add_member    organisation        n n n n n n n n n - -
space.add_member    open                n n y n n n n n n - -
space.add_member    closed_a            - - - - - - - y - n -
guest.remove        guest_a             - - - - - - - y - n -

guest.invite        closed_a            - - - - - - - y - n -
guest.invite        open                n n n n n n n n n - -
guest.renew         closed_a            - - - - - - - y - n -
guest.wish          closed_a            - - - - - - - n - y -
wish.decide         a                   - - - - - - - y - n -
chapter.write       closed_a            - - - - - - - n - n -
chapter.write       closed_b            - - - - - - - - y - n
mentor.offer        closed_a            - - - - - - - n - n -
mentor.offer        closed_b            - - - - - - - - y - n
mentor.end          closed_b            - - - - - - - - y - n
invitation.manage   a                   - - - - - - - y - - -
partner.edit                            n n n n n n y y n n n
space.host                              n n n n n n n y n n n
space.add_sister                        n n n n n n y n n n n
space.open_section  organisation        n n n n n n n y n - -
space.open_section  open                n n n n n n n n n - -
space.open_section  closed_a            - - - - - - - n - n -
space.edit          organisation        n n n n n n y n n - -
space.edit          open                n n y n n n n n n - -
space.edit          closed_a            - - - - - - - y - n -
space.archive       organisation        n n n n n n n n n - -
space.archive       open                n n y n n n n n n - -
space.archive       archived            - - - - - - - - n - -
space.reopen        open                n n n n n n n n n - -
space.reopen        archived            - - - - - - - - y - -
space.keep          closed_a            - - - - - - - n - n -
space.keep          closed_b            - - - - - - - - y - n
space.give_role     organisation        n n n n n n n n n - -
space.give_role     open                n n y n n n n n n - -
space.give_role     closed_a            - - - - - - - y - n -
space.give_role     archived            - - - - - - - - n - -
space.see_figures   open                n n y n n n n n n - -
space.record        archived            - - - - - - - - y - -
space.record        closed_a            - - - - - - - n - n -
space.see_figures   organisation        n n n n n n y n n - -
space.see_figures   closed_a            - - - - - - - y - n -
charter.accept      open                n n n n n n n n n - -
charter.accept      closed_a            - - - - - - - y - y -
card.write          open                n n n n n n n n n - -
card.write          closed_a            - - - - - - - y - n -
idea.highlight      open                n n y n n n n n n - -
idea.highlight      hidden              - n - - - n - - - - -
idea.highlight      closed_a            - - - - - - - y - n -

post.write          organisation        y y y y y y y y y - -
post.write          closed_a            - - - - - - - y - y -
post.speak          organisation        n n n y n n n n n - -
post.ask            post                y y y y y y y y y - -
post.ask            collect             n n n n n n n n n - -
post.ask            answered_post       n n n n n n n n n - -
post.ask            post_a              - - - - - - - y - n -
post.act            post                n n n n n y n n n - -
post.act            collect             n n n n n n n n n - -
post.act            answered_post       n n n n n n n n n - -
post.act            post_a              - - - - - - - y - n -
delegate.name       sponsor             n n n y n n y n n - -
delegate.name       employee            n n n n n n n n n - -
idea.edit           post                n y n n n n n n n - -
idea.invite         post                n n n n n n n n n - -
idea.move           post                n y n n n y n n n - -
idea.move_on        post                n n n n n n n n n - -
idea.offer_help     post                n n n n n n n n n - -
idea.support        post                y n y y y y y y y - -

campaign.propose                        y y y y y y y y y n n
campaign.edit       collect             n n y y n n y n n - -
campaign.edit       done                n n y y n n y n n - -
campaign.edit       draft               - - y - - - - - - - -
campaign.edit       proposed            - - y y y n - - - - -
campaign.edit       cancelled           n n n n n n n n n - -
campaign.edit       archived            n n n n n n n n n - -
campaign.edit       closed_a            - - - - - - - y - n -

campaign.discard    draft               - - y - - - - - - - -
campaign.discard    proposed            - - n n n n - - - - -

campaign.decide     draft               - - n - - - - - - - -
campaign.decide     proposed            - - n n y n - - - - -
campaign.decide     collect             n n n n n n n n n - -

campaign.extend     proposed            - - n n n n - - - - -
campaign.extend     planned             n n n n n n n n n - -
campaign.extend     vote                n n y y n n y n n - -
campaign.extend     done                n n n n n n n n n - -
campaign.extend     cancelled           n n n n n n n n n - -
campaign.extend     always              n n n n n n n n n - -
campaign.extend     closed_a            - - - - - - - y - n -

campaign.cancel     proposed            - - n n n n - - - - -
campaign.cancel     planned             n n y y n n y n n - -
campaign.cancel     vote                n n y y n n y n n - -
campaign.cancel     done                n n n n n n n n n - -
campaign.cancel     cancelled           n n n n n n n n n - -
campaign.cancel     always              n n n n n n n n n - -
campaign.cancel     closed_a            - - - - - - - y - n -

campaign.archive    proposed            - - n n n n - - - - -
campaign.archive    decide              n n n n n n n n n - -
campaign.archive    done                n n y y n n y n n - -
campaign.archive    cancelled           n n y y n n y n n - -
campaign.archive    archived            n n n n n n n n n - -
campaign.archive    closed_a            - - - - - - - n - n -

campaign.move       draft               - - n - - - - - - - -
campaign.move       collect             n n y y n y y n n - -
campaign.move       vote                n n n n n n n n n - -
campaign.move       closed_a            - - - - - - - y - n -

campaign.follow     draft               - - y - - - - - - - -
campaign.follow     vote                y y y y y y y y y - -
campaign.follow     closed_a            - - - - - - - y - y -

idea.propose        planned             n n n n n n n n n - -
idea.propose        collect             y y y y y y y y y - -
idea.propose        discuss             n n n n n n n n n - -
idea.propose        vote                n n n n n n n n n - -
idea.propose        decide              n n n n n n n n n - -
idea.propose        done                n n n n n n n n n - -
idea.propose        always              y y y y y y y y y - -
idea.propose        closed_a            - - - - - - - y - y -

idea.edit           collect             n y n n n n n n n - -
idea.edit           discuss             n y n n n n n n n - -
idea.edit           vote                n n n n n n n n n - -
idea.edit           decide              n n n n n n n n n - -
idea.edit           done                n n n n n n n n n - -
idea.edit           always              n y n n n n n n n - -
idea.edit           always_answered     n n n n n n n n n - -
idea.edit           hidden              - y - - - n - - - - -
idea.edit           closed_a            - - - - - - - y - n -

idea.answer         collect             n n n n n n n n n - -
idea.answer         discuss             n n n n n n n n n - -
idea.answer         vote                n n n n n n n n n - -
idea.answer         decide              n n n y n n n n n - -
idea.answer         answered            n n n n n n n n n - -
idea.answer         done                n n n y y n n n n - -
idea.answer         always              n n n y y n n n n - -
idea.answer         always_answered     n n n n n n n n n - -
idea.answer         hidden_decide       - n - - - n - - - - -
idea.answer         closed_decide       - - - - - - - y - n -

idea.support        collect             y n y y y y y y y - -
idea.support        discuss             y n y y y y y y y - -
idea.support        vote                y n y y y y y y y - -
idea.support        decide              n n n n n n n n n - -
idea.support        done                n n n n n n n n n - -
idea.support        always              y n y y y y y y y - -
idea.support        budget_discuss      n n n n n n n n n - -
idea.support        budget_vote         y n y y y y y y y - -
idea.support        budget_decide       n n n n n n n n n - -
idea.support        hidden              - n - - - n - - - - -
idea.support        together            n n y y y y y y y - -
idea.support        closed_a            - - - - - - - n - y -

idea.comment        collect             y y y y y y y y y - -
idea.comment        discuss             y y y y y y y y y - -
idea.comment        vote                y y y y y y y y y - -
idea.comment        decide              y y y y y y y y y - -
idea.comment        done                n n n n n n n n n - -
idea.comment        always              y y y y y y y y y - -
idea.comment        closed_a            - - - - - - - y - y -

idea.object         collect             y n y y y y y y y - -
idea.object         done                n n n n n n n n n - -
idea.object         closed_a            - - - - - - - n - y -
idea.adopt          withdrawn           n n n n n n y n n - -
crowd.reply         told                n n n n n n y n n - -
promise.make        answered            n n n y n n n n n - -
promise.make        assigned            n n n n n n n n n - -
promise.tell        told                n n n y n n n n n - -
promise.move        told                n n n y n n n n n - -

idea.follow         vote                y y y y y y y y y - -
idea.follow         hidden              - y - - - y - - - - -
idea.follow         closed_a            - - - - - - - y - y -

idea.attach         collect             n y n n n n n n n - -
idea.attach         discuss             n y n n n n n n n - -
idea.attach         vote                n n n n n n n n n - -
idea.attach         always_answered     n n n n n n n n n - -
idea.attach         hidden              - y - - - n - - - - -
idea.attach         closed_a            - - - - - - - y - n -

attachment.download collect             y y y y y y y y y - -
attachment.download closed_a            - - - - - - - y - y -

attachment.ask      collect             n n n n n n n n n - -
attachment.ask      closed_a            - - - - - - - n - n -
attachment.ask      closed_held         - - - - - - - n - y -
file_wish.answer    closed_a            - - - - - - - y - n -
file_wish.answer    closed_answered     - - - - - - - n - n -

attachment.describe collect             n y n n n n n n n - -
attachment.describe vote                n n n n n n n n n - -
attachment.describe answered            n n n n n n n n n - -
attachment.describe hidden              - y - - - n - - - - -
attachment.describe closed_a            - - - - - - - y - n -

attachment.remove   collect             n y n n n n n n n - -
attachment.remove   vote                n n n n n n n n n - -
attachment.remove   answered            n n n n n n n n n - -
attachment.remove   hidden              - y - - - n - - - - -
attachment.remove   closed_a            - - - - - - - y - n -

comment.edit        collect_reply       n y n n n n n n n - -
comment.edit        decide_reply        n y n n n n n n n - -
comment.edit        done_reply          n n n n n n n n n - -
comment.edit        removed             n n n n n n n n n - -
comment.edit        hidden              - n - - - n - - - - -
comment.edit        under_hidden        - y - - - n - - - - -
comment.edit        closed_a            - - - - - - - y - n -

comment.remove      collect_reply       n y n n n n n n n - -
comment.remove      done_reply          n y n n n n n n n - -
comment.remove      removed             n n n n n n n n n - -
comment.remove      hidden              - n - - - n - - - - -
comment.remove      closed_a            - - - - - - - y - n -

comment.react       collect_reply       y n y y y y y y y - -
comment.react       decide_reply        y n y y y y y y y - -
comment.react       done_reply          n n n n n n n n n - -
comment.react       removed             n n n n n n n n n - -
comment.react       under_hidden        - n - - - n - - - - -
comment.react       closed_a            - - - - - - - n - y -

digest.write        collect             n n n y n y n n n - -
digest.write        done                n n n y n y n n n - -
digest.write        open                n n y y n n n n n - -
digest.write        hidden              - n - - - n - - - - -
digest.write        closed_a            - - - - - - - y - n -

idea.edit           draft               - y - - - - - - - - -
idea.edit           together            y y n n n n n n n - -
idea.edit           withdrawn           n n n n n n n n n - -

idea.move           collect             n y n n n y n n n - -
idea.move           vote                n n n n n n n n n - -
idea.move           closed_a            - - - - - - - y - n -
idea.move           withdrawn           n n n n n n n n n - -
idea.post           draft               - y - - - - - - - - -
idea.post           collect             n n n n n n n n n - -

idea.discard        draft               - y - - - - - - - - -
idea.discard        collect             n n n n n n n n n - -

idea.withdraw       collect             n y n n n n n n n - -
idea.withdraw       decide              n y n n n n n n n - -
idea.withdraw       answered            n n n n n n n n n - -
idea.withdraw       together            n y n n n n n n n - -

idea.put_back       withdrawn           n y n n n n n n n - -
idea.put_back       collect             n n n n n n n n n - -

idea.correct        collect             n n n n n n n n n - -
idea.correct        vote                n y n n n n n n n - -
idea.correct        answered            n n n n n n n n n - -

idea.invite         draft               - y - - - - - - - - -
idea.invite         collect             n y n n n n n n n - -
idea.invite         vote                n n n n n n n n n - -

idea.join           together            n n n n n y n n n - -
idea.leave          together            y n n n n n n n n - -

idea.offer_help     collect             y n y y y y y y y - -
idea.offer_help     together            n n y y y y y y y - -
idea.offer_help     done                n n n n n n n n n - -
idea.offer_help     closed_a            - - - - - - - n - y -

idea.take_offer_back collect            y n y y y y y y y - -
idea.take_offer_back together           n n y y y y y y y - -
idea.take_offer_back done               n n n n n n n n n - -
idea.take_offer_back closed_a           - - - - - - - n - y -

idea.move_on        vote                n n n n n n n n n - -
idea.move_on        decide              n n n y n y n n n - -
idea.move_on        withdrawn           n n n n n n n n n - -

answer.correct      told                n n n y n n n n n - -
answer.correct      always_answered     n n n y y n n n n - -
answer.correct      decide              n n n n n n n n n - -
answer.approve              assigned    n n n n n n n n n - -
answer.approve              decide      n n n n y n n n n - -
answer_start.edit                       n n n n n n y n n n n
escalation.add_questions    assigned    n y n n n n n n n - -
escalation.add_questions    answered    n n n n n n n n n - -

campaign.answer     decide              n n n y y n n n n - -
campaign.answer     closed_a            - - - - - - - y - n -

workshop.capture    collect             y y y y y y y y y - -
workshop.capture    vote                n n n n n n n n n - -
workshop.capture    closed_a            - - - - - - - y - n -

capture.claim       collect             y n y y y y y y y - -
capture.claim       together            y n n n n n n n n - -
capture.refuse      together            y n n n n n n n n - -
capture.confirm     done                n y n n n n n n n - -
capture.confirm     collect             n n n n n n n n n - -

service.edit                            n n n n n n y n n n n
topic.edit                              n n n n n n y n n n n
calendar.edit                           n n n n n n y n n n n
absence.note        sponsor             - - - y - - y - - - -

policy.register                         n n n n n n y n n n n
policy.propose      travel              n n n y n n n n n - -
policy.drop         travel              n n n n n n n n n - -
policy.drop         nights              n n n y n n n n n - -
policy.hand_over    travel              n n n y n n y n n - -
policy.follow       travel              y y y y y y y y y - -
scoreboard.read                         y y y y y y y y y n n
charter.change                          n n n n n n y n n n n

session.end         of_author           - y - - - - - - - - -
settings.change                         y y y y y y y y y y y
about.edit                              n n n n n n y n n n n
portal.administer                       n n n n n n y n n n n
mail.retry                              n n n n n n y n n n n
people.manage                           n n n n n n y n n n n
unit.edit                               n n n n n n y n n n n
role.give                               n n n n n n y n n n n
demo.remove                             n n n n n n y n n n n
data.ask                                y y y y y y y y y y y

thing.report        collect             y y y y y y y y y - -
thing.report        collect_reply       y n y y y y y y y - -
thing.report        removed             n n n n n n n n n - -
thing.report        hidden              - n - - - n - - - - -
thing.report        closed_a            - - - - - - - n - y -

space.moderate      organisation        n n n n n y n n n - -
space.moderate      open                n n y n n n n n n - -
space.moderate      closed_a            - - - - - - - y - n -
item.claim          vote                - - - - - y - - - - -
item.claim          decide              - - - - - n - - - - -
item.claim          appealed            - - - - - y - - - - -
item.claim          judged              - - - - - n - - - - -
item.decide         vote                - - - - - y - - - - -
item.decide         decide              - - - - - n - - - - -
item.decide         appealed            - - - - - n - - - - -
item.decide         of_moderator        - - - - - - - - - - -
item.decide         of_open             - - y - - - - - - - -
item.decide         of_guest            - - - - - - - y - - -
decision.undo       decide              - - - - - y - - - - -
decision.undo       appealed            - - - - - n - - - - -
decision.undo       sent_back           - - y - - - - - - - -
decision.undo       of_moderator        - - - - - - - - - - -
decision.undo       of_guest            - - - - - - - y - - -
appeal.decide       appealed            - - - - - y - - - - -
appeal.decide       judged              - - - - - n - - - - -
appeal.decide       vote                - - - - - n - - - - -
appeal.decide       of_moderator        - - - - - - - - - - -
receipt.read        of_author           - y - - - n - - - - -
receipt.read        of_guest            - - - - - - - n - y -
sensitive.edit                          n n n n n n y n n n n
idea.unmask         anonymous           n n n n n y y n n - -
idea.unmask         post                n n n n n n n n n - -
screening.decide    waiting             - n - - - y - - - - -
screening.take_back waiting             - y - - - n - - - - -
screening.appeal    diverted            - y - - - n - - - - -
screening.appeal    appealed            - n - - n n - - - - -
screening.decide_appeal appealed        - n - - y n - - - - -
receipt.appeal      of_author           - y - - - n - - - - -
receipt.appeal      judged              - n - - - n - - - - -
receipt.appeal      of_guest            - - - - - - - n - y -
receipt.put_back    of_author           - n - - - n - - - - -
receipt.put_back    sent_to_author      - y - - - n - - - - -

escalation.triage           triage      n n n n n y y n n - -
escalation.triage           assigned    n n n n n n n n n - -
escalation.acknowledge      assigned    n n n y n n n n n - -
escalation.acknowledge      triage      n n n n n n n n n - -
escalation.clarify          acknowledged n n n y n n n n n - -
escalation.clarify          extension   n n n n n n n n n - -
escalation.go_on            clarifying  n n n y n n n n n - -
escalation.reply            clarifying  n y n n n n n n n - -
escalation.reply            acknowledged n n n n n n n n n - -
escalation.state            assigned    n n n y n n n n n - -
escalation.state            answered    n n n n n n n n n - -
escalation.draft            acknowledged n n n y n n n n n - -
escalation.ask_extension    assigned    n n n y n n n n n - -
escalation.ask_extension    extension   n n n n n n n n n - -
escalation.decide_extension extension   n n y n n n n n n - -
escalation.decide_extension assigned    n n n n n n n n n - -
escalation.hand_over        assigned    n n y y n n n n n - -
escalation.take_over        assigned    n n n n y n n n n - -
escalation.take_over        answered    n n n n n n n n n - -
escalation.declare_conflict assigned    n n y y n n n n n - -
escalation.staff            assigned    n n n y n n n n n - -
escalation.staff            triage      n n n n n n n n n - -
escalation.note             assigned    n n y y n n n n n - -
escalation.note             decide      n n n y y n n n n - -
escalation.consult          assigned    n n n y n n n n n - -
escalation.consult          answered    n n n n n n n n n - -
escalation.record           assigned    n n y y n n y n n - -
escalation.record           decide      n n n y n n y n n - -
consultation.answer         legal       - - - n y - - - - - -
retention.set                           n n n n n n y n n n n
escalation.invalidate       qualifying  n n n n n y n n n - -
escalation.invalidate       triage      n n n n n n n n n - -
escalation.make_actionable  always      n n n n n y n n n - -
escalation.make_actionable  case_triage n n n n n n n n n - -
escalation.open_unasked     always      n n n n y n y n n - -
escalation.open_unasked     case_triage n n n n n n n n n - -
escalation.merge            always      n n n n n y n n n - -
escalation.merge            answered    n n n n n n n n n - -
escalation.split            clustered   n y n n n y n n n - -
escalation.split            always      n n n n n n n n n - -
"""

Load = Callable[[Actor, str], Awaitable[Any]]


#: How the thing that an action is about is loaded; by the same queries as the routes load it.
async def absence_of(actor: Actor, named: str) -> AbsenceRow | None:
    """The days on which somebody is away."""
    public_id = await fetch_value(
        "SELECT a.public_id FROM absence a JOIN identity n ON n.person = a.person WHERE n.email = {}", email_of(named)
    )
    return await get_absence(actor, public_id)


async def guest_of_closed(actor: Actor, named: str) -> GuestRow | None:
    """A guest in her space; `named`: both."""
    space, guest = named.split()
    return await get_guest(actor, space, guest)


async def own_voice(actor: Actor, space: str) -> Voice | None:
    """Speaking as a leader in a space, for herself."""
    stream = await get_stream(actor, space)
    return Voice(stream.space, None, ()) if stream else None


async def editor_named(actor: Actor, named: str) -> Editor:
    """Whoever writes a word list, as the rule looks at her."""
    return await editor(actor)


LOADERS: dict[Action, Load | None] = {
    Action.POST_WRITE: get_stream,
    Action.POST_SPEAK: own_voice,
    Action.POST_ASK: get_idea,
    Action.POST_ACT: get_idea,
    Action.DELEGATE_NAME: get_leader,
    Action.SPACE_START: None,
    Action.SPACE_JOIN: get_space,
    Action.SPACE_LEAVE: get_space,
    Action.SPACE_ADD_MEMBER: get_space,
    Action.GUEST_REMOVE: guest_of_closed,
    Action.GUEST_INVITE: guest_space,
    Action.GUEST_RENEW: guest_space,
    Action.GUEST_WISH: guest_space,
    Action.WISH_DECIDE: get_wish,
    Action.CHAPTER_WRITE: guest_space,
    Action.MENTOR_OFFER: guest_space,
    Action.MENTOR_END: guest_space,
    Action.INVITATION_MANAGE: get_invitation,
    Action.PARTNER_EDIT: None,
    Action.SPACE_HOST: None,
    Action.SPACE_ADD_SISTER: None,
    Action.SPACE_OPEN_SECTION: get_space,
    Action.SPACE_EDIT: get_space,
    Action.SPACE_RECORD: get_space,
    Action.SPACE_ARCHIVE: get_space,
    Action.SPACE_REOPEN: get_space,
    Action.SPACE_KEEP: get_space,
    Action.SPACE_SEE_AS_GUEST: get_space,
    Action.SPACE_GIVE_ROLE: get_space,
    Action.SPACE_SEE_FIGURES: get_space,
    Action.CHARTER_ACCEPT: get_space,
    Action.CARD_WRITE: get_space,
    Action.IDEA_HIGHLIGHT: get_idea,
    Action.CAMPAIGN_PROPOSE: None,
    Action.CAMPAIGN_EDIT: get_campaign,
    Action.CAMPAIGN_DISCARD: get_campaign,
    Action.CAMPAIGN_DECIDE: get_campaign,
    Action.CAMPAIGN_EXTEND: get_campaign,
    Action.CAMPAIGN_CANCEL: get_campaign,
    Action.CAMPAIGN_ARCHIVE: get_campaign,
    Action.CAMPAIGN_MOVE: get_campaign,
    Action.CAMPAIGN_FOLLOW: get_campaign,
    Action.IDEA_PROPOSE: get_campaign,
    Action.IDEA_EDIT: get_idea,
    Action.IDEA_POST: get_idea,
    Action.IDEA_DISCARD: get_idea,
    Action.IDEA_WITHDRAW: get_idea,
    Action.IDEA_PUT_BACK: get_idea,
    Action.IDEA_MOVE: get_idea,
    Action.IDEA_CORRECT: get_idea,
    Action.IDEA_INVITE: get_idea,
    Action.IDEA_JOIN: get_idea,
    Action.IDEA_LEAVE: get_idea,
    Action.IDEA_OFFER_HELP: get_idea,
    Action.IDEA_TAKE_OFFER_BACK: get_idea,
    Action.IDEA_MOVE_ON: get_idea,
    Action.ANSWER_CORRECT: get_idea,
    Action.CAMPAIGN_ANSWER: get_campaign,
    Action.WORKSHOP_CAPTURE: get_campaign,
    Action.CAPTURE_CLAIM: get_capture,
    Action.CAPTURE_REFUSE: get_capture,
    Action.CAPTURE_CONFIRM: get_capture,
    Action.SERVICE_EDIT: None,
    Action.ANSWER_START_EDIT: None,
    Action.TOPIC_EDIT: None,
    Action.CALENDAR_EDIT: None,
    Action.ABSENCE_NOTE: absence_of,
    Action.POLICY_REGISTER: None,
    Action.POLICY_PROPOSE: get_policy,
    Action.POLICY_DROP: get_policy,
    Action.POLICY_HAND_OVER: get_policy,
    Action.POLICY_FOLLOW: get_policy,
    Action.CHARTER_CHANGE: None,
    Action.SCOREBOARD_READ: None,
    Action.IDEA_ANSWER: get_idea,
    Action.IDEA_SUPPORT: standing,
    Action.IDEA_COMMENT: get_idea,
    Action.IDEA_OBJECT: get_idea,
    Action.IDEA_ADOPT: get_adoptable,
    Action.CROWD_REPLY: get_question,
    Action.PROMISE_MAKE: get_case,
    Action.PROMISE_TELL: get_promise,
    Action.PROMISE_MOVE: get_promise,
    Action.IDEA_FOLLOW: get_idea,
    Action.IDEA_ATTACH: get_idea,
    Action.ATTACHMENT_DOWNLOAD: get_attachment,
    Action.ATTACHMENT_ASK: get_attachment,
    Action.FILE_WISH_ANSWER: get_file_wish,
    Action.ATTACHMENT_DESCRIBE: get_attachment,
    Action.ATTACHMENT_REMOVE: get_attachment,
    Action.COMMENT_EDIT: get_comment,
    Action.COMMENT_REMOVE: get_comment,
    Action.COMMENT_REACT: get_comment,
    Action.DIGEST_WRITE: get_idea,
    Action.SESSION_END: own_session,
    Action.SETTINGS_CHANGE: None,
    Action.ABOUT_EDIT: None,
    Action.ADMINISTER: None,
    Action.MAIL_RETRY: None,
    Action.PEOPLE_MANAGE: None,
    Action.UNIT_EDIT: None,
    Action.ROLE_GIVE: None,
    Action.DEMO_REMOVE: None,
    Action.DATA_ASK: None,
    Action.THING_REPORT: comment_to_report,
    Action.SPACE_MODERATE: get_space,
    Action.ITEM_CLAIM: get_item,
    Action.ITEM_DECIDE: get_item,
    Action.DECISION_UNDO: get_decision,
    Action.APPEAL_DECIDE: get_item,
    Action.RECEIPT_READ: get_receipt,
    Action.SENSITIVE_EDIT: editor_named,
    Action.IDEA_UNMASK: get_idea,
    Action.SCREENING_DECIDE: get_screening,
    Action.SCREENING_TAKE_BACK: get_screening,
    Action.SCREENING_APPEAL: get_screening,
    Action.SCREENING_DECIDE_APPEAL: get_screening,
    Action.RECEIPT_APPEAL: get_receipt,
    Action.RECEIPT_PUT_BACK: get_receipt,
    Action.ESCALATION_TRIAGE: get_case,
    Action.ESCALATION_ACKNOWLEDGE: get_case,
    Action.ESCALATION_CLARIFY: get_case,
    Action.ESCALATION_GO_ON: get_case,
    Action.ESCALATION_REPLY: get_case,
    Action.ESCALATION_STATE: get_case,
    Action.ESCALATION_DRAFT: get_case,
    Action.ESCALATION_ADD_QUESTIONS: get_case,
    Action.ANSWER_APPROVE: get_case,
    Action.ESCALATION_ASK_EXTENSION: get_case,
    Action.ESCALATION_DECIDE_EXTENSION: get_case,
    Action.ESCALATION_HAND_OVER: get_case,
    Action.ESCALATION_TAKE_OVER: get_case,
    Action.ESCALATION_DECLARE_CONFLICT: get_case,
    Action.ESCALATION_INVALIDATE: get_case,
    Action.ESCALATION_STAFF: get_case,
    Action.ESCALATION_NOTE: get_case,
    Action.ESCALATION_CONSULT: get_case,
    Action.ESCALATION_RECORD: get_case,
    Action.CONSULTATION_ANSWER: get_consultation,
    Action.RETENTION_SET: None,
    Action.ESCALATION_MAKE_ACTIONABLE: get_actionable,
    Action.ESCALATION_OPEN_UNASKED: get_actionable,
    Action.ESCALATION_MERGE: get_clustered,
    Action.ESCALATION_SPLIT: get_clustered,
}


def _rows() -> list[tuple[Action, str, str]]:
    """Action, subject and the letters, of each row."""
    rows = []
    for line in MATRIX.splitlines():
        words = line.split()
        if "|" in line or len(words) < len(PEOPLE):
            continue
        letters = words[-len(PEOPLE) :]
        subject = words[1] if len(words) == len(PEOPLE) + 2 else ""
        rows.append((Action(words[0]), subject, " ".join(letters)))
    return rows


ROWS = _rows()


def test_the_columns_are_the_people():
    heads = [line.replace("|", " ").strip() for line in MATRIX.splitlines()[1 : len(PEOPLE) + 1]]
    assert heads == PEOPLE


def test_every_action_has_a_rule_and_stands_in_the_table():
    assert set(RULES) == set(Action) == {action for action, _, _ in ROWS} == set(LOADERS)


def test_every_rule_is_both_kept_and_broken_by_somebody_unless_it_is_for_anybody():
    for action in set(Action) - {Action.SETTINGS_CHANGE, Action.DATA_ASK}:
        letters = "".join(letters for which, _, letters in ROWS if which is action)
        assert "y" in letters, action
        assert "n" in letters or "-" in letters, action


@pytest.fixture
async def things(rollback: Any, world: World) -> dict[str, dict[str, str]]:
    """Public ids by loader and name, with what the world lacks added."""
    withdrawn = world.idea["withdrawn"]  # what the world lacks is called so, too
    async with transaction():
        session = await _what_the_world_lacks(world)
    return {
        "editor_named": {"": ""},
        "get_screening": world.screening,
        "get_space": world.space,
        "guest_space": world.space,
        "get_stream": world.space,
        "own_voice": world.space,
        "get_leader": world.person,
        "get_invitation": world.invitation,
        "get_wish": world.wish,
        "guest_of_closed": {"guest_a": f"{world.space['closed_a']} {world.person['guest_a']}"},
        "get_campaign": world.campaign,
        "get_idea": world.idea,
        "get_case": world.case,
        "get_actionable": world.idea,
        "get_clustered": world.idea,
        "get_consultation": world.consultation,
        "get_adoptable": {"withdrawn": withdrawn},
        "get_question": world.asked,
        "get_promise": world.promise,
        "standing": world.idea,
        "get_comment": world.comment,
        "comment_to_report": world.comment,
        "get_item": world.item,
        "get_decision": world.decision,
        "get_receipt": world.decision,
        "get_attachment": world.attachment,
        "get_file_wish": world.file_wish,
        "get_capture": world.capture,
        "get_policy": world.policy,
        "absence_of": {name: name for name in world.person_id},
        "own_session": {"of_author": session},
    }


async def _cases(world: World) -> None:
    """A case in each state, of an idea in the campaign "always". The sponsor owns it, the campaign owner stands above."""
    await execute(
        "UPDATE org_unit SET head = {} WHERE id = {}", world.person_id["campaign_owner"], world.unit_id["roads"]
    )
    await execute("UPDATE person SET org_unit = {} WHERE id = {}", world.unit_id["roads"], world.person_id["sponsor"])
    for name, state, facts in (
        ("qualifying", "qualifying", {}),
        ("triage", "triage", {"topic": world.topic_id["leave"]}),  # whose rule names no moderator and no administrator
        ("assigned", "assigned", {}),
        ("acknowledged", "acknowledged", {}),
        ("clarifying", "clarifying", {"clarify_from": NOW, "clarify_until": NOW + timedelta(days=5)}),
        ("extension", "assigned", {"extension_asked_at": NOW, "extension_days": 5}),
        ("answered", "answered", {}),
    ):
        await add_idea(world, f"case_{name}", campaign="always", comments=False)
        owned = "sponsor" if state not in ("qualifying", "triage") else None
        await add_case(world, name, idea=f"case_{name}", state=state, owner=owned, **facts)
    for name in ("assigned", "answered"):
        await execute(
            "INSERT INTO handover (escalation, space, person, body, asked_by) SELECT id, space, {}, 'H', owner"
            " FROM escalation WHERE id = {}",
            *(world.person_id["decision_maker"], world.case_id[name]),
        )


async def _cluster(world: World) -> None:
    await add_idea(world, "clustered", campaign="always", comments=False)
    await execute(
        "INSERT INTO cluster_item (lead, idea, space, added_by, opt_out_until)"
        " SELECT {}, id, space, {}, {} FROM idea WHERE id = {}",
        world.idea_id["case_triage"],
        world.person_id["moderator"],
        NOW + timedelta(hours=72),
        world.idea_id["clustered"],
    )


async def _what_the_world_lacks(world: World) -> str:
    for name, role in (("campaign_owner", "owner"), ("campaign_owner", "member"), ("author", "member")):
        await execute(
            "INSERT INTO membership (space, person, role) VALUES ({}, {}, {})",
            world.space_id["open"],
            world.person_id[name],
            role,
        )
    await add_idea(world, "answered_post", stream="organisation")
    await _answer(world, "answered_post")
    await add_idea(world, "post_a", stream="closed_a", author="colleague")
    await execute(
        "INSERT INTO action_request (idea, space, person, reason) SELECT id, space, {}, 'Why' FROM idea WHERE id = {}",
        world.person_id["guest_a"],
        world.idea_id["post_a"],
    )
    await _always_open_campaign(world)
    for state in ("cancelled", "archived"):
        await add_campaign(world, state, "organisation", "done", state=state)
    for phase in ("discuss", "vote", "decide"):
        await add_campaign(world, f"budget_{phase}", "organisation", phase)
        await add_idea(world, f"budget_{phase}", campaign=f"budget_{phase}")
    await execute("UPDATE campaign SET vote_method = 'budget' WHERE title LIKE 'Campaign budget%'")
    await add_idea(world, "always", campaign="always")
    await add_idea(world, "always_answered", campaign="always")
    await add_idea(world, "answered", campaign="decide")
    for name in ("answered", "always_answered"):
        await _answer(world, name)
    await add_idea(world, "hidden", campaign="collect", state="hidden")
    await add_idea(world, "withdrawn", campaign="collect", state="withdrawn")
    await _together(world)
    await add_idea(world, "hidden_decide", campaign="decide", state="hidden")
    await _decide(world, "closed_decide", "closed_a")
    for name, state in (("removed", "removed"), ("hidden", "hidden")):
        await add_comment(world, name, idea="collect", author="author", state=state)
    await add_comment(world, "under_hidden", idea="hidden", author="author")
    for name in ("answered", "hidden"):
        await add_attachment(world, name, idea=name)
    await _asked_for(world)
    await _what_was_moderated(world)
    session: str = await fetch_value(
        "INSERT INTO session (token_sha256, person, epoch, created_at, last_seen_at, idle_until, expires_at)"
        " SELECT 'x', id, epoch, {}, {}, {}::timestamptz + interval '1 hour', {}::timestamptz + interval '1 hour'"
        " FROM person WHERE id = {} RETURNING public_id",
        *[NOW] * 4,
        world.person_id["author"],
    )
    await _cases(world)
    await _cluster(world)
    return session


async def _asked_for(world: World) -> None:
    """A file that the guest sees and may not open, because its space is confidential; and one that she was refused."""
    row = await execute(
        "INSERT INTO space (kind, name, purpose, language, open, label)"
        " VALUES ('guest', 'Held', 'P', 'en', FALSE, 'confidential') RETURNING id, public_id"
    )
    world.space_id["held"], world.space["held"] = row[0]["id"], row[0]["public_id"]
    for name, role in (("insider_a", "owner"), ("guest_a", "member")):
        await execute(
            "INSERT INTO membership (space, person, role) VALUES ({}, {}, {})",
            world.space_id["held"],
            world.person_id[name],
            role,
        )
    await add_campaign(world, "held", "held", "collect")
    await add_idea(world, "held", campaign="held", author="insider_a", comments=False)
    await add_attachment(world, "closed_held", idea="held")
    await add_idea(world, "asked_before", campaign="closed_a", comments=False)
    await add_attachment(world, "closed_answered", idea="asked_before")
    await add_file_wish(world, "closed_answered", person="guest_a")
    await execute(
        "UPDATE file_wish SET state = 'refused', decided_at = plein_now() WHERE id = {}",
        world.file_wish_id["closed_answered"],
    )


async def _what_was_moderated(world: World) -> None:
    """Each item is a comment of its own; `judged` and the author's are judged by the moderator of the organisation."""
    for name, idea, author, judge, action in (
        ("of_open", "open", "colleague", "", ""),
        ("of_guest", "closed_a", "guest_a", "", ""),
        ("of_moderator", "collect", "moderator", "decision_maker", "warn"),
        ("judged", "collect", "author", "moderator", "warn"),
        ("of_author", "collect", "author", "moderator", "remove"),
        ("sent_to_author", "collect", "author", "moderator", "send back"),
    ):
        await add_comment(world, name, idea=idea, author=author)
        await add_report(world, name, comment=name, reporter="employee")
        if action:
            await add_decision(world, name, name, moderator=judge, action=action)
    await add_appeal(world, "judged")
    await add_comment(world, "told_guest", idea="closed_a", author="guest_a")
    await add_report(world, "told_guest", comment="told_guest", reporter="insider_a")
    await add_decision(world, "of_guest", "told_guest", moderator="insider_a", action="warn")


async def _together(world: World) -> None:
    """An idea of the author's that the employee writes along, that the moderator is invited to, and that was written
    down for the employee."""
    await add_idea(world, "together", campaign="discuss")
    idea = world.idea_id["together"]
    for name, accepted in (("employee", NOW), ("moderator", None)):
        await execute(
            "INSERT INTO co_author (idea, space, person, invited_by, accepted_at)"
            " SELECT id, space, {}, author, {} FROM idea WHERE id = {}",
            world.person_id[name],
            accepted,
            idea,
        )
    world.capture["together"] = await fetch_value(
        "INSERT INTO capture (idea, space, workshop, author, person) SELECT i.id, i.space, w.id, i.author, {}"
        " FROM idea i, workshop w WHERE i.id = {} RETURNING public_id",
        world.person_id["employee"],
        idea,
    )


async def _always_open_campaign(world: World) -> None:
    row = await execute(
        "INSERT INTO campaign (space, author, sponsor, title, lead, brief, brief_html, language, always_open,"
        " collect_from) SELECT space, author, sponsor, 'Always', lead, brief, brief_html, language, TRUE, collect_from"
        " FROM campaign WHERE id = {} RETURNING id, public_id",
        world.campaign_id["collect"],
    )
    world.campaign_id["always"], world.campaign["always"] = row[0]["id"], row[0]["public_id"]


async def _answer(world: World, idea: str) -> None:
    await execute(
        "INSERT INTO answer (idea, space, author, kind, summary, reason, reason_html, next_step, language)"
        " SELECT id, space, {}, 'declined', 'No', 'No', 'No', 'Nothing', 'en' FROM idea WHERE id = {}",
        world.person_id["sponsor"],
        world.idea_id[idea],
    )


async def _decide(world: World, name: str, space: str) -> None:
    """An idea in a campaign of a closed group that is in the phase "decide"."""
    row = await execute(
        "INSERT INTO campaign (space, author, sponsor, title, lead, brief, brief_html, language,"
        " collect_from, discuss_from, vote_from, decide_from, done_from)"
        " SELECT {}, {}, {}, 'Closed', lead, brief, brief_html, language,"
        " collect_from, discuss_from, vote_from, decide_from, done_from FROM campaign WHERE id = {}"
        " RETURNING id, public_id",
        world.space_id[space],
        world.person_id["insider_a"],
        world.person_id["insider_a"],
        world.campaign_id["decide"],
    )
    world.campaign_id[name], world.campaign[name] = row[0]["id"], row[0]["public_id"]
    await add_idea(world, name, campaign=name, author="guest_a")


async def test_everybody_may_do_what_the_table_says_and_nothing_else(things: dict[str, dict[str, str]], world: World):
    actors = [await actor_of_person(world.person_id[name]) for name in PEOPLE]
    wrong = []
    for action, subject, expected in ROWS:
        load = LOADERS[action]
        found = []
        for actor in actors:
            assert actor is not None
            thing = await load(actor, things[load.__name__][subject]) if load else None
            unseen = load is not None and thing is None
            found.append("-" if unseen else "y" if can(actor, action, thing) else "n")
        if " ".join(found) != expected:
            wrong.append(
                f"{action:20}{subject:20}{expected}  says the table\n{'':40}{' '.join(found)}  says the product"
            )
    assert not wrong, "\n" + "\n".join(wrong)
