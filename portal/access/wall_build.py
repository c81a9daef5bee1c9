"""Builds the second wall out of GATES: the guests' role, its grants and policies, and what these look up as owner."""

from __future__ import annotations

from piccolo.table import Table

from portal.access.fields import FIELDS
from portal.access.wall import GATES, Gate
from portal.access.wall_rows import IN_SPACE, NOTHING, OWN, PERSON, SPACES, known, put_back
from portal.db import execute, fetch_value, script
from portal.settings import BadSetting, settings

# People in the actor's spaces are looked up as the owner: a policy on people may not ask for people itself; so are the
# ideas that she writes, as they stand before her statement. Triggers keep counts and rows that guests don't reach, and
# jobs are queued for them: both run as the owner, too.
WRITES = f"""
    SELECT idea.id AS idea, idea.state, {put_back("idea", "idea")} AS put_back, idea.author,
        plein_said(idea.*) AS said
    FROM idea WHERE {IN_SPACE} AND (author = {PERSON}
        OR EXISTS (SELECT FROM co_author k WHERE k.idea = idea.id AND k.person = {PERSON} AND k.accepted_at IS NOT NULL)
        OR EXISTS (SELECT FROM capture x WHERE x.idea = idea.id AND x.claimant = {PERSON} AND x.state = 'settled'))
"""
SAID = (("idea", "author"), ("comment", "author"), ("idea", "speaks_for"))
# A function, and no part of each statement that names people: there its many parts took longer to set up than to ask.
WROTE = "IF EXISTS (SELECT FROM {0} w WHERE w.{1} = whom AND w.space = ANY (hers)) THEN RETURN TRUE; END IF;"
KNOWS = f"""
    DECLARE hers bigint[] := {SPACES};
    BEGIN {" ".join(WROTE.format(*said) for said in SAID)}
    RETURN EXISTS (SELECT FROM wall_people w WHERE w.person = whom); END
"""
#: The owner's pages show her what a guest sees, too, and mails to guests are written by the owner.
OWNER = "(SELECT NOT plein_behind_wall())"


def _told(*values: tuple[str, str]) -> str:
    """Each value as far as its field is for whoever reads."""
    mine = f"{OWNER} OR {OWN}"
    return ", ".join(
        f"CASE WHEN {mine} OR {field}_for = 'everyone' THEN {value} END AS {value}" for field, value in values
    )


TOLD = _told(*zip(FIELDS, FIELDS, strict=True), ("status", "status_until"))
FOLDED = _told(("place", "folded_place"), ("skills", "folded_skills"))
FOR_WHOM = ", ".join(f"{field}_for" for field in FIELDS)
#: What people tell of themselves, each field as far as it is for guests.
PROFILES = f"""SELECT person, {TOLD}, {FOR_WHOM}, photo, photo_change, {FOLDED} FROM profile
    WHERE {OWNER} OR {known("profile.person")}"""
BUILD = f"""
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, %(role)s;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, %(role)s;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
DO $$ DECLARE f regprocedure; BEGIN
    EXECUTE format('CREATE OR REPLACE VIEW wall_people AS SELECT person FROM (%%s) r WHERE %%s',
        rtrim(pg_get_viewdef('reading'::regclass), ';'), $condition${IN_SPACE}$condition$);
    EXECUTE $view$CREATE OR REPLACE VIEW wall_writes AS {WRITES}$view$;
    CREATE OR REPLACE FUNCTION wall_knows(whom bigint) RETURNS boolean
        LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $knows$ {KNOWS} $knows$;
    CREATE OR REPLACE VIEW wall_profile WITH (security_barrier) AS {PROFILES};
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %%I FROM PUBLIC', current_database());
    FOR f IN SELECT p.oid FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND NOT p.prosecdef
        AND p.prorettype = 'trigger'::regtype
    LOOP EXECUTE format('ALTER FUNCTION %%s SECURITY DEFINER', f); END LOOP;
END $$;
ALTER FUNCTION procrastinate_defer_jobs_v1 SECURITY INVOKER;
ALTER FUNCTION plein_queue SECURITY DEFINER;
ALTER VIEW reading SET (security_invoker = true);
ALTER VIEW readership SET (security_invoker = true);
GRANT SELECT ON reading, readership, section_reader, wall_people, wall_writes, wall_profile TO %(role)s;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO %(role)s;
"""
KEEP_KEY = "INSERT INTO wall.key (key) VALUES ({}) ON CONFLICT (id) DO UPDATE SET key = excluded.key"
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
    await execute(KEEP_KEY, settings().wall_key)
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
        allowed = {"SELECT": gate.rows, "INSERT": gate.insert, "UPDATE": gate.update, "DELETE": gate.delete}
        if gate.lock:  # holding a row takes the right to change it, which the check then refuses
            allowed["UPDATE"] = gate.rows
        for command, rows in ((command, rows) for command, rows in allowed.items() if rows):
            check = rows if command == "INSERT" else NOTHING if gate.lock else gate.becomes or rows
            using = "" if command == "INSERT" else f" USING ({rows})"
            checked = f" WITH CHECK ({check})" if command in ("INSERT", "UPDATE") else ""
            named = {"SELECT": gate.shows, "INSERT": gate.puts, "UPDATE": gate.changes}.get(command)
            columns = f" ({', '.join(named)})" if named else ""
            sql.append(f"CREATE POLICY wall_{command} ON {name} FOR {command}{using}{checked}")
            sql.append(f"GRANT {command}{columns} ON {name} TO {role}")
    return "".join(f"{statement};\n" for statement in sql)
