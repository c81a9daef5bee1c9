"""What comes into sight of what people write, and of what is told about it."""

from __future__ import annotations

from portal.access.actor import Actor, Role
from portal.access.sight import administrators, colleagues, in_space, in_space_or_on_case, moderated, of_case_team
from portal.db import QueryString


def space(actor: Actor, a: str) -> QueryString:
    """A space is shown to its readers."""
    return QueryString(f"{a}.id = ANY({{}})", actor.space_ids)


def invitation(actor: Actor, a: str) -> QueryString:
    """Who is invited to a space is shown to those who invite there: its owners, community managers, and its host."""
    return QueryString(
        f"{{}} AND ({a}.space = ANY({{}}) OR EXISTS (SELECT FROM space hs WHERE hs.id = {a}.space AND hs.host = {{}}))",
        in_space(actor, a),
        actor.invites,
        None if actor.guest else actor.id,
    )


def wish(actor: Actor, a: str) -> QueryString:
    """Whom a guest would like to have there is shown to her, and to those who invite there."""
    return QueryString(f"{{}} AND ({a}.person = {{}} OR {{}})", in_space(actor, a), actor.id, invitation(actor, a))


def _begun(actor: Actor, a: str) -> QueryString:
    """Until a campaign opens, its draft is its author's; once proposed, also its sponsor's and decision owner's, and of
    those who own or moderate the space. One that is hidden is its author's and the moderators'."""
    return QueryString(
        f"(NOT {a}.hidden OR {a}.author = {{}} OR {{}})"
        f" AND ({a}.state NOT IN ('draft', 'proposed', 'declined') OR {a}.author = {{}} OR {a}.state <> 'draft'"
        f" AND ({a}.sponsor = {{}} OR {a}.decision_owner = {{}} OR {a}.space = ANY({{}})))",
        actor.id,
        QueryString(f"{a}.space = ANY({{}})", actor.moderates),
        actor.id,
        actor.id,
        actor.id,
        actor.spaces_as(Role.OWNER, Role.MODERATOR),
    )


def campaign(actor: Actor, a: str) -> QueryString:
    """A campaign is shown to the readers of its space once it is open, unless hidden; before, to those who have to do
    with it. The stream in which a space's posts stand is no campaign that anybody is shown."""
    return QueryString(f"{a}.kind = 'campaign' AND {{}} AND {{}}", in_space(actor, a), _begun(actor, a))


def of_campaign(actor: Actor, a: str) -> QueryString:
    """What hangs under a campaign is shown where the campaign is; posts, to the readers of their space."""
    return QueryString(
        f"{{}} AND EXISTS (SELECT FROM campaign vc WHERE vc.id = {a}.campaign AND {{}})",
        in_space(actor, a),
        _begun(actor, "vc"),
    )


def idea(actor: Actor, a: str) -> QueryString:
    """An idea is shown where its campaign is once it is published, also when it was withdrawn; to its authors
    always; as a draft to whom they invited; hidden or removed, to the space's moderators; diverted, to nobody. Who is
    on its case reads it wherever it stands (rule 21)."""
    here = QueryString(
        f"{{}} AND {a}.state <> 'diverted' AND ({a}.state IN ('published', 'withdrawn') OR {a}.author = ANY({{}})"
        f" OR {a}.state <> 'draft' AND {{}}"
        f" OR EXISTS (SELECT FROM co_author vk WHERE vk.idea = {a}.id AND vk.person = {{}}"
        f" AND ({a}.state = 'draft' OR vk.accepted_at IS NOT NULL) OFFSET 0))",
        of_campaign(actor, a),
        actor.selves,
        moderated(actor, a),
        actor.id,
    )
    if not actor.on_cases:
        return here
    return QueryString(
        f"({a}.id = ANY({{}}) AND {a}.state IN ('published', 'withdrawn') OR {{}})", actor.on_cases, here
    )


def of_idea(actor: Actor, a: str) -> QueryString:
    """What hangs under an idea is shown where the idea is."""
    return QueryString(
        f"{{}} AND EXISTS (SELECT FROM idea vi WHERE vi.id = {a}.idea AND {{}})",
        in_space_or_on_case(actor, a, "idea"),
        idea(actor, "vi"),
    )


def of_case(actor: Actor, a: str) -> QueryString:
    """What belongs to a case is shown where its item is."""
    return QueryString(
        f"EXISTS (SELECT FROM escalation xc WHERE xc.id = {a}.escalation AND {{}})", of_idea(actor, "xc")
    )


def handover(actor: Actor, a: str) -> QueryString:
    """Why a case was handed over is shown to colleagues where the case is; that somebody is asked to take it, to its
    team."""
    return QueryString(
        f"{{}} AND ({a}.outcome = 'taken' AND {{}} OR {{}})",
        colleagues(actor, a),
        of_case(actor, a),
        of_case_team(actor, a),
    )


def case_record(actor: Actor, a: str) -> QueryString:
    """The record of a case is shown to who had it made, as long as it bears the space's label; with what is the team's
    alone, as long as she is on the case, or, once it is over, was its owner or is an administrator."""
    return QueryString(
        f"{a}.person = {{}} AND {{}} AND EXISTS (SELECT FROM space ls WHERE ls.id = {a}.space AND ls.label = {a}.label)"
        f" AND (NOT {a}.whole OR {{}} OR EXISTS (SELECT FROM escalation oc WHERE oc.id = {a}.escalation"
        " AND oc.ended_at IS NOT NULL AND (oc.owner = {} OR {})))",
        actor.id,
        of_case(actor, a),
        of_case_team(actor, a),
        actor.id,
        administrators(actor, a),
    )


def decided(actor: Actor, a: str) -> QueryString:
    """What was decided about an idea is shown where the idea is, and not before the voting ended."""
    return QueryString(
        f"{{}} AND EXISTS (SELECT FROM idea di JOIN campaign dc ON dc.id = di.campaign"
        f" WHERE di.id = {a}.idea AND plein_decided(dc, {{}}))",
        of_idea(actor, a),
        actor.now,
    )


def status_change(actor: Actor, a: str) -> QueryString:
    """A step of an idea is shown as decisions are; that it was withdrawn, put back, adopted, or no idea before: at
    once."""
    return QueryString(
        f"({a}.status IN ('withdrawn', 'put back', 'adopted', 'became an idea') AND {{}} OR {{}})",
        of_idea(actor, a),
        decided(actor, a),
    )


def answer_version(actor: Actor, a: str) -> QueryString:
    """An answer's text before it was corrected is shown where the answer is."""
    return QueryString(f"EXISTS (SELECT FROM answer va WHERE va.id = {a}.answer AND {{}})", decided(actor, "va"))


def promise_news(actor: Actor, a: str) -> QueryString:
    """What is told of a promise is shown where the promise is."""
    return QueryString(f"EXISTS (SELECT FROM promise vp WHERE vp.id = {a}.promise AND {{}})", decided(actor, "vp"))


def co_author(actor: Actor, a: str) -> QueryString:
    """Who writes along is shown where the idea is; who was only invited, to herself and to who invited her."""
    return QueryString(
        f"{{}} AND ({a}.accepted_at IS NOT NULL OR {{}} IN ({a}.person, {a}.invited_by))",
        of_idea(actor, a),
        actor.id,
    )


def comment(actor: Actor, a: str) -> QueryString:
    """A comment is shown where its idea is, whatever became of the one to which it replies."""
    return QueryString("{} AND {}", of_idea(actor, a), comment_words(actor, a))


def comment_words(actor: Actor, a: str) -> QueryString:
    """What a comment says: hidden, it is for its author and the space's moderators; as a draft, which waits to be
    screened, for its author alone; diverted, for nobody."""
    return QueryString(
        f"({a}.state IN ('published', 'removed') OR {a}.state IN ('hidden', 'draft') AND {a}.author = {{}}"
        f" OR {a}.state = 'hidden' AND {{}})",
        actor.id,
        moderated(actor, a),
    )


#: Of a decision `d`: what was put back or reversed, or put up again by a later "allow" or "warn", hides nothing now.
HIDES = """
    d.action IN ('hide', 'send back', 'remove') AND d.undone_at IS NULL AND d.put_back_at IS NULL
    AND NOT EXISTS (SELECT FROM appeal da WHERE da.decision = d.id AND da.outcome = 'granted')
    AND NOT EXISTS (SELECT FROM decision dl WHERE dl.item = d.item AND dl.id > d.id AND dl.undone_at IS NULL
        AND dl.action IN ('allow', 'warn') AND dl.was = 'hidden')
"""


def comment_place(actor: Actor, a: str) -> QueryString:
    """A comment that is out of sight keeps its place where its idea is, without its words and without who wrote it:
    where others replied to it, and where a moderator took away what had been read."""
    return QueryString(
        f"{{}} AND plein_out_of_sight({a}.state) AND ({a}.replies > 0 OR {a}.state = 'hidden' AND EXISTS ("
        f"SELECT FROM moderation_item mx JOIN decision d ON d.item = mx.id WHERE mx.comment = {a}.id"
        f" AND d.was = 'published' AND {HIDES}))",
        of_idea(actor, a),
    )


def action_request(actor: Actor, a: str) -> QueryString:
    """That somebody asks to act is shown, where the thing is, to her and to the moderators of its space."""
    return QueryString(f"{{}} AND ({a}.person = {{}} OR {{}})", of_idea(actor, a), actor.id, moderated(actor, a))


def delegate(actor: Actor, a: str) -> QueryString:
    """Who may post for whom is shown to both, and to administrators."""
    return QueryString(f"({{}} IN ({a}.leader, {a}.person) OR {{}})", actor.id, administrators(actor, a))


def of_comment(actor: Actor, a: str) -> QueryString:
    """What belongs to a comment is shown where the comment stands, and gone with its text."""
    return QueryString(
        f"{{}} AND EXISTS (SELECT FROM comment vk WHERE vk.id = {a}.comment AND vk.state <> 'removed' AND {{}})",
        QueryString("TRUE") if actor.on_cases else in_space(actor, a),
        comment(actor, "vk"),
    )


def attachment(actor: Actor, a: str) -> QueryString:
    """A file is shown where its idea is; while it is checked first, to who attached it and the space's moderators."""
    return QueryString(
        f"{{}} AND ({a}.state = 'shown' OR {a}.author = {{}} OR {{}})",
        of_idea(actor, a),
        actor.id,
        moderated(actor, a),
    )


def file_wish(actor: Actor, a: str) -> QueryString:
    """Who asks for which file is shown, where the file is, to her and to those who invite there."""
    return QueryString(
        f"{{}} AND EXISTS (SELECT FROM attachment wx WHERE wx.id = {a}.attachment AND {{}})",
        wish(actor, a),
        attachment(actor, "wx"),
    )


def event(actor: Actor, a: str) -> QueryString:
    """An event is shown where its subject is; one about a person only to that person, one about the portal itself
    to administrators, one of moderation to the moderators of its space."""
    return QueryString(
        f"(NOT starts_with({a}.kind, 'moderation.') OR {{}})"
        f" AND ({{}} OR {a}.space IS NULL AND ({a}.person IS NOT NULL OR {{}}))"
        f" AND ({a}.person IS NULL OR {a}.person = {{}})"
        f" AND ({a}.campaign IS NULL OR EXISTS (SELECT FROM campaign ev WHERE ev.id = {a}.campaign AND {{}}))"
        f" AND ({a}.idea IS NULL OR EXISTS (SELECT FROM idea ei WHERE ei.id = {a}.idea AND {{}}))"
        f" AND ({a}.comment IS NULL OR EXISTS (SELECT FROM comment ec WHERE ec.id = {a}.comment AND {{}}))"
        f" AND ({a}.answer IS NULL OR EXISTS (SELECT FROM answer ea WHERE ea.id = {a}.answer AND {{}}))"
        f" AND ({a}.escalation IS NULL OR {{}})",
        moderated(actor, a),
        QueryString("{} OR {}", in_space_or_on_case(actor, a, "idea"), QueryString(f"{a}.escalation IS NOT NULL")),
        administrators(actor, a),
        actor.id,
        campaign(actor, "ev"),
        idea(actor, "ei"),
        comment(actor, "ec"),
        decided(actor, "ea"),
        of_case(actor, a),
    )


def notice(actor: Actor, a: str) -> QueryString:
    """A notice is shown to its person, as long as what it tells of is in her sight; one for those who do something in a
    space, as long as she does it."""
    return QueryString(
        f"{a}.person = {{}} AND ({a}.space IS NULL OR {{}})"
        f" AND CASE {a}.needs WHEN 'moderator' THEN {{}} WHEN 'administrator' THEN cardinality({{}}::bigint[]) > 0"
        f" WHEN 'host' THEN {a}.space = ANY({{}}) OR EXISTS (SELECT FROM space ns WHERE ns.id = {a}.space"
        f" AND ns.host = {{}}) ELSE TRUE END"
        f" AND ({a}.campaign IS NULL OR EXISTS (SELECT FROM campaign nc WHERE nc.id = {a}.campaign AND {{}} OFFSET 0))"
        f" AND ({a}.idea IS NULL OR EXISTS (SELECT FROM idea ni WHERE ni.id = {a}.idea AND {{}} OFFSET 0))"
        f" AND ({a}.comment IS NULL OR EXISTS (SELECT FROM comment nk WHERE nk.id = {a}.comment"
        f" AND nk.state = 'published' AND {{}} OFFSET 0))"
        f" AND ({a}.answer IS NULL OR EXISTS (SELECT FROM answer na WHERE na.id = {a}.answer AND {{}} OFFSET 0))",
        actor.id,
        in_space_or_on_case(actor, a, "idea"),
        moderated(actor, a),
        actor.spaces_as(Role.ADMINISTRATOR),
        actor.invites,
        actor.id,
        campaign(actor, "nc"),
        idea(actor, "ni"),
        comment(actor, "nk"),
        decided(actor, "na"),
    )
