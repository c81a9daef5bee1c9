"""Profiles with who sees which field, photos, and what is attached to ideas."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-22T18:45:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "profiles and attachments"

PROFILES = """
CREATE TABLE profile (
    person bigint PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
    phone text NOT NULL DEFAULT '',
    place text NOT NULL DEFAULT '',
    skills text[] NOT NULL DEFAULT '{}',
    about text NOT NULL DEFAULT '',
    hours text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT '',
    status_until timestamptz,
    phone_for text NOT NULL DEFAULT 'colleagues' CHECK (phone_for IN ('me', 'circle', 'colleagues')),
    place_for text NOT NULL DEFAULT 'colleagues' CHECK (place_for IN ('me', 'circle', 'colleagues')),
    skills_for text NOT NULL DEFAULT 'everyone' CHECK (skills_for IN ('me', 'circle', 'colleagues', 'everyone')),
    about_for text NOT NULL DEFAULT 'everyone' CHECK (about_for IN ('me', 'circle', 'colleagues', 'everyone')),
    hours_for text NOT NULL DEFAULT 'colleagues' CHECK (hours_for IN ('me', 'circle', 'colleagues', 'everyone')),
    status_for text NOT NULL DEFAULT 'colleagues' CHECK (status_for IN ('me', 'circle', 'colleagues', 'everyone')),
    photo text NOT NULL DEFAULT '',
    photo_change integer NOT NULL DEFAULT 0
);
CREATE INDEX profile_skills ON profile USING gin (skills);
CREATE INDEX profile_photos ON profile (photo_change) WHERE photo_change > 0;

-- How often a photo was changed: every request reads this row, and so hears of the newest photos.
ALTER TABLE organisation ADD photo_changes integer NOT NULL DEFAULT 0;

-- The count's row is held until this commits: whoever reads the count can read all photos up to it.
CREATE FUNCTION plein_count_photo() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE organisation SET photo_changes = photo_changes + 1 RETURNING photo_changes INTO NEW.photo_change;
    RETURN NEW;
END $$;
CREATE TRIGGER profile_photo_added BEFORE INSERT ON profile
    FOR EACH ROW WHEN (NEW.photo <> '') EXECUTE FUNCTION plein_count_photo();
CREATE TRIGGER profile_photo_changed BEFORE UPDATE OF photo ON profile
    FOR EACH ROW WHEN (NEW.photo <> OLD.photo) EXECUTE FUNCTION plein_count_photo();
"""

ATTACHMENTS = """
CREATE TABLE attachment (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    idea bigint NOT NULL,
    space bigint NOT NULL,
    author bigint NOT NULL REFERENCES person (id),
    kind text NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    description text NOT NULL DEFAULT '',
    file text NOT NULL UNIQUE,
    form_key text,
    size bigint NOT NULL CHECK (size > 0),
    width integer,
    height integer,
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    FOREIGN KEY (idea, space) REFERENCES idea (id, space) ON UPDATE CASCADE ON DELETE CASCADE,
    UNIQUE (author, form_key),
    CHECK ((width IS NULL) = (height IS NULL))
);
CREATE INDEX attachment_of_idea ON attachment (idea, id);
CREATE INDEX attachment_of_author ON attachment (author);
"""


async def forwards() -> MigrationManager:
    """Creates them."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(PROFILES + ATTACHMENTS)

    manager.add_raw(run)
    return manager
