"""Names stand folded beside themselves: who is looked for by a part of a name is not folded anew for each look."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T16:55:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "folded"

# Compared letter by letter, so that one index finds how a name begins and walks through names in their order.
FOLDED = """
ALTER TABLE identity
    ADD COLUMN folded text COLLATE "C" NOT NULL GENERATED ALWAYS AS (plein_folded(name)) STORED;
DROP INDEX identity_folded, identity_resembling;
CREATE INDEX identity_folded ON identity (folded, person);
CREATE INDEX identity_resembling ON identity USING gin (folded gin_trgm_ops);
CREATE OR REPLACE FUNCTION plein_only_one(whom bigint, place bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT NOT EXISTS (
        SELECT FROM identity o JOIN person p ON p.id = o.person
        WHERE o.folded = (SELECT n.folded FROM identity n WHERE n.person = whom)
            AND o.person <> whom AND EXISTS (SELECT FROM reading r WHERE r.person = p.id AND r.space = place))
$$;
"""


async def forwards() -> MigrationManager:
    """Adds it, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(FOLDED)

    manager.add_raw(run)
    return manager
