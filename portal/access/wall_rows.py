"""The conditions of the second wall: on which rows a guest's own login reads and writes, and when."""

from __future__ import annotations

from portal.access.phases import (
    WHILE_ASKED,
    WHILE_COMMENTING,
    WHILE_EDITING,
    WHILE_PROPOSING,
    WHILE_SUPPORTING,
)

# What the request was told, where its seal fits; asked once a statement.
SPACES = "(SELECT wall_told('spaces')::bigint[])::bigint[]"
PERSON = "(SELECT wall_told('person')::bigint)"

EVERYTHING = "TRUE"
IN_SPACE = f"space = ANY ({SPACES})"
OWN = f"person = {PERSON}"
OWN_IN_SPACE = f"{IN_SPACE} AND {OWN}"
WRITTEN_BY_HERSELF = f"{IN_SPACE} AND author = {PERSON}"
IN_SPACE_OR_NONE = f"(space = ANY ({SPACES}) OR space IS NULL)"
NOTHING = "FALSE"
PRESENT = "EXISTS (SELECT FROM membership m WHERE m.partner = partner.id)"  # of the memberships that she sees
OWN_OR_NOWHERE = f"{IN_SPACE_OR_NONE} AND {OWN}"
#: What is open to somebody who starts, by her own first day on the organisation's clock.
OPEN_BY_NOW = f"""{IN_SPACE} AND opens <= (SELECT (plein_now() AT TIME ZONE g.zone)::date - p.starts_on
    FROM person p, organisation g WHERE p.id = {PERSON})"""
# Written so that both sides can use an index: a search looks through many rows.
FINDABLE = f"({IN_SPACE} OR person = ANY ((SELECT array_agg(w.person) FROM wall_people w)::bigint[]))"
DECIDED_ABOUT_HER = f"EXISTS (SELECT FROM decision d WHERE d.item = moderation_item.id AND d.person = {PERSON})"
#: What the database itself counts, by table.
COUNTS = {
    "idea": (
        *("supporters", "guest_supporters", "votes", "returned", "guest_returned", "returned_votes"),
        *("comments", "guest_comments"),
        *("commenters", "young", "joint", "discounted"),
    ),
    "comment": ("replies", "helpful", "agree", "thanks", "question"),
}
#: What is written of an idea; whose it is, while it passes from hand to hand.
WORDED = (
    *("state", "title", "body", "body_html", "excerpt", "language", "tags", "service", "form_version", "kind", "topic"),
    *("core_questions", "form_key", "draft_key", "edited_by", "version", "created_at", "updated_at", "author"),
    *("speaks_for", "anonymous"),
)
COUNTS_NOTHING = {name: " AND ".join(f"{column} = 0" for column in counts) for name, counts in COUNTS.items()}


def known(key: str) -> str:
    """Oneself, who is in one's spaces, and who wrote there and left."""
    return f"{key} = {PERSON} OR wall_knows({key})"


def she_writes(table: str) -> str:
    """What hangs under an idea that she began or writes along."""
    return f"EXISTS (SELECT FROM wall_writes w WHERE w.idea = {table}.idea)"


def of_her(above: str, table: str, whose: str = "author") -> str:
    """What hangs under something that is hers alone."""
    return f"EXISTS (SELECT FROM {above} o WHERE o.id = {table}.{above} AND o.{whose} = {PERSON})"


def put_back(column: str, table: str) -> str:
    """She was told to change it, and did: the last that was decided about it is hers, and is done."""
    return (
        "coalesce((SELECT d.put_back_at IS NOT NULL FROM decision d JOIN moderation_item x ON x.id = d.item"
        f" WHERE x.{column} = {table}.id AND d.undone_at IS NULL ORDER BY d.id DESC LIMIT 1), FALSE)"
    )


def in_phase(phases: set[str]) -> str:
    """Of a campaign `c`: it is in one of these phases."""
    return f"plein_phase(c, plein_now()) IN ({', '.join(repr(phase) for phase in sorted(phases))})"


def under(table: str, condition: str) -> str:
    """What hangs under an idea `i` that is published, of a campaign `c` of which this holds."""
    return f"""EXISTS (SELECT FROM idea i JOIN campaign c ON c.id = i.campaign
        WHERE i.id = {table}.idea AND i.state = 'published' AND ({condition}))"""


MAY_STILL_ANSWER = in_phase(WHILE_ASKED)
#: Who wrote an idea `i` of a campaign `c` answers what the owner of its case asks, longer than others comment.
ASKED = f"""{MAY_STILL_ANSWER} AND EXISTS (SELECT FROM wall_writes w WHERE w.idea = i.id)
    AND EXISTS (SELECT FROM escalation e WHERE e.idea = i.id AND e.state = 'clarifying')"""


BY_METHOD = " OR ".join(
    f"c.vote_method = '{method}' AND {in_phase(phases)}" for method, phases in WHILE_SUPPORTING.items()
)
WHILE_OPEN = under("vote", BY_METHOD)


def has_right(table: str, right: str) -> str:
    """She has this right in the space where it stands."""
    return f"EXISTS (SELECT FROM membership m WHERE m.space = {table}.space AND m.person = {PERSON} AND m.may_{right})"


def while_it_may_change(table: str) -> str:
    """What hangs under an idea that is a draft, or whose campaign lets texts be changed."""
    return f"""EXISTS (SELECT FROM idea i JOIN campaign c ON c.id = i.campaign
        WHERE i.id = {table}.idea AND (i.state = 'draft' OR {in_phase(WHILE_EDITING)}))"""


def while_she_changes_it(table: str) -> str:
    """What goes with the text of an idea: as long as that may change, and with what was sent back to her."""
    sent_back = "SELECT FROM wall_writes w WHERE w.idea = {}.idea AND w.state = 'hidden' AND w.put_back"
    return f"({while_it_may_change(table)} OR EXISTS ({sent_back.format(table)}))"


PROPOSING, EDITING, COMMENTING = in_phase(WHILE_PROPOSING), in_phase(WHILE_EDITING), in_phase(WHILE_COMMENTING)
MAY_VOTE, MAY_WRITE_IDEAS = has_right("vote", "vote"), has_right("idea", "write")
MAY_COMMENT, MAY_HELP = has_right("comment", "write"), has_right("help_offer", "write")
SENT_BACK, THERE_IT_HELPS = put_back("comment", "comment"), under("help_offer", COMMENTING)
#: She may vote there, and the campaign takes votes.
VOTES = f"{OWN_IN_SPACE} AND {MAY_VOTE} AND {WHILE_OPEN}"
#: It was written down for somebody else, and is hers now.
CLAIMED = "EXISTS (SELECT FROM capture x WHERE x.idea = idea.id AND x.state = 'settled' AND x.claimant = idea.author)"
#: No guest speaks as a leader, or for one.
NO_LEADER = "kind <> 'leader' AND speaks_for IS NULL"

#: It is proposed while its campaign collects.
COLLECTING = f"EXISTS (SELECT FROM campaign c WHERE c.id = idea.campaign AND {PROPOSING})"
#: It says what it said, and stands as it stood (`w`), or is taken back out of screening; else she has the right to
#: write, and its campaign lets texts be changed, or, out of a draft, proposed. A draft, what was sent back to her, a
#: withdrawal and her core questions wait for no phase.
CHANGES_IN_TIME = f"""(plein_said(idea.*) = w.said AND idea.state = w.state
    OR idea.state = 'diverted' AND w.state = 'draft'
    OR idea.state <> 'diverted' AND {MAY_WRITE_IDEAS} AND (
        (plein_said(idea.*))[:5] = w.said[:5] AND idea.state IN (w.state, 'withdrawn')
        OR w.state = 'draft' AND idea.state = 'draft' OR w.state = 'hidden' AND w.put_back
        OR EXISTS (SELECT FROM campaign c WHERE c.id = idea.campaign
            AND CASE w.state WHEN 'draft' THEN {PROPOSING} ELSE {EDITING} END)))"""
#: So does a comment, while the campaign takes comments; what she removes waits for nothing.
COMMENT_IN_TIME = f"""(state IN ('removed', 'diverted') OR {MAY_COMMENT} AND (
    {SENT_BACK} OR EXISTS (SELECT FROM idea i JOIN campaign c ON c.id = i.campaign
        WHERE i.id = comment.idea AND {COMMENTING})))"""
OFFERS_HELP = f"""{OWN_IN_SPACE} AND {MAY_HELP} AND {THERE_IT_HELPS}"""
#: For so many hours a guest's session lasts unused.
GUEST_IDLE_HOURS = 1
#: No longer than with any request of hers.
LASTS = f"last_seen_at <= plein_now() AND idle_until <= plein_now() + interval '{GUEST_IDLE_HOURS} hours'"

#: What is kept of an idea before it changes.
AS_IT_STANDS = """EXISTS (SELECT FROM idea o WHERE o.id = idea_version.idea
    AND (o.version, o.title, o.body, o.tags, o.core_questions, plein_answered_questions(o.id)) = (idea_version.version,
        idea_version.title, idea_version.body, idea_version.tags, idea_version.core_questions, idea_version.replies))"""
