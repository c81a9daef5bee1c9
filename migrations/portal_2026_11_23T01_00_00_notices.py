"""Notices: what people hear of, in the portal and by mail, and what they muted."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T01:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "notices"

NOTICES = """
-- One person hears of one event once. No text is kept: it is rendered from the event when it is read. `bundle` tells
-- which are shown as one; `needs`: the role without which it is not shown; a `duty` is read once it is done.
CREATE TABLE notice (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    person bigint NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    event bigint NOT NULL REFERENCES event (id),
    kind text NOT NULL,
    space bigint REFERENCES space (id),
    campaign bigint,
    idea bigint,
    comment bigint,
    answer bigint,
    needs text CHECK (needs IN ('moderator', 'administrator', 'host')),
    duty boolean NOT NULL DEFAULT FALSE,
    bundle text NOT NULL,
    read_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (event, person),
    CONSTRAINT notice_in_space CHECK (space IS NOT NULL OR num_nonnulls(campaign, idea, comment, answer) = 0),
    FOREIGN KEY (campaign, space) REFERENCES campaign (id, space) ON UPDATE CASCADE ON DELETE CASCADE,
    FOREIGN KEY (idea, space) REFERENCES idea (id, space) ON UPDATE CASCADE ON DELETE CASCADE,
    FOREIGN KEY (comment, space) REFERENCES comment (id, space) ON UPDATE CASCADE ON DELETE CASCADE,
    FOREIGN KEY (answer, space) REFERENCES answer (id, space) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX notice_list ON notice (person, bundle, id);
CREATE INDEX notice_unread ON notice (person, bundle) WHERE read_at IS NULL;
CREATE INDEX notice_campaign ON notice (campaign) WHERE campaign IS NOT NULL;
CREATE INDEX notice_idea ON notice (idea) WHERE idea IS NOT NULL;
CREATE INDEX notice_comment ON notice (comment) WHERE comment IS NOT NULL;
CREATE INDEX notice_answer ON notice (answer) WHERE answer IS NOT NULL;
CREATE INDEX notice_duty ON notice (space) WHERE duty AND read_at IS NULL;

-- Of what somebody wants to hear no more: an idea, a campaign with its ideas, or, where neither is named, a space.
CREATE TABLE mute (
    id bigserial PRIMARY KEY,
    person bigint NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    space bigint NOT NULL REFERENCES space (id),
    campaign bigint,
    idea bigint,
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (campaign, person),
    UNIQUE (idea, person),
    CONSTRAINT mute_one_thing CHECK (num_nonnulls(campaign, idea) <= 1),
    FOREIGN KEY (campaign, space) REFERENCES campaign (id, space) ON UPDATE CASCADE ON DELETE CASCADE,
    FOREIGN KEY (idea, space) REFERENCES idea (id, space) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX mute_person ON mute (person);
CREATE UNIQUE INDEX mute_space ON mute (space, person) WHERE campaign IS NULL AND idea IS NULL;
"""

LEAVING = """
-- What a guest who leaves a space has not read yet, or not been sent, dies with her membership.
CREATE FUNCTION plein_silence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM notice n USING event e
        WHERE n.person = NEW.person AND e.id = n.event AND NEW.space IN (n.space, e.space);
    DELETE FROM mute u WHERE u.person = NEW.person AND u.space = NEW.space;
    DELETE FROM mail m USING event e
        WHERE m.recipient = NEW.person AND m.sent_at IS NULL AND e.id = m.event AND e.space = NEW.space;
    RETURN NULL;
END $$;
CREATE TRIGGER departure_silences AFTER INSERT ON departure FOR EACH ROW EXECUTE FUNCTION plein_silence();
"""


async def forwards() -> MigrationManager:
    """Adds them, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(NOTICES + LEAVING)

    manager.add_raw(run)
    return manager
