"""The policy register: policies, every version of their texts, and the answers that led to them."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T01:10:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "policies"

POLICIES = """
CREATE TABLE policy (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    space bigint NOT NULL REFERENCES space (id),
    title text NOT NULL CHECK (title <> ''),
    about text NOT NULL DEFAULT '',
    language text NOT NULL CHECK (language IN ('nl', 'en')),
    owner bigint NOT NULL REFERENCES person (id),
    created_by bigint NOT NULL REFERENCES person (id),
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    form_key text,
    UNIQUE (id, space),
    UNIQUE (created_by, form_key)
);
CREATE UNIQUE INDEX policy_title ON policy (space, lower(title));
CREATE INDEX policy_owner ON policy (owner);

-- `comments_until`: until then its owner hears what people say; null where it held already when it was registered.
-- `in_force_at`: from then on it holds, unless it was dropped. `urgent`: why there was less time than two weeks.
CREATE TABLE policy_version (
    id bigserial PRIMARY KEY,
    policy bigint NOT NULL,
    space bigint NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    body text NOT NULL CHECK (body <> ''),
    body_html text NOT NULL,
    summary text NOT NULL CHECK (summary <> ''),
    reason text NOT NULL DEFAULT '',
    reason_html text NOT NULL DEFAULT '',
    urgent text NOT NULL DEFAULT '',
    author bigint NOT NULL REFERENCES person (id),
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    comments_until timestamptz,
    in_force_at timestamptz NOT NULL,
    discussion bigint REFERENCES idea (id),
    dropped_at timestamptz,
    dropped_by bigint REFERENCES person (id),
    dropped_why text NOT NULL DEFAULT '',
    form_key text,
    UNIQUE (policy, version),
    UNIQUE (author, form_key),
    UNIQUE (id, space),
    FOREIGN KEY (policy, space) REFERENCES policy (id, space) ON UPDATE CASCADE,
    CONSTRAINT policy_version_dropped CHECK (num_nonnulls(dropped_at, dropped_by) IN (0, 2)
        AND (dropped_at IS NULL OR dropped_why <> '')),
    CONSTRAINT policy_version_noticed CHECK (version = 1 AND comments_until IS NULL
        OR comments_until <= in_force_at AND reason <> ''
            AND (urgent <> '' OR comments_until >= created_at + interval '14 days') IS TRUE)
);
CREATE INDEX policy_version_author ON policy_version (author);
CREATE INDEX policy_version_discussion ON policy_version (discussion) WHERE discussion IS NOT NULL;
CREATE INDEX policy_version_dropped_by ON policy_version (dropped_by) WHERE dropped_by IS NOT NULL;
"""

# No silent change: a text that was proposed stays as it is, one proposal waits at a time, and what holds is followed by
# another version, never taken away.
KEPT = """
CREATE FUNCTION plein_keep_policy_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE outcome text[] := ARRAY['dropped_at', 'dropped_by', 'dropped_why', 'discussion', 'space'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM FROM policy WHERE id = NEW.policy FOR UPDATE;
        IF NEW.version <> (SELECT coalesce(max(v.version), 0) + 1 FROM policy_version v WHERE v.policy = NEW.policy)
                OR EXISTS (SELECT FROM policy_version v WHERE v.policy = NEW.policy AND v.dropped_at IS NULL
                    AND v.in_force_at > plein_now()) THEN
            RAISE EXCEPTION 'one version after the other' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'policy_version_in_turn';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - outcome <> to_jsonb(OLD) - outcome OR OLD.dropped_at IS NOT NULL
            OR NEW.dropped_at IS NOT NULL AND OLD.in_force_at <= plein_now() THEN
        RAISE EXCEPTION 'a policy does not change in silence' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
-- While people speak about a change, the post in which they do stays as it is, but for what moderators hide.
CREATE FUNCTION plein_keep_discussion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM policy_version v WHERE v.discussion = NEW.id AND v.dropped_at IS NULL
            AND v.in_force_at > plein_now()) THEN
        RAISE EXCEPTION 'people speak about a change here' USING ERRCODE = 'PL003';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER idea_discussion_kept BEFORE UPDATE OF title, body, state, kind ON idea FOR EACH ROW
    WHEN (ROW(OLD.title, OLD.body, OLD.kind) IS DISTINCT FROM ROW(NEW.title, NEW.body, NEW.kind)
        OR NEW.state = 'withdrawn' AND OLD.state <> 'withdrawn')
    EXECUTE FUNCTION plein_keep_discussion();
CREATE TRIGGER policy_version_kept BEFORE INSERT OR UPDATE OR DELETE ON policy_version
    FOR EACH ROW EXECUTE FUNCTION plein_keep_policy_version();
"""

ANSWERS = """
-- The version of a policy that an answer led to.
ALTER TABLE answer ADD COLUMN policy_version bigint REFERENCES policy_version (id);
CREATE INDEX answer_policy_version ON answer (policy_version) WHERE policy_version IS NOT NULL;
"""


async def forwards() -> MigrationManager:
    """Adds it all, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(POLICIES + KEPT + ANSWERS)

    manager.add_raw(run)
    return manager
