"""What a guest says a file shows is looked at like the file; no words of hers pass by what her space looks at first."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T13:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "menda"

# A guest's first post can be looked at, and so it is one that can.
WITHOUT_WORDS = """
CREATE OR REPLACE FUNCTION plein_refuse_unchecked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF plein_check((to_jsonb(NEW) ->> TG_ARGV[0])::bigint, NEW.space, false) IS NOT NULL THEN
        RAISE EXCEPTION 'what guests write here is looked at first' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""

# The first words of a guest may be those that she writes into an idea of somebody else, along with whom she writes.
ALONG = """
CREATE OR REPLACE FUNCTION plein_hold_idea() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF plein_check(coalesce(NEW.edited_by, NEW.author), NEW.space, false) IS NOT NULL THEN
        NEW.state := 'hidden';
    END IF;
    RETURN NEW;
END $$;
"""

# Described anew, a file waits again. Another item takes the place of the one that a moderator may be reading: she lets
# through the words that she read.
DESCRIBED = """
CREATE FUNCTION plein_await_description() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE before text;
BEGIN
    UPDATE moderation_item SET state = 'closed' WHERE attachment = NEW.id AND state = 'open'
        RETURNING checks INTO before;
    IF FOUND OR OLD.state = 'shown' THEN
        PERFORM plein_await_check(NEW.space, NULL, NULL, NEW.id, NEW.author,
            coalesce(plein_check(NEW.author, NEW.space, true), before));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER attachment_described_held BEFORE UPDATE OF description ON attachment FOR EACH ROW
    WHEN (OLD.description IS DISTINCT FROM NEW.description) EXECUTE FUNCTION plein_hold_attachment();
CREATE TRIGGER attachment_described_awaited AFTER UPDATE OF description ON attachment FOR EACH ROW
    WHEN (OLD.description IS DISTINCT FROM NEW.description AND NEW.state = 'held')
    EXECUTE FUNCTION plein_await_description();
"""


async def forwards() -> MigrationManager:
    """Changes it all, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(WITHOUT_WORDS + ALONG + DESCRIBED)

    manager.add_raw(run)
    return manager
