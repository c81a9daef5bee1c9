"""Canaries: in every text of every row stands where it is, and a plain oracle says who may read which of them.

The oracle is written out again from the rules in words, without `visible` and without the view `readership`, so that
a mistake there shows here.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any, NamedTuple
from urllib.parse import unquote

import asyncpg
from piccolo.columns import Array, Text
from piccolo.table import Table

from portal import tables as t
from portal.access.scope import NEVER_SHOWN, VISIBILITY

#: The fields of a profile, and those that no guest is shown.
FIELDS = ("phone", "place", "skills", "about", "hours", "status")
PERSONNEL = ("phone", "place")
MARK = re.compile(r"Canary\.([a-z_]+)\.([a-z_]+)\.(\d+)\.")
#: Search marks the words that it found.
MARKED = re.compile(r"</?mark>")
#: For everybody, signed in or not.
FOR_EVERYBODY: set[type[Table]] = {t.AboutPage, t.CalendarDay, t.Organisation}
#: Columns that hold a word of the product's, not of a person. A new one with a CHECK belongs here; all other texts are
#: found by themselves.
NO_TEXT = {"public_id", "form_key", "kind", "state", "language", "zone", "theme", "role", "slug", "key"}
#: Of imports: how a file was read, and what is wrong or to be done, by key.
NO_TEXT |= {"outcome", "problem", "field", "encoding", "separator"}
#: Of campaigns: how far their followers have been told, and how people vote.
NO_TEXT |= {"announced_phase", "vote_method"}
#: Of ideas: where they stand, where they come from, and the form that a draft was begun in.
NO_TEXT |= {"status", "source", "draft_key"}
#: Of moderation: what was decided, and by which rule.
NO_TEXT |= {"action", "rule", "was"}
#: Of files and profiles: names on disk, and who sees which field.
NO_TEXT |= {"file", "photo"} | {f"{field}_for" for field in FIELDS}
#: Of names and profiles: as they are looked for, which the database writes.
NO_TEXT |= {"folded", "folded_title", "folded_place", "folded_skills"}
#: Of spaces: what they are like, by key, and the set that a charter was made from.
NO_TEXT |= {"nature", "label", "checks", "leavers", "preset"}

#: Of notices: which are shown as one, and who is shown them.
NO_TEXT |= {"bundle", "needs"}

#: Of the calendar: the country whose holidays there are.
NO_TEXT |= {"country"}
#: Of cases: where they come from, and what lengthened their hold.
NO_TEXT |= {"origin", "alerts"}
#: Of answers: why they can't be discussed in public, by key.
NO_TEXT |= {"category"}
#: Of screening: of which category, how it was found, and its state before.
NO_TEXT |= {"category", "found"}
#: Of partners: a domain has to be one.
NO_TEXT |= {"domain"}


class Canary(NamedTuple):
    """Where a text comes from: table, column, and the row's key."""

    table: str
    column: str
    row: int


def canaries_in(text: str) -> set[Canary]:
    """Those in a page, whether they are escaped for HTML or for an address."""
    if "Canary" not in text:
        return set()
    text = MARKED.sub("", text)
    return {
        Canary(table, column, int(row))
        for form in (text, unescape(text), unquote(text))
        for table, column, row in MARK.findall(form)
    }


#: Columns of such a name that are texts all the same.
TEXT = {("profile", "status"), ("question", "label")}


def text_columns(table: type[Table]) -> list[Text | Array]:
    """The columns of a table that hold what people typed."""
    return [
        column
        for column in table._meta.columns
        if (isinstance(column, Text) or (isinstance(column, Array) and isinstance(column.base_column, Text)))
        and (column._meta.name not in NO_TEXT or (table._meta.tablename, column._meta.name) in TEXT)
    ]


#: What never changes does, for a canary; and what was never sent back has words all the same.
UNKEPT = """
    ALTER TABLE answer_draft DROP CONSTRAINT IF EXISTS answer_draft_sent_back;
    ALTER TABLE policy_version DISABLE TRIGGER policy_version_kept;
    ALTER TABLE idea DISABLE TRIGGER idea_discussion_kept;
    ALTER TABLE comment DISABLE TRIGGER comment_edited_by_a_member;
    ALTER TABLE case_note DISABLE TRIGGER case_note_kept;
    ALTER TABLE case_file DISABLE TRIGGER case_file_kept;
    ALTER TABLE consultation DISABLE TRIGGER consultation_asked;
    ALTER TABLE consultation DISABLE TRIGGER consultation_told;
    ALTER TABLE retention_list DISABLE TRIGGER retention_list_kept;
    ALTER TABLE retention_rule DISABLE TRIGGER retention_rule_kept;
    ALTER TABLE sensitive_rule DISABLE TRIGGER sensitive_rule_kept;
    ALTER TABLE sensitive_words DISABLE TRIGGER sensitive_words_kept;
    ALTER TABLE sensitive_door DISABLE TRIGGER sensitive_door_kept;
    ALTER TABLE sealed_record DISABLE TRIGGER sealed_record_kept;
    ALTER TABLE unmasking DISABLE TRIGGER unmasking_kept
"""


async def plant(connection: asyncpg.Connection) -> None:
    """Puts a canary into every text there is."""
    from portal.web.page import _as_sent, _rendered

    _rendered.forget()
    _as_sent.forget()
    await connection.execute(UNKEPT)
    for table in [*VISIBILITY, *NEVER_SHOWN]:
        columns = text_columns(table)
        if table in FOR_EVERYBODY or not columns:
            continue
        name, key = table._meta.tablename, table._meta.primary_key._meta.name
        values = ", ".join(f"{c._meta.name} = {_canary(name, key, c)}" for c in columns)
        await connection.execute(f"UPDATE {name} SET {values}")


async def plant_out_of_sight(connection: asyncpg.Connection, sight: Sight, told: set[tuple[str, int]]) -> None:
    """The same where this reader may not look, and nowhere else; she is `told` of these rows otherwise."""
    await connection.execute(UNKEPT)
    for table in [*VISIBILITY, *NEVER_SHOWN]:
        name, key = table._meta.tablename, table._meta.primary_key._meta.name
        for column in text_columns(table) if table not in FOR_EVERYBODY else ():
            rows = [row[0] for row in await connection.fetch(f"SELECT {key} FROM {name}")]
            hidden = [
                row
                for row in rows
                if (name, row) not in told and not sight.may_read(Canary(name, column._meta.name, row))
            ]
            value = _canary(name, key, column)
            await connection.execute(f"UPDATE {name} SET {column._meta.name} = {value} WHERE {key} = ANY($1)", hidden)


def _canary(table: str, key: str, column: Text | Array) -> str:
    name = column._meta.name
    mark = f"'Canary.{table}.{name}.' || {key} || '.'"
    if isinstance(column, Array):
        return f"ARRAY[{mark}]"
    if name.endswith("_html"):
        return f"'<p>' || {mark} || '</p>'"
    return f"{mark} || 'x@world.example'" if name == "email" else mark


class Sight(NamedTuple):
    """What somebody may see: rows by table, and people by what is told of them."""

    person: int | None
    rows: dict[str, set[int]]
    guest: bool = True
    administrator: bool = False

    def may_read(self, canary: Canary) -> bool:
        """Whether this text may stand in an answer to her."""
        if canary.table == "identity" and canary.column == "email":
            return self._may_read_email(canary.row)
        if canary.table == "profile":
            return canary.row in self.rows["neighbour"] & self.rows[f"profile.{canary.column}"]
        if canary.table == "comment":
            return canary.row in self.rows["comment_text"]
        return canary.row in self.rows.get(canary.table, set())

    def _may_read_email(self, person: int) -> bool:
        """One's own; employees know the addresses of those with whom they share a space; administrators read in the
        list of dead letters to whom they were."""
        if person == self.person:
            return True
        return (not self.guest and person in self.rows["neighbour"]) or (
            self.administrator and person in self.rows["dead_letter_to"]
        )


NOTHING = Sight(None, {"comment_text": set()})

#: She, and in whose name stands what she wrote without her own.
HERSELF = "(SELECT $1 UNION SELECT k.person FROM mask k WHERE k.behind = $1)"
#: Who reads a space as its member ("b" for belongs), in time.
BELONGS = "SELECT b.person, b.space FROM membership b WHERE coalesce(b.until > plein_now(), TRUE)"
#: Everybody who reads, with the space.
READERS = f"""
    SELECT p.id AS person, s.id AS space FROM person p, space s WHERE p.active AND (
        (p.id, s.id) IN ({BELONGS})
        OR p.kind = 'employee' AND (s.open OR s.parent IN (SELECT o.id FROM space o WHERE o.open))
        OR p.kind = 'sister' AND (s.id = p.home OR s.sisters OR s.parent IN (SELECT o.id FROM space o WHERE o.sisters))
        OR p.kind <> 'guest' AND (p.id, s.parent) IN ({BELONGS}))
"""
SPACES = f"SELECT r.space AS id FROM ({READERS}) r WHERE r.person = $1"
LASTS = "person = $1 AND coalesce(until > plein_now(), TRUE)"
MODERATED = f"SELECT space FROM membership WHERE {LASTS} AND role IN ('moderator', 'owner')"
CAMPAIGNS = f"""
    SELECT id FROM campaign WHERE space = ANY($2) AND kind = 'campaign' AND (NOT hidden OR author = $1
        OR space IN ({MODERATED})) AND (state IN ('open', 'cancelled', 'archived') OR author = $1
        OR state IN ('proposed', 'declined') AND (sponsor = $1 OR decision_owner = $1
            OR space IN ({MODERATED})))
"""
INVITES = f"""SELECT space FROM membership WHERE {LASTS} AND role IN ('owner', 'community_manager')
    UNION SELECT s.id FROM space s, person p WHERE s.host = $1 AND p.id = $1 AND p.kind <> 'guest'"""
ADMINISTERS = f"EXISTS (SELECT FROM membership WHERE {LASTS} AND role = 'administrator')"
EMPLOYED = "EXISTS (SELECT FROM person WHERE id = $1 AND kind = 'employee')"
#: Items on whose cases somebody is, wherever they stand.
ON_CASES = """SELECT z.idea FROM case_role w JOIN escalation z ON z.id = w.escalation
    WHERE w.person = $1 AND w.until IS NULL"""
IDEAS = f"""SELECT id FROM idea WHERE (campaign IN ({CAMPAIGNS}) OR kind <> 'idea' AND space = ANY($2)) AND state <> 'diverted' AND (
    state IN ('published', 'withdrawn')
    OR author IN {HERSELF}
    OR (state = 'draft' AND id IN (SELECT idea FROM co_author WHERE person = $1))
    OR id IN (SELECT idea FROM co_author WHERE person = $1 AND accepted_at IS NOT NULL)
    OR (state IN ('hidden', 'removed')
        AND space IN ({MODERATED})))
    OR state IN ('published', 'withdrawn') AND id IN ({ON_CASES})"""
#: The ideas about which something may be told that was decided.
DECIDED = """SELECT i.id FROM idea i JOIN campaign c ON c.id = i.campaign
    WHERE i.id = ANY($3) AND (c.always_open OR c.state IN ('cancelled', 'archived') OR c.decide_from <= plein_now())"""
#: The profiles of which somebody may read this field, wherever she sees the person.
PROFILE = f"""SELECT f.person AS id FROM profile f, person me, person her WHERE me.id = $1 AND her.id = f.person AND (
    f.person = $1 OR me.kind = 'guest' AND f.FIELD_for = 'everyone' AND 'FIELD' NOT IN {PERSONNEL}
    OR me.kind <> 'guest' AND (f.FIELD_for IN ('colleagues', 'everyone') OR f.FIELD_for = 'circle' AND (
        me.org_unit = her.org_unit OR EXISTS (SELECT FROM space s WHERE s.kind <> 'organisation' AND 2 = (
            SELECT count(DISTINCT m.person) FROM membership m WHERE m.space = s.id AND m.person IN ($1, f.person))))))
"""
#: Shown to the person it is about, to the readers of its space, where its item is, and to everybody.
OF_ONE = (
    "budget",
    "charter_acceptance",
    "follow",
    "reaction",
    "read_mark",
    "rules_acceptance",
    "vote",
    "mute",
    "crowd_reply",
)
OF_A_SPACE = ("departure", "membership", "search_word")
OF_AN_ITEM = ("cluster_item", "comment_day", "highlight")
OF_ALL = ("about_page", "calendar_day", "organisation", "working_hours", "sensitive_door", "sensitive_rule")
OF_ADMINISTRATORS = ("topic_rule", "screener", "sensitive_words", "retention_log")
COMMENTS = f"""SELECT k.id FROM comment k
    WHERE k.idea = ANY($3) AND k.state <> 'diverted' AND (
        k.author = $1 OR k.state <> 'draft' AND k.space IN ({MODERATED}) OR k.state NOT IN ('hidden', 'draft'))"""
#: Items to be judged, but by nobody who wrote, wrote along or wrote down what they are about, or in whose name it stands.
JUDGED = f"""SELECT x.id FROM moderation_item x LEFT JOIN idea i ON i.id = x.idea WHERE x.space IN ({MODERATED})
    AND x.author NOT IN {HERSELF} AND coalesce(i.author NOT IN {HERSELF} AND coalesce(i.speaks_for, 0) <> $1, TRUE)
    AND NOT EXISTS (SELECT FROM co_author k WHERE k.idea = x.idea AND k.person = $1 AND k.accepted_at IS NOT NULL)
    AND NOT EXISTS (SELECT FROM capture w WHERE w.idea = x.idea AND w.author = $1)"""
#: What somebody may see once her spaces ($2), and the ideas in them ($3), are known. $1 is she herself.
ROWS = {
    "space": "SELECT unnest($2::bigint[]) AS id",
    "campaign": CAMPAIGNS,
    "question": f"SELECT id FROM question WHERE campaign IN ({CAMPAIGNS})",
    "campaign_notice": f"SELECT id FROM campaign_notice WHERE campaign IN ({CAMPAIGNS})",
    "idea": "SELECT unnest($3::bigint[]) AS id",
    "idea_version": "SELECT id FROM idea_version WHERE idea = ANY($3)",
    "answer": f"SELECT id FROM answer WHERE idea IN ({DECIDED})",
    "answer_version": f"""SELECT v.id FROM answer_version v JOIN answer a ON a.id = v.answer
        WHERE a.idea IN ({DECIDED})""",
    "promise": f"SELECT id FROM promise WHERE idea IN ({DECIDED})",
    "promise_news": f"""SELECT n.id FROM promise_news n JOIN promise p ON p.id = n.promise
        WHERE p.idea IN ({DECIDED})""",
    "answer_draft": """SELECT d.id FROM answer_draft d WHERE d.edited_by = $1 OR EXISTS (SELECT FROM case_role r
        WHERE r.escalation = d.escalation AND r.person = $1 AND r.until IS NULL AND r.role <> 'promise')""",
    "answer_start": "SELECT s.id FROM answer_start s, person p WHERE p.id = $1 AND p.kind = 'employee'",
    "status_change": f"""SELECT id FROM status_change
        WHERE idea = ANY($3) AND (status IN ('withdrawn', 'put back', 'adopted', 'became an idea') OR idea IN ({DECIDED}))""",
    "correction": "SELECT id FROM correction WHERE idea = ANY($3)",
    "help_offer": "SELECT id FROM help_offer WHERE idea = ANY($3)",
    "idea_reply": "SELECT id FROM idea_reply WHERE idea = ANY($3)",
    "capture": "SELECT id FROM capture WHERE idea = ANY($3)",
    "workshop": f"SELECT id FROM workshop WHERE campaign IN ({CAMPAIGNS})",
    "policy": "SELECT id FROM policy WHERE space = ANY($2)",
    "policy_version": "SELECT id FROM policy_version WHERE space = ANY($2)",
    "service": "SELECT s.id FROM service s, person p WHERE p.id = $1 AND p.kind = 'employee'",
    "topic": """SELECT t.id FROM topic t, person p WHERE p.id = $1 AND p.kind = 'employee' AND (t.state <> 'draft'
        OR EXISTS (SELECT FROM membership m WHERE m.person = $1 AND m.role = 'administrator'))""",
    "comment": COMMENTS,
    # what was removed is read by nobody, not even by who wrote it
    "comment_text": f"""SELECT id FROM comment WHERE idea = ANY($3)
        AND (state = 'published' OR state = 'draft' AND author = $1
            OR (state = 'hidden' AND (author = $1 OR space IN ({MODERATED}))))""",
    # of what is out of sight only where it stood: that others replied, or that what had been read was taken away
    "comment_place": """SELECT k.id FROM comment k WHERE k.idea = ANY($3) AND (
        k.state IN ('hidden', 'draft', 'diverted') AND EXISTS (SELECT FROM comment r
            WHERE r.root = k.id AND r.state IN ('published', 'removed'))
        OR k.state = 'hidden' AND EXISTS (SELECT FROM decision d JOIN moderation_item x ON x.id = d.item
            WHERE x.comment = k.id AND d.action IN ('hide', 'send back', 'remove') AND d.was = 'published'
                AND d.undone_at IS NULL AND d.put_back_at IS NULL
                AND d.id NOT IN (SELECT decision FROM appeal WHERE outcome = 'granted')
                AND NOT EXISTS (SELECT FROM decision l WHERE l.item = d.item AND l.id > d.id AND l.undone_at IS NULL
                    AND l.action IN ('allow', 'warn') AND l.was = 'hidden')))""",
    "comment_version": f"""SELECT v.id FROM comment_version v JOIN comment k ON k.id = v.comment
        WHERE k.state <> 'removed' AND k.id IN ({COMMENTS})""",
    "mention": f"""SELECT v.id FROM mention v JOIN comment k ON k.id = v.comment
        WHERE k.state <> 'removed' AND k.id IN ({COMMENTS})""",
    "moderation_item": JUDGED,
    # what was reported, and what a moderator decided: read by the moderators of the space, but nobody reads the
    # reports on her own; what was decided about one's own, by oneself, unless all was well
    "report": f"""SELECT r.id FROM report r JOIN moderation_item x ON x.id = r.item
        WHERE x.id IN ({JUDGED}) UNION SELECT id FROM report WHERE reporter = $1""",
    "decision": f"""SELECT id FROM decision WHERE person NOT IN {HERSELF} AND space IN ({MODERATED})
        UNION SELECT id FROM decision WHERE person IN {HERSELF} AND action <> 'allow'""",
    "appeal": f"""SELECT a.id FROM appeal a JOIN decision d ON d.id = a.decision
        WHERE d.person IN {HERSELF} OR d.space IN ({MODERATED})""",
    "partner": """SELECT o.id FROM partner o, person p WHERE p.id = $1 AND p.kind = 'employee'
        UNION SELECT partner FROM membership WHERE space = ANY($2) AND partner IS NOT NULL""",
    "invitation": f"SELECT id FROM invitation WHERE space = ANY($2) AND space IN ({INVITES})",
    "colleague_wish": f"""SELECT id FROM colleague_wish
        WHERE space = ANY($2) AND (person = $1 OR space IN ({INVITES}))""",
    "digest": "SELECT id FROM digest WHERE idea = ANY($3)",
    "attachment": f"""SELECT id FROM attachment
        WHERE idea = ANY($3) AND (state = 'shown' OR author = $1 OR space IN ({MODERATED}))""",
    "escalation": "SELECT id FROM escalation WHERE idea = ANY($3)",
    # what is its team's alone
    **{
        table: f"""SELECT x.id FROM {table} x JOIN case_role r ON r.escalation = x.escalation
            WHERE r.person = $1 AND r.until IS NULL AND r.role <> 'promise'"""
        for table in ("case_note", "case_file", "consultation", "case_conflict")
    },
    "handover": """SELECT h.id FROM handover h JOIN escalation e ON e.id = h.escalation JOIN person p ON p.id = $1
        WHERE p.kind = 'employee' AND (h.outcome = 'taken' AND e.idea = ANY($3) OR EXISTS (SELECT FROM case_role r
            WHERE r.escalation = e.id AND r.person = $1 AND r.until IS NULL AND r.role <> 'promise'))""",
    # her own, while the case's item is read under that label; whole, while she is on the case, or was when it ended
    "case_record": f"""SELECT c.id FROM case_record c JOIN escalation e ON e.id = c.escalation JOIN space s
        ON s.id = c.space WHERE c.person = $1 AND c.label = s.label
        AND e.idea = ANY($3) AND (NOT c.whole OR e.ended_at IS NOT NULL AND (e.owner = $1 OR {ADMINISTERS})
            OR EXISTS (SELECT FROM case_role r
                WHERE r.escalation = e.id AND r.person = $1 AND r.until IS NULL AND r.role <> 'promise'))""",
    **{
        table: f"SELECT x.id FROM {table} x, person p WHERE p.id = $1 AND p.kind = 'employee'"
        for table in ("retention_list", "retention_rule")
    },
    "escalation_setting": "SELECT id FROM escalation_setting",
    "action_request": f"""SELECT id FROM action_request WHERE idea = ANY($3)
        AND (person = $1 OR space IN ({MODERATED}))""",
    "file_wish": f"""SELECT w.id FROM file_wish w JOIN attachment x ON x.id = w.attachment WHERE x.idea = ANY($3)
        AND (w.person = $1 OR w.space IN ({INVITES})) AND (x.state = 'shown' OR x.author = $1
            OR x.space IN ({MODERATED}))""",
    "neighbour": f"""SELECT $1::bigint AS id
        UNION SELECT r.person FROM ({READERS}) r WHERE r.space = ANY($2)""",
    # beside her neighbours: who signed what she may read, even if that person has left since
    "signed": f"""SELECT author AS id FROM idea WHERE id = ANY($3)
        UNION SELECT speaks_for FROM idea WHERE id = ANY($3)
        UNION SELECT author FROM comment WHERE idea = ANY($3) AND state = 'published'
        UNION SELECT author FROM answer WHERE idea = ANY($3)
        UNION SELECT author FROM digest WHERE idea = ANY($3)
        UNION SELECT author FROM status_change WHERE idea = ANY($3)
        UNION SELECT author FROM correction WHERE idea = ANY($3)
        UNION SELECT author FROM idea_version WHERE idea = ANY($3)
        UNION SELECT author FROM capture WHERE idea = ANY($3)
        UNION SELECT person FROM help_offer WHERE idea = ANY($3)
        UNION SELECT person FROM co_author WHERE idea = ANY($3)
        UNION SELECT sponsor FROM campaign WHERE id IN ({CAMPAIGNS})""",
    # by one's own first day; colleagues and who invites read all
    "chapter": f"""SELECT c.id FROM chapter c, person p, organisation g WHERE c.space = ANY($2) AND p.id = $1 AND (
        c.space IN ({INVITES}) OR p.kind <> 'guest' AND p.starts_on IS NULL
        OR p.starts_on + c.opens <= (plein_now() AT TIME ZONE g.zone)::date)""",
    "mentor": "SELECT id FROM mentor WHERE space = ANY($2)",
    "charter": "SELECT id FROM charter WHERE space = ANY($2)",
    "community_card": "SELECT id FROM community_card WHERE space = ANY($2)",
    "org_unit": "SELECT u.id FROM org_unit u, person p WHERE p.id = $1 AND p.kind = 'employee'",
    "data_export": "SELECT id FROM data_export WHERE person = $1",
    # what she heard of, as long as she reads that; and when she is away, which administrators manage for everybody
    "notice": f"""SELECT id FROM notice WHERE person = $1 AND (space IS NULL OR space = ANY($2) OR idea = ANY($3))
        AND (campaign IS NULL OR campaign IN ({CAMPAIGNS})) AND (idea IS NULL OR idea = ANY($3))
        AND (comment IS NULL OR comment IN ({COMMENTS} AND k.state = 'published'))
        AND (answer IS NULL OR answer IN (SELECT id FROM answer WHERE idea IN ({DECIDED})))
        AND CASE needs WHEN 'moderator' THEN space IN ({MODERATED}) WHEN 'host' THEN space IN ({INVITES})
            WHEN 'administrator' THEN {ADMINISTERS} ELSE TRUE END""",
    "absence": """SELECT id FROM absence WHERE person = $1 OR EXISTS
        (SELECT FROM membership WHERE person = $1 AND role = 'administrator')""",
    # under the label that the space bears still, for who owns it or is its host
    "space_record": """SELECT r.id FROM space_record r JOIN space s ON s.id = r.space, person p
        WHERE p.id = $1 AND p.kind <> 'guest' AND s.id = ANY($2) AND s.label = r.label AND (s.host = $1
            OR EXISTS (SELECT FROM membership m WHERE m.person = $1 AND m.space = s.id AND m.role = 'owner'))""",
    "sensitive_rule": "SELECT id FROM sensitive_rule",
    "sensitive_door": "SELECT id FROM sensitive_door",
    "sensitive_words": """SELECT id FROM sensitive_words WHERE EXISTS
        (SELECT FROM membership WHERE person = $1 AND role = 'administrator')""",
    # nobody is named in the world: the organisation's moderators screen
    "screening": """SELECT x.id FROM screening x JOIN person p ON p.id = $1 WHERE x.person = $1
        OR p.kind <> 'guest' AND (decided_by = $1 OR appeal_to = $1 OR state = 'open' AND EXISTS (
            SELECT FROM membership m JOIN space s ON s.id = m.space
            WHERE m.person = $1 AND m.role = 'moderator' AND s.kind = 'organisation'))""",
    "sealed_text": """SELECT t.id FROM sealed_text t JOIN screening x ON x.id = t.screening
        WHERE x.person = $1 OR x.appeal_to = $1 AND x.outcome IS NULL""",
    "unmasking": f"SELECT id FROM unmasking WHERE space IN ({MODERATED}) OR {ADMINISTERS}",
    "session": "SELECT id FROM session WHERE person = $1",
    "mail": """SELECT x.id FROM mail x WHERE EXISTS
        (SELECT FROM membership WHERE person = $1 AND role = 'administrator')""",
    **{f"profile.{field}": PROFILE.replace("FIELD", field) for field in FIELDS},
    **dict.fromkeys(
        ("people_import", "import_line", "import_problem"),
        """SELECT -1 AS id UNION SELECT i.id FROM generate_series(1, 100) i (id) WHERE EXISTS
        (SELECT FROM membership WHERE person = $1 AND role = 'administrator')""",
    ),
    **{name: f"SELECT id FROM {name} WHERE person = $1" for name in OF_ONE},
    **{name: f"SELECT person AS id FROM {name} WHERE person = $1" for name in ("guest", "personnel")},
    **{name: f"SELECT id FROM {name} WHERE space = ANY($2)" for name in OF_A_SPACE},
    **{name: f"SELECT id FROM {name} WHERE idea = ANY($3)" for name in OF_AN_ITEM},
    **{name: f"SELECT id FROM {name}" for name in OF_ALL},
    **{name: f"SELECT id FROM {name} WHERE {ADMINISTERS}" for name in OF_ADMINISTRATORS},
    "partner_domain": f"SELECT id FROM partner_domain WHERE {EMPLOYED}",
    "crowd_question": "SELECT id FROM crowd_question WHERE idea = ANY($3)",
    "space_unit": f"SELECT id FROM space_unit WHERE space = ANY($2) AND {EMPLOYED}",
    "delegate": f"SELECT id FROM delegate WHERE $1 IN (leader, person) OR {ADMINISTERS}",
    "pause": f"SELECT id FROM pause WHERE person = $1 OR space IN ({MODERATED})",
    "mentorship": f"""SELECT id FROM mentorship
        WHERE space = ANY($2) AND ($1 IN (person, mentor) OR space IN ({INVITES}))""",
    "co_author": """SELECT id FROM co_author
        WHERE idea = ANY($3) AND (accepted_at IS NOT NULL OR $1 IN (person, invited_by))""",
    "case_role": "SELECT w.id FROM case_role w JOIN escalation z ON z.id = w.escalation WHERE z.idea = ANY($3)",
    "event": f"""SELECT id FROM event e WHERE (person IS NULL OR person = $1)
        AND (kind NOT LIKE 'moderation.%' OR space IN ({MODERATED}))
        AND (space = ANY($2) OR idea = ANY($3) OR escalation IS NOT NULL
            OR space IS NULL AND (person IS NOT NULL OR {ADMINISTERS}))
        AND (campaign IS NULL OR campaign IN ({CAMPAIGNS})) AND (idea IS NULL OR idea = ANY($3))
        AND (comment IS NULL OR comment IN ({COMMENTS}))
        AND (answer IS NULL OR answer IN (SELECT id FROM answer WHERE idea IN ({DECIDED})))
        AND (escalation IS NULL OR escalation IN (SELECT id FROM escalation WHERE idea = ANY($3)))""",
    "search_document": f"""SELECT id FROM search_document WHERE (space IS NULL OR space = ANY($2))
        AND (idea IS NULL OR idea = ANY($3)) AND (comment IS NULL OR comment IN ({COMMENTS}))
        AND (answer IS NULL OR answer IN (SELECT id FROM answer WHERE idea IN ({DECIDED})))
        AND (campaign IS NULL OR campaign IN ({CAMPAIGNS}))
        AND (person IS NULL OR person = $1 OR person IN (
            SELECT r.person FROM ({READERS}) r WHERE r.space = ANY($2)))""",
    "dead_letter_to": "SELECT recipient AS id FROM mail WHERE dropped_at IS NOT NULL",
}


async def sight_of(connection: asyncpg.Connection, person: int | None) -> Sight:
    """What this person may see; nothing for nobody and for who is deactivated."""
    facts = await connection.fetchrow("SELECT kind, active FROM person WHERE id = $1", person)
    if facts is None or not facts["active"]:
        return NOTHING
    spaces = [row["id"] for row in await connection.fetch(SPACES, person)]
    ideas = [row["id"] for row in await connection.fetch(IDEAS, person, spaces)]
    rows: dict[str, set[int]] = {}
    for name, sql in ROWS.items():
        # every parameter is named once, so that PostgreSQL knows its type whichever the statement uses
        typed = f"WITH x AS (SELECT $1::bigint, $2::bigint[], $3::bigint[]) {sql}"
        rows[name] = {row["id"] for row in await connection.fetch(typed, person, spaces, ideas)}
    administrator = bool(
        await connection.fetchval("SELECT 1 FROM membership WHERE person = $1 AND role = 'administrator'", person)
    )
    rows["person"] = rows["neighbour"]
    rows["identity"] = rows["neighbour"] | rows["signed"] | (rows["dead_letter_to"] if administrator else set())
    return Sight(person, rows, facts["kind"] == "guest", administrator)


async def addresses(connection: asyncpg.Connection) -> dict[str, dict[str, int]]:
    """Every public id there is, by table, with the row's key."""
    found: dict[str, dict[str, int]] = {}
    for table in [*VISIBILITY, *NEVER_SHOWN]:
        if "public_id" in {column._meta.name for column in table._meta.columns}:
            name = table._meta.tablename
            rows: list[Any] = await connection.fetch(f"SELECT public_id, id FROM {name} ORDER BY id")
            found[name] = {row["public_id"]: row["id"] for row in rows}
    return found


async def rows_elsewhere(connection: asyncpg.Connection, guest: int) -> set[tuple[str, int]]:
    """Every row, by table and key, that belongs to no space of this guest, and the people who neither
    are in one nor wrote there, nor are spoken for."""
    own = "SELECT m.space FROM membership m WHERE m.person = $1"
    among = f"SELECT o.person FROM membership o WHERE o.space IN ({own})"
    for written, who in (("idea", "author"), ("idea", "speaks_for"), ("comment", "author")):
        among += f" UNION SELECT w.{who} FROM {written} w WHERE w.space IN ({own}) AND w.{who} IS NOT NULL"
    found: set[tuple[str, int]] = set()
    for table in VISIBILITY:
        name, columns = table._meta.tablename, {column._meta.name for column in table._meta.columns}
        if "space" in columns:
            rows = await connection.fetch(f"SELECT id FROM {name} WHERE space NOT IN ({own})", guest)
        elif table in (t.Person, t.Identity):
            key = table._meta.primary_key._meta.name
            rows = await connection.fetch(f"SELECT {key} FROM {name} WHERE {key} NOT IN ({among})", guest)
        else:
            continue
        found |= {(name, row[0]) for row in rows}
    return found
