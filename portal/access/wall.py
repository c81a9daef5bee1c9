"""The second wall: what PostgreSQL itself lets a guest's request read and write, whatever our code asks for.

Guests' requests run as a login role of their own, which owns nothing: it has the rights below, and row-level policies
that keep it to `app.spaces` and `app.person` (portal.db sets them). Everybody else's requests run as the owner of the
tables, whom no policy slows down. Every table stands in GATES; a test demands it.
"""

from __future__ import annotations

import msgspec
from piccolo.table import Table

from portal import tables as t
from portal.db import fetch_value, script
from portal.settings import BadSetting

SPACES = "(SELECT nullif(current_setting('app.spaces', true), '')::bigint[])::bigint[]"
PERSON = "(SELECT nullif(current_setting('app.person', true), '')::bigint)"

EVERYTHING = "TRUE"
IN_SPACE = f"space = ANY ({SPACES})"
OWN = f"person = {PERSON}"
OWN_IN_SPACE = f"{IN_SPACE} AND {OWN}"
WRITTEN_BY_HERSELF = f"{IN_SPACE} AND author = {PERSON}"
OWN_OR_NOWHERE = f"(space = ANY ({SPACES}) OR space IS NULL) AND (person IS NULL OR {OWN})"
NOTHING = "FALSE"
PRESENT = f"EXISTS (SELECT FROM membership m WHERE m.partner = partner.id AND m.space = ANY ({SPACES}))"
#: What is open to somebody who starts, by her own first day on the organisation's clock.
OPEN_BY_NOW = f"""{IN_SPACE} AND opens <= (SELECT (plein_now() AT TIME ZONE g.zone)::date - p.starts_on
    FROM person p, organisation g WHERE p.id = {PERSON})"""
# Written so that both sides can use an index: a search looks through many rows.
FINDABLE = f"({IN_SPACE} OR person = ANY ((SELECT array_agg(w.person) FROM wall_people w)::bigint[]))"


def _known(key: str) -> str:
    """Oneself, who is in one's spaces, and who wrote there and left."""
    wrote = (f"EXISTS (SELECT FROM {table} w WHERE w.author = {key})" for table in ("idea", "comment"))
    return " OR ".join((f"{key} = {PERSON}", f"EXISTS (SELECT FROM wall_people w WHERE w.person = {key})", *wrote))


class Gate(msgspec.Struct, frozen=True):
    """The rows that a guest's request reads; the commands that it may send beside SELECT, and on which rows (the same,
    if nothing is said). `lock`: it may hold rows without changing them."""

    rows: str
    commands: tuple[str, ...] = ()
    written: str = ""
    lock: bool = False


def _gate(rows: str, *commands: str, written: str = "", lock: bool = False) -> Gate:
    return Gate(rows, commands, written or rows, lock)


#: None: closed to guests altogether.
GATES: dict[type[Table], Gate | None] = {
    t.AboutPage: _gate(EVERYTHING),
    t.ActionRequest: _gate(OWN_IN_SPACE, "INSERT"),
    t.Absence: _gate(NOTHING),
    t.Answer: _gate(IN_SPACE),
    t.AnswerVersion: _gate(IN_SPACE),
    t.Appeal: _gate(IN_SPACE, "INSERT"),
    t.Attachment: _gate(IN_SPACE, "INSERT", "UPDATE", "DELETE", written=WRITTEN_BY_HERSELF),
    t.Budget: _gate(OWN_IN_SPACE),
    t.CalendarDay: _gate(EVERYTHING),
    t.Campaign: _gate(IN_SPACE, lock=True),
    t.CampaignNotice: _gate(IN_SPACE),
    t.Capture: _gate(IN_SPACE, "UPDATE"),
    t.Chapter: _gate(OPEN_BY_NOW),
    t.Charter: _gate(IN_SPACE),
    t.CharterAcceptance: _gate(OWN_IN_SPACE, "INSERT"),
    t.CaseConflict: _gate(NOTHING),
    t.CaseRole: _gate(IN_SPACE),
    t.CaseStep: None,
    t.CoAuthor: _gate(
        IN_SPACE, "INSERT", "UPDATE", "DELETE", written=f"{IN_SPACE} AND {PERSON} IN (person, invited_by)"
    ),
    t.ColleagueWish: _gate(OWN_IN_SPACE, "INSERT"),
    t.Comment: _gate(IN_SPACE, "INSERT", "UPDATE", written=WRITTEN_BY_HERSELF),
    t.CommentDay: _gate(IN_SPACE),
    t.CommentVersion: _gate(IN_SPACE, "INSERT", "DELETE"),
    t.CommunityCard: _gate(IN_SPACE),
    t.Correction: _gate(IN_SPACE, "INSERT", written=WRITTEN_BY_HERSELF),
    t.Credential: _gate(OWN, "INSERT", "UPDATE"),
    t.DataExport: _gate(OWN, "INSERT", "DELETE"),
    t.Decision: _gate(IN_SPACE, "UPDATE", written=OWN_IN_SPACE),
    t.Delegate: _gate(NOTHING),
    t.Departure: _gate(IN_SPACE),
    t.Digest: _gate(IN_SPACE),
    t.Escalation: _gate(IN_SPACE),
    t.EscalationSetting: _gate(EVERYTHING),
    t.Event: _gate(OWN_OR_NOWHERE, "INSERT"),
    t.EventQueue: _gate(EVERYTHING, "INSERT"),
    t.FileWish: _gate(OWN_IN_SPACE, "INSERT"),
    t.Follow: _gate(OWN_IN_SPACE, "INSERT", "DELETE"),
    t.Guest: _gate(OWN),
    t.HelpOffer: _gate(IN_SPACE, "INSERT", "UPDATE", "DELETE", written=OWN_IN_SPACE),
    t.Highlight: _gate(IN_SPACE),
    t.Idea: _gate(IN_SPACE, "INSERT", "UPDATE"),
    t.IdeaReply: _gate(IN_SPACE, "INSERT", "UPDATE", "DELETE"),
    t.IdeaVersion: _gate(IN_SPACE, "INSERT"),
    t.Identity: _gate(_known("identity.person"), "UPDATE", written=OWN),
    t.ImportFile: None,
    t.ImportLine: None,
    t.ImportProblem: None,
    t.Invitation: _gate(NOTHING),
    t.InvitationLink: None,
    t.Mail: _gate(NOTHING),
    t.Membership: _gate(IN_SPACE, "DELETE", written=OWN_IN_SPACE),
    t.Mention: _gate(IN_SPACE, "INSERT", "DELETE"),
    t.Mentor: _gate(IN_SPACE),
    t.Mentorship: _gate(OWN_IN_SPACE),
    t.ModerationItem: _gate(IN_SPACE, "INSERT", "UPDATE"),
    t.Mute: _gate(OWN_IN_SPACE, "INSERT", "DELETE"),
    t.Notice: _gate(OWN_OR_NOWHERE, "UPDATE"),
    t.Organisation: _gate(EVERYTHING),
    t.OrgUnit: _gate(NOTHING),
    t.Partner: _gate(PRESENT),
    t.PartnerDomain: _gate(NOTHING),
    t.PasswordReset: _gate(OWN, "UPDATE"),
    t.Pause: _gate(OWN_IN_SPACE),
    t.PeopleImport: None,
    t.Person: _gate(_known("person.id"), "UPDATE", written=f"id = {PERSON}"),
    t.Personnel: _gate(NOTHING),
    t.Profile: _gate(_known("profile.person"), "INSERT", "UPDATE", written=OWN),
    t.Question: _gate(IN_SPACE),
    t.Reaction: _gate(OWN_IN_SPACE, "INSERT", "DELETE"),
    t.ReadMark: _gate(OWN_IN_SPACE, "INSERT", "UPDATE", "DELETE"),
    t.Report: _gate(f"{IN_SPACE} AND reporter = {PERSON}", "INSERT"),
    t.RulesAcceptance: _gate(OWN, "INSERT"),
    t.SearchDocument: _gate(FINDABLE),
    t.SearchFresh: None,
    t.SearchWord: _gate(IN_SPACE),
    t.Service: _gate(NOTHING),
    t.Session: _gate(OWN, "INSERT", "UPDATE", "DELETE"),
    t.SetUp: None,
    t.SignInLink: _gate(OWN, "UPDATE"),
    t.Space: _gate(f"id = ANY ({SPACES})"),
    t.SpaceRecord: None,
    t.SpaceUnit: _gate(NOTHING),
    t.StatusChange: _gate(IN_SPACE, "INSERT"),
    t.Throttle: _gate(EVERYTHING, "INSERT", "UPDATE", "DELETE"),
    t.Topic: _gate(NOTHING),
    t.TopicRule: None,
    t.Vote: _gate(OWN_IN_SPACE, "INSERT", "UPDATE", "DELETE"),
    t.WorkingHours: _gate(EVERYTHING),
    t.Workshop: _gate(IN_SPACE),
}

# People in the actor's spaces are looked up as the owner: a policy on people may not ask for people itself. Triggers
# keep counts and rows that guests don't reach, and jobs are queued for them: both run as the owner, too.
BUILD = f"""
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, %(role)s;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, %(role)s;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
DO $$ DECLARE f regprocedure; BEGIN
    EXECUTE format('CREATE OR REPLACE VIEW wall_people AS SELECT person FROM (%%s) r WHERE %%s',
        rtrim(pg_get_viewdef('readership'::regclass), ';'), $condition${IN_SPACE}$condition$);
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %%I FROM PUBLIC', current_database());
    FOR f IN SELECT p.oid FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND NOT p.prosecdef
        AND (p.prorettype = 'trigger'::regtype OR p.proname = 'procrastinate_defer_jobs_v1')
    LOOP EXECUTE format('ALTER FUNCTION %%s SECURITY DEFINER', f); END LOOP;
END $$;
ALTER VIEW readership SET (security_invoker = true);
GRANT SELECT ON readership, section_reader, wall_people TO %(role)s;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO %(role)s;
"""
KNOWN_ROLE = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = {})"
MAY_MAKE_ROLES = "SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user"
MAKE_ROLE = "SELECT format('CREATE ROLE %I LOGIN PASSWORD %L', {}::text, {}::text)"
#: The guests' role may be nothing that passes by the policies.
TOO_MIGHTY = """
    SELECT g.rolsuper OR g.rolbypassrls OR pg_has_role(g.oid, o.oid, 'USAGE')
    FROM pg_roles g, pg_roles o WHERE g.rolname = {} AND o.rolname = current_user
"""


async def build_wall(role: str, password: str) -> None:
    """Builds it anew as GATES says, in the caller's transaction. Raises BadSetting where the role can't serve."""
    if not await fetch_value(KNOWN_ROLE, role):
        statement = str(await fetch_value(MAKE_ROLE, role, password))
        if not await fetch_value(MAY_MAKE_ROLES):
            raise BadSetting(f"DATABASE_URL: guests need a login role of their own; as a superuser say: {statement}")
        await script(statement)
    if await fetch_value(TOO_MIGHTY, role):
        raise BadSetting(f"GUEST_DATABASE_URL: the role {role} passes by every policy; take one with no rights.")
    quoted = str(await fetch_value("SELECT quote_ident({})", role))
    await script(BUILD % {"role": quoted} + "".join(_policies(table, gate, quoted) for table, gate in GATES.items()))


def _policies(table: type[Table], gate: Gate | None, role: str) -> str:
    """A table's policies and grants. Policies name no role: the owner passes by them, and a backup needs none."""
    name = table._meta.tablename
    commands = ("SELECT", "INSERT", "UPDATE", "DELETE")
    sql = [
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
        *(f"DROP POLICY IF EXISTS wall_{c} ON {name}" for c in commands),
    ]
    if gate is not None:
        for command in ("SELECT", *gate.commands):
            rows = gate.rows if command == "SELECT" else gate.written
            using = "" if command == "INSERT" else f" USING ({rows})"
            check = f" WITH CHECK ({rows})" if command in ("INSERT", "UPDATE") else ""
            sql.append(f"CREATE POLICY wall_{command} ON {name} FOR {command}{using}{check}")
        if gate.lock:  # holding a row takes the right to change it, which the check then refuses
            sql.append(f"CREATE POLICY wall_UPDATE ON {name} FOR UPDATE USING ({gate.rows}) WITH CHECK (FALSE)")
        granted = ("SELECT", *gate.commands, *(["UPDATE"] if gate.lock else []))
        sql.append(f"GRANT {', '.join(granted)} ON {name} TO {role}")
    return "".join(f"{statement};\n" for statement in sql)
