"""What an idea goes through: drafts, co-authors, help, services, workshops, statuses, corrected texts and answers."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-22T18:30:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "ideas"

SERVICES = """
CREATE TABLE service (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    name text NOT NULL CHECK (name <> ''),
    description text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    archived_at timestamptz,
    form_key text UNIQUE
);
CREATE UNIQUE INDEX service_name ON service (lower(name));
"""

WORKSHOPS = """
CREATE TABLE workshop (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    campaign bigint NOT NULL,
    space bigint NOT NULL,
    author bigint NOT NULL REFERENCES person (id),
    name text NOT NULL CHECK (name <> ''),
    place text NOT NULL DEFAULT '',
    held_on date NOT NULL,
    form_key text,
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (id, space),
    UNIQUE (author, form_key),
    FOREIGN KEY (campaign, space) REFERENCES campaign (id, space) ON UPDATE CASCADE
);
CREATE INDEX workshop_campaign ON workshop (campaign);
"""

# A draft may lack everything; what is published has a title. `draft_key` is the key of the form in which it was begun:
# the same form never begins two.
IDEA = """
ALTER TABLE idea
    DROP CONSTRAINT idea_state_check,
    ADD CONSTRAINT idea_state_check CHECK (state IN ('draft', 'published', 'withdrawn', 'hidden', 'removed')),
    DROP CONSTRAINT idea_title_check,
    ADD CONSTRAINT idea_title_check CHECK (title <> '' OR state = 'draft'),
    ADD status text NOT NULL DEFAULT 'new' CHECK (status IN
        ('new', 'under review', 'shortlisted', 'being worked out', 'carried out', 'stopped')),
    ADD service bigint REFERENCES service (id),
    ADD source text NOT NULL DEFAULT 'portal' CHECK (source IN ('portal', 'workshop')),
    ADD form_version integer NOT NULL DEFAULT 0,
    ADD draft_key text,
    ADD edited_by bigint REFERENCES person (id),
    ADD UNIQUE (author, draft_key);
CREATE INDEX idea_service ON idea (service, created_at DESC) WHERE service IS NOT NULL;

-- What the text before said to the campaign's questions, one a line.
ALTER TABLE idea_version ADD replies text NOT NULL DEFAULT '';

-- Whether what was decided about a campaign's ideas may be shown: not before its voting ended.
CREATE FUNCTION plein_decided(c campaign, at timestamptz) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT c.always_open OR plein_phase(c, at) IN ('decide', 'done', 'cancelled') $$;
"""

UNDER_IDEAS = """
CREATE TABLE co_author (
    id bigserial PRIMARY KEY,
    idea bigint NOT NULL,
    space bigint NOT NULL,
    person bigint NOT NULL REFERENCES person (id),
    invited_by bigint NOT NULL REFERENCES person (id),
    invited_at timestamptz NOT NULL DEFAULT plein_now(),
    accepted_at timestamptz,
    UNIQUE (idea, person),
    FOREIGN KEY (idea, space) REFERENCES idea (id, space) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX co_author_person ON co_author (person);

CREATE TABLE help_offer (
    id bigserial PRIMARY KEY,
    idea bigint NOT NULL,
    space bigint NOT NULL,
    person bigint NOT NULL REFERENCES person (id),
    body text NOT NULL CHECK (body <> ''),
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (idea, person),
    FOREIGN KEY (idea, space) REFERENCES idea (id, space) ON UPDATE CASCADE ON DELETE CASCADE
);

CREATE TABLE correction (
    id bigserial PRIMARY KEY,
    idea bigint NOT NULL,
    space bigint NOT NULL,
    author bigint NOT NULL REFERENCES person (id),
    body text NOT NULL CHECK (body <> ''),
    body_html text NOT NULL,
    language text NOT NULL CHECK (language IN ('nl', 'en')),
    form_key text,
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (author, form_key),
    FOREIGN KEY (idea, space) REFERENCES idea (id, space) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX correction_idea ON correction (idea, id);

CREATE TABLE status_change (
    id bigserial PRIMARY KEY,
    idea bigint NOT NULL,
    space bigint NOT NULL,
    author bigint NOT NULL REFERENCES person (id),
    status text NOT NULL CHECK (status IN
        ('withdrawn', 'under review', 'shortlisted', 'being worked out', 'carried out', 'stopped')),
    body text NOT NULL CHECK (body <> ''),
    body_html text NOT NULL,
    language text NOT NULL CHECK (language IN ('nl', 'en')),
    form_key text,
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (author, form_key),
    FOREIGN KEY (idea, space) REFERENCES idea (id, space) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX status_change_idea ON status_change (idea, id);

CREATE TABLE idea_reply (
    id bigserial PRIMARY KEY,
    idea bigint NOT NULL,
    space bigint NOT NULL,
    question bigint NOT NULL,
    value text NOT NULL CHECK (value <> ''),
    UNIQUE (idea, question),
    FOREIGN KEY (idea, space) REFERENCES idea (id, space) ON UPDATE CASCADE ON DELETE CASCADE,
    FOREIGN KEY (question, space) REFERENCES question (id, space) ON UPDATE CASCADE
);

-- An idea that somebody wrote down for somebody else: for a colleague (`person`) or for somebody with a name only.
-- `claimant` says that it is hers; then authorship passes, at once or when who wrote it down confirms it.
CREATE TABLE capture (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    idea bigint NOT NULL UNIQUE,
    space bigint NOT NULL,
    workshop bigint NOT NULL,
    author bigint NOT NULL REFERENCES person (id),
    person bigint REFERENCES person (id),
    name text NOT NULL DEFAULT '',
    claimant bigint REFERENCES person (id),
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'claimed', 'settled', 'refused')),
    settled_at timestamptz,
    FOREIGN KEY (idea, space) REFERENCES idea (id, space) ON UPDATE CASCADE ON DELETE CASCADE,
    FOREIGN KEY (workshop, space) REFERENCES workshop (id, space) ON UPDATE CASCADE,
    CHECK (person IS NOT NULL OR name <> '')
);
CREATE INDEX capture_person ON capture (person) WHERE person IS NOT NULL;
CREATE INDEX capture_author ON capture (author);
CREATE INDEX capture_workshop ON capture (workshop);
"""

VOTES = """
-- Nobody supports what she writes herself: where somebody becomes an author, her own vote goes.
CREATE FUNCTION plein_drop_vote(of_idea bigint, of_person bigint) RETURNS void LANGUAGE sql AS $$
    WITH gone AS (DELETE FROM vote WHERE idea = of_idea AND person = of_person RETURNING idea, guest)
    UPDATE idea i SET supporters = supporters - (NOT g.guest)::int, guest_supporters = guest_supporters - g.guest::int
    FROM gone g, campaign c WHERE i.id = g.idea AND c.id = i.campaign AND c.vote_method = 'support'
$$;
"""

ANSWERS = """
ALTER TABLE answer
    ADD version integer NOT NULL DEFAULT 1,
    ADD corrected_at timestamptz;

CREATE TABLE answer_version (
    id bigserial PRIMARY KEY,
    answer bigint NOT NULL,
    space bigint NOT NULL,
    version integer NOT NULL,
    author bigint NOT NULL REFERENCES person (id),
    kind text NOT NULL,
    summary text NOT NULL,
    reason text NOT NULL,
    from_when text NOT NULL,
    next_step text NOT NULL,
    next_date date,
    created_at timestamptz NOT NULL,
    UNIQUE (answer, version),
    FOREIGN KEY (answer, space) REFERENCES answer (id, space) ON UPDATE CASCADE ON DELETE CASCADE
);
"""


async def forwards() -> MigrationManager:
    """Adds it all, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(SERVICES + WORKSHOPS + IDEA + UNDER_IDEAS + VOTES + ANSWERS)

    manager.add_raw(run)
    return manager
