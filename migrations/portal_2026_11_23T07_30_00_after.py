"""Policies are followed; of each version it is told once that it holds now."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T07:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "after"

FOLLOWED = """
ALTER TABLE follow ADD COLUMN policy bigint,
    ADD UNIQUE (policy, person),
    DROP CONSTRAINT follow_one_thing,
    ADD CONSTRAINT follow_one_thing CHECK (num_nonnulls(campaign, idea, policy) = 1),
    ADD FOREIGN KEY (policy, space) REFERENCES policy (id, space) ON UPDATE CASCADE ON DELETE CASCADE;
"""

# What holds already when it is registered, or held before this was told, is no news.
TOLD = """
ALTER TABLE policy_version ADD COLUMN told_at timestamptz;
ALTER TABLE policy_version DISABLE TRIGGER policy_version_kept;
UPDATE policy_version SET told_at = in_force_at WHERE version > 1 AND in_force_at <= plein_now();
ALTER TABLE policy_version ENABLE TRIGGER policy_version_kept;
CREATE INDEX policy_version_untold ON policy_version (in_force_at)
    WHERE told_at IS NULL AND version > 1 AND dropped_at IS NULL;
CREATE OR REPLACE FUNCTION plein_keep_policy_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE outcome text[] := ARRAY['dropped_at', 'dropped_by', 'dropped_why', 'discussion', 'space', 'told_at'];
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
"""


async def forwards() -> MigrationManager:
    """Adds it all, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(FOLLOWED + TOLD)

    manager.add_raw(run)
    return manager
