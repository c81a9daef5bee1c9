"""Campaigns that are proposed before they open: their states, roles, form, notices, and who follows them."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-22T18:10:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "campaigns"

STATES = """
ALTER TABLE campaign
    ADD state text NOT NULL DEFAULT 'open'
        CHECK (state IN ('draft', 'proposed', 'declined', 'open', 'cancelled', 'archived')),
    ADD need text NOT NULL DEFAULT '',
    ADD goal text NOT NULL DEFAULT '',
    ADD measure text NOT NULL DEFAULT '',
    ADD decision_owner bigint REFERENCES person (id),
    ADD expected_readers integer,
    ADD proposed_at timestamptz,
    ADD accepted_at timestamptz,
    ADD cancelled_at timestamptz,
    ADD archived_at timestamptz,
    ADD announced_phase text,
    ADD tags text[] NOT NULL DEFAULT '{}',
    ADD form_version integer NOT NULL DEFAULT 1,
    ALTER sponsor DROP NOT NULL,
    ALTER collect_from DROP NOT NULL,
    DROP CONSTRAINT campaign_dates;
UPDATE campaign SET decision_owner = sponsor;

ALTER TABLE campaign
    ADD CONSTRAINT campaign_dates CHECK (state IN ('draft', 'declined') OR collect_from IS NOT NULL
        AND (always_open OR (collect_from < discuss_from AND discuss_from < vote_from AND vote_from < decide_from
            AND decide_from < done_from) IS TRUE)),
    ADD CONSTRAINT campaign_asked CHECK (state <> 'proposed' OR proposed_at IS NOT NULL),
    ADD CONSTRAINT campaign_sponsored CHECK (state IN ('draft', 'declined') OR sponsor IS NOT NULL),
    -- What was proposed or accepted names its people, its goal and how one will know that it worked.
    ADD CONSTRAINT campaign_complete CHECK (state <> 'proposed' AND accepted_at IS NULL OR state = 'declined'
        OR (goal <> '' AND measure <> '' AND sponsor IS NOT NULL AND decision_owner IS NOT NULL
            AND expected_readers IS NOT NULL) IS TRUE);
CREATE INDEX campaign_asked_of ON campaign (decision_owner) WHERE state = 'proposed';
CREATE INDEX campaign_begun_by ON campaign (author) WHERE state IN ('draft', 'proposed', 'declined');

-- A campaign's phase is read off its dates and its state, here and nowhere else.
CREATE OR REPLACE FUNCTION plein_phase(c campaign, at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN c.state IN ('draft', 'proposed', 'declined') THEN 'planned'
        WHEN c.state = 'cancelled' THEN 'cancelled'
        WHEN c.state = 'archived' THEN 'done'
        WHEN at < c.collect_from THEN 'planned'
        WHEN c.always_open OR at < c.discuss_from THEN 'collect'
        WHEN at < c.vote_from THEN 'discuss'
        WHEN at < c.decide_from THEN 'vote'
        WHEN at < c.done_from THEN 'decide'
        ELSE 'done' END
$$;
"""

FORM = """
-- One row a question and version of the form: an idea keeps the questions that it was written under.
CREATE TABLE question (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    campaign bigint NOT NULL,
    space bigint NOT NULL,
    version integer NOT NULL,
    position integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('text', 'choice', 'number', 'date')),
    label text NOT NULL CHECK (label <> ''),
    help text NOT NULL DEFAULT '',
    options text[] NOT NULL DEFAULT '{}',
    required boolean NOT NULL DEFAULT false,
    UNIQUE (id, space),
    UNIQUE (campaign, version, position),
    FOREIGN KEY (campaign, space) REFERENCES campaign (id, space) ON UPDATE CASCADE ON DELETE CASCADE
);
"""

NOTICES = """
-- What was decided about a campaign itself, with its public reason.
CREATE TABLE campaign_notice (
    id bigserial PRIMARY KEY,
    campaign bigint NOT NULL,
    space bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('declined', 'extended', 'cancelled')),
    author bigint NOT NULL REFERENCES person (id),
    reason text NOT NULL CHECK (reason <> ''),
    language text NOT NULL CHECK (language IN ('nl', 'en')),
    ended_at timestamptz,
    ends_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    FOREIGN KEY (campaign, space) REFERENCES campaign (id, space) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX campaign_notice_newest ON campaign_notice (campaign, id DESC);

CREATE TABLE follow (
    id bigserial PRIMARY KEY,
    person bigint NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    space bigint NOT NULL,
    campaign bigint,
    idea bigint,
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (campaign, person),
    UNIQUE (idea, person),
    CONSTRAINT follow_one_thing CHECK (num_nonnulls(campaign, idea) = 1),
    FOREIGN KEY (campaign, space) REFERENCES campaign (id, space) ON UPDATE CASCADE ON DELETE CASCADE,
    FOREIGN KEY (idea, space) REFERENCES idea (id, space) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX follow_person ON follow (person);
"""


async def forwards() -> MigrationManager:
    """Adds it; what is there already is open, and its sponsor decides."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(STATES + FORM + NOTICES)

    manager.add_raw(run)
    return manager
