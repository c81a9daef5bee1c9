"""Reading topics, who answers for them, and who is away."""

from __future__ import annotations

from datetime import date

import msgspec

from portal.access.actor import Actor
from portal.access.conflicts import fingerprint
from portal.access.scope import visible
from portal.colleagues.queries import CALLED, ORGANISATION
from portal.db import QueryString, fetch, fetch_one
from portal.tables import Absence, Topic, TopicRule


class Choice(msgspec.Struct, frozen=True):
    """A topic that an item can be about."""

    id: int
    public_id: str
    name: str


CHOICES = """
    SELECT t.id, t.public_id, t.name FROM topic t WHERE (t.state = 'published' OR {}) AND {} ORDER BY lower(t.name)
"""


async def topics_to_choose(actor: Actor, chosen: str = "") -> list[Choice]:
    """The published topics by name, and the one that was `chosen` (a public id) while it was."""
    return await fetch(Choice, CHOICES, QueryString("t.public_id = {}", chosen), visible(Topic, actor, "t"))


class TopicRow(msgspec.Struct, frozen=True):
    """A topic as administrators keep it. People are told by the words that name them in a form; `neutral_here`: she can
    still decide."""

    id: int
    public_id: str
    name: str
    explanation: str
    state: str
    neutral_name: str
    neutral: str
    neutral_here: bool


TOPICS = f"""
    SELECT t.id, t.public_id, t.name, t.explanation, t.state, coalesce(n.name, '') AS neutral_name,
        {CALLED.format("t.neutral", "n")} AS neutral, coalesce(plein_in_office(t.neutral), FALSE) AS neutral_here
    FROM topic t {ORGANISATION} LEFT JOIN identity n ON n.person = t.neutral WHERE {{}}
"""


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of a topic; people by their ids. `owner`: who answers for it wherever no unit has somebody else."""

    name: str
    explanation: str
    state: str
    neutral: int | None
    owner: int | None
    deputy: int | None

    @property
    def seen(self) -> str:
        """What its form is filled from."""
        return fingerprint(*msgspec.structs.astuple(self))


STANDING = """
    SELECT t.name, t.explanation, t.state, t.neutral, r.owner, r.deputy
    FROM topic t LEFT JOIN topic_rule r ON r.topic = t.id AND r.unit IS NULL AND {} WHERE t.id = {} AND {}
"""


async def standing(actor: Actor, topic: TopicRow) -> Content | None:
    """What is said of it now."""
    return await fetch_one(Content, STANDING, visible(TopicRule, actor, "r"), topic.id, visible(Topic, actor, "t"))


class Answering(msgspec.Struct, frozen=True):
    """Who answers for a topic in a unit, by their ids."""

    owner: int | None = None
    deputy: int | None = None

    @property
    def seen(self) -> str:
        """What the form of the rule is filled from."""
        return fingerprint(self.owner, self.deputy)


ANSWERING = """
    SELECT r.owner, r.deputy FROM topic_rule r
    WHERE {} AND r.topic IS NOT DISTINCT FROM {} AND r.unit IS NOT DISTINCT FROM {}
"""


async def answering(actor: Actor, topic: int | None, unit: int | None) -> Answering:
    """By a rule of its own; nobody where there is none."""
    return await fetch_one(Answering, ANSWERING, visible(TopicRule, actor, "r"), topic, unit) or Answering()


async def topics(actor: Actor) -> list[TopicRow]:
    """All of them by name, those that are no more at the end."""
    return await fetch(TopicRow, TOPICS + " ORDER BY t.state = 'retired', lower(t.name)", visible(Topic, actor, "t"))


async def get_topic(actor: Actor, public_id: str) -> TopicRow | None:
    """One of them."""
    return await fetch_one(TopicRow, TOPICS + " AND t.public_id = {}", visible(Topic, actor, "t"), public_id)


class RuleRow(msgspec.Struct, frozen=True):
    """Who answers for a topic (none: for all) in a unit (none: everywhere). `here`: she is an employee who can sign in;
    `away`: not today. `owner` and `deputy` are the words that name them in a form."""

    topic: int | None
    unit: int | None
    unit_public_id: str | None
    owner_public_id: str
    owner_name: str
    owner: str
    owner_here: bool
    owner_away: bool
    deputy_name: str
    deputy: str
    deputy_here: bool
    deputy_away: bool


# Whether {0} is away today, on the organisation's clocks.
AWAY = """EXISTS (SELECT FROM absence a, organisation z WHERE a.person = {0}
        AND (plein_now() AT TIME ZONE z.zone)::date BETWEEN a.from_day AND a.until_day)"""
RULES = f"""
    SELECT r.topic, r.unit, u.public_id AS unit_public_id, p.public_id AS owner_public_id,
        coalesce(n.name, '') AS owner_name, {CALLED.format("r.owner", "n")} AS owner,
        plein_in_office(r.owner) AS owner_here, {AWAY.format("r.owner")} AS owner_away,
        coalesce(d.name, '') AS deputy_name, {CALLED.format("r.deputy", "d")} AS deputy,
        coalesce(plein_in_office(r.deputy), FALSE) AS deputy_here, {AWAY.format("r.deputy")} AS deputy_away
    FROM topic_rule r {ORGANISATION} JOIN person p ON p.id = r.owner LEFT JOIN org_unit u ON u.id = r.unit
    LEFT JOIN identity n ON n.person = r.owner LEFT JOIN identity d ON d.person = r.deputy
    WHERE {{}}
"""


async def rules(actor: Actor) -> list[RuleRow]:
    """Who answers for what: of each topic first who does everywhere."""
    return await fetch(
        RuleRow, RULES + " ORDER BY r.unit IS NOT NULL, lower(u.name), r.id", visible(TopicRule, actor, "r")
    )


THIS = " AND r.topic IS NOT DISTINCT FROM {} AND r.unit IS NOT DISTINCT FROM {}"


async def get_rule(actor: Actor, topic: int | None, unit: int | None) -> RuleRow | None:
    """Who answers for this topic in this unit by a rule of its own."""
    return await fetch_one(RuleRow, RULES + THIS, visible(TopicRule, actor, "r"), topic, unit)


class Candidate(msgspec.Struct, frozen=True):
    """Somebody who could get it, and why; `gets_it`: the one who would, now."""

    public_id: str
    name: str
    part: str
    in_office: bool
    absent: bool
    gets_it: bool


CANDIDATES = """
    SELECT p.public_id, coalesce(n.name, '') AS name, c.part, c.in_office, c.absent,
        c.person = plein_owner({}, {}, '{{}}', plein_now()) AS gets_it
    FROM plein_candidates({}, {}, plein_now()) c JOIN person p ON p.id = c.person
    LEFT JOIN identity n ON n.person = c.person
    WHERE EXISTS (SELECT FROM topic_rule r WHERE {}) ORDER BY c.place LIMIT 20
"""


async def who_would_get_it(actor: Actor, topic: int | None, unit: int | None) -> list[Candidate]:
    """Who would answer for a topic in a unit, one after the other."""
    return await fetch(Candidate, CANDIDATES, topic, unit, topic, unit, visible(TopicRule, actor, "r"))


RULE_USED = """
    SELECT t.name AS topic, r.unit FROM topic_rule r LEFT JOIN topic t ON t.id = r.topic
    WHERE r.id = plein_rule({}, {}) AND {}
"""


class RuleUsed(msgspec.Struct, frozen=True):
    """By which rule: of this topic (none: of all), in this unit (none: everywhere)."""

    topic: str | None
    unit: int | None


async def rule_used(actor: Actor, topic: int | None, unit: int | None) -> RuleUsed | None:
    """The most specific rule for a topic in a unit."""
    return await fetch_one(RuleUsed, RULE_USED, topic, unit, visible(TopicRule, actor, "r"))


# --- absences ---


class AbsenceRow(msgspec.Struct, frozen=True):
    """Days on which somebody is away."""

    id: int
    public_id: str
    person: int
    person_public_id: str
    name: str
    from_day: date
    until_day: date


ABSENCES = """
    SELECT a.id, a.public_id, a.person, p.public_id AS person_public_id, coalesce(n.name, '') AS name, a.from_day,
        a.until_day
    FROM absence a JOIN person p ON p.id = a.person LEFT JOIN identity n ON n.person = a.person WHERE {}
"""
FROM_NOW = """
    AND a.until_day >= ({}::timestamptz AT TIME ZONE (SELECT zone FROM organisation))::date
    ORDER BY a.from_day, a.id LIMIT 200
"""


async def absences(actor: Actor, whose: int | None = None) -> list[AbsenceRow]:
    """Who is away from now on, or when one person is."""
    hers = QueryString("TRUE") if whose is None else QueryString("a.person = {}", whose)
    return await fetch(AbsenceRow, ABSENCES + " AND {} " + FROM_NOW, visible(Absence, actor, "a"), hers, actor.now)


async def get_absence(actor: Actor, public_id: str) -> AbsenceRow | None:
    """One of them."""
    return await fetch_one(AbsenceRow, ABSENCES + " AND a.public_id = {}", visible(Absence, actor, "a"), public_id)


# --- what is missing ---


#: How many units without a head are named.
NAMED = 6


class Gap(msgspec.Struct, frozen=True):
    """What is not as it has to be so that whatever escalates reaches somebody who is there. `kind`: a key of GAPS."""

    kind: str
    name: str
    public_id: str
    others: int = 0


# Of each topic that is published, and of the rules over all topics, who of those that are named is there no longer; of
# units, whose head is not; and what was never set up. Units that never had a head are told in one line. Reports need a
# moderator of the organisation, and an appeal another one.
GAPS = """
    SELECT g.kind, g.name, g.public_id, g.others FROM (
        SELECT 1 AS place, 'no default' AS kind, '' AS name, '' AS public_id, 0 AS others
            WHERE NOT EXISTS (SELECT FROM topic_rule r WHERE r.topic IS NULL AND r.unit IS NULL)
        UNION ALL SELECT CASE n WHEN 0 THEN 1 ELSE 6 END, CASE n WHEN 0 THEN 'no moderator' ELSE 'one moderator' END,
                '', '', 0
            FROM (
                SELECT count(*) AS n FROM membership m JOIN space s ON s.id = m.space
                WHERE s.kind = 'organisation' AND m.role = 'moderator' AND plein_in_office(m.person)
            ) c
            WHERE n < 2
        UNION ALL SELECT 2, x.part || ' left', coalesce(t.name, ''), coalesce(t.public_id, ''), 0
            FROM topic_rule r CROSS JOIN LATERAL (VALUES ('owner', r.owner), ('deputy', r.deputy)) x (part, person)
            LEFT JOIN topic t ON t.id = r.topic
            WHERE (t.id IS NULL OR t.state = 'published') AND x.person IS NOT NULL AND NOT plein_in_office(x.person)
        UNION ALL SELECT 2, 'neutral left', t.name, t.public_id, 0 FROM topic t
            WHERE t.state = 'published' AND t.neutral IS NOT NULL AND NOT plein_in_office(t.neutral)
        UNION ALL SELECT 2, 'head left', u.name, u.public_id, 0 FROM org_unit u
            WHERE u.head IS NOT NULL AND NOT plein_in_office(u.head)
        UNION ALL SELECT 3, 'no topics', '', '', 0 WHERE NOT EXISTS (SELECT FROM topic t WHERE t.state = 'published')
        UNION ALL SELECT 4, 'no country', '', '', 0 FROM organisation z WHERE z.country = ''
        UNION ALL SELECT 5, 'no heads', '', '', 0 WHERE NOT EXISTS (SELECT FROM org_unit u WHERE u.head IS NOT NULL)
        UNION ALL SELECT 5, 'no head', string_agg(u.name, ', ' ORDER BY u.place) FILTER (WHERE u.place <= {}), '',
                greatest(count(*)::int - {}, 0)
            FROM (
                SELECT name, row_number() OVER (ORDER BY lower(name), id) AS place FROM org_unit WHERE head IS NULL
            ) u
            WHERE EXISTS (SELECT FROM org_unit x WHERE x.head IS NOT NULL) HAVING count(*) > 0
        UNION ALL SELECT 6, 'no deputy', t.name, t.public_id, 0 FROM topic_rule r JOIN topic t ON t.id = r.topic
            WHERE t.state = 'published' AND r.unit IS NULL AND r.deputy IS NULL
        UNION ALL SELECT 7, 'no neutral', t.name, t.public_id, 0 FROM topic t
            WHERE t.state = 'published' AND t.neutral IS NULL
    ) g WHERE {} ORDER BY g.place, lower(g.name) LIMIT 60
"""


async def gaps(actor: Actor) -> list[Gap]:
    """What has to be set up, or mended, so that nothing escalates to nobody: the worst first."""
    return await fetch(Gap, GAPS, NAMED, NAMED, visible(TopicRule, actor, "g"))
