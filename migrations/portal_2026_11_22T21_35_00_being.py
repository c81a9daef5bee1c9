"""Guests ask for files that they see and may not open."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-22T21:35:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "asking for files"

WISHES = """
-- Somebody who may not open a file asks for it; whoever answers for the space gives it to her, or says why not.
CREATE TABLE file_wish (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    attachment bigint NOT NULL,
    space bigint NOT NULL,
    person bigint NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    words text NOT NULL DEFAULT '',
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'given', 'refused')),
    reason text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    decided_at timestamptz,
    decided_by bigint REFERENCES person (id),
    CHECK ((state = 'waiting') = (decided_at IS NULL)),
    FOREIGN KEY (attachment, space) REFERENCES attachment (id, space) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE UNIQUE INDEX file_wish_once ON file_wish (attachment, person) WHERE state <> 'refused';
CREATE INDEX file_wish_of_attachment ON file_wish (attachment, space);
CREATE INDEX file_wish_of_person ON file_wish (person, attachment, id DESC);
CREATE INDEX file_wish_waiting ON file_wish (space, id) WHERE state = 'waiting';
CREATE INDEX file_wish_decided_by ON file_wish (decided_by);
"""


async def forwards() -> MigrationManager:
    """Adds what is asked for."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(WISHES)

    manager.add_raw(run)
    return manager
