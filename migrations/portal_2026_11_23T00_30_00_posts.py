"""Posts: ideas that stand in the stream of their space, and in no campaign; leaders, and who may speak for them."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T00:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "posts"

# A stream has no author, no sponsor, no texts and no end. Its number is its space's, negative: a space has one, which
# is found without looking and goes nowhere.
STREAMS = """
ALTER TABLE campaign
    ADD COLUMN kind text NOT NULL DEFAULT 'campaign' CHECK (kind IN ('campaign', 'stream')),
    ALTER author DROP NOT NULL,
    DROP CONSTRAINT campaign_title_check,
    DROP CONSTRAINT campaign_sponsored,
    ADD CONSTRAINT campaign_sponsored CHECK (
        state IN ('draft', 'declined') OR sponsor IS NOT NULL OR kind = 'stream'),
    ADD CONSTRAINT campaign_told CHECK (kind = 'stream' OR title <> '' AND author IS NOT NULL),
    ADD CONSTRAINT campaign_stream CHECK ((kind = 'stream') = (id = -space)),
    ADD CONSTRAINT campaign_stream_runs CHECK (kind = 'campaign'
        OR always_open AND state = 'open' AND vote_method = 'support' AND NOT rank_blind AND NOT hidden);
"""
MAKE_STREAMS = """
CREATE FUNCTION plein_make_stream() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO campaign (id, space, kind, title, lead, brief, brief_html, language, always_open, collect_from)
    VALUES (-NEW.id, NEW.id, 'stream', '', '', '', '', NEW.language, TRUE, 'epoch');
    RETURN NULL;
END $$;
INSERT INTO campaign (id, space, kind, title, lead, brief, brief_html, language, always_open, collect_from)
    SELECT -id, id, 'stream', '', '', '', '', language, TRUE, 'epoch' FROM space;
CREATE TRIGGER space_stream_made AFTER INSERT ON space FOR EACH ROW EXECUTE FUNCTION plein_make_stream();
"""

# `speaks_for`: the leader for whom somebody whom she named wrote it; it is said of what became an idea, too.
POSTS = """
ALTER TABLE idea
    ADD COLUMN kind text NOT NULL DEFAULT 'idea' CHECK (kind IN ('idea', 'discussion', 'leader')),
    ADD COLUMN speaks_for bigint REFERENCES person (id),
    ADD COLUMN topic bigint,
    ADD COLUMN anonymous boolean NOT NULL DEFAULT FALSE,
    ADD CONSTRAINT idea_stands_in_its_kind CHECK ((kind = 'idea') = (campaign > 0)),
    ADD CONSTRAINT idea_speaks_for CHECK (speaks_for IS NULL OR kind <> 'discussion' AND speaks_for <> author);
CREATE INDEX idea_speaks_for ON idea (speaks_for) WHERE speaks_for IS NOT NULL;
"""

LEADERS = """
ALTER TABLE membership
    DROP CONSTRAINT membership_role_check,
    ADD CONSTRAINT membership_role_check CHECK (role IN ('member', 'owner', 'moderator', 'community_manager',
        'decision_maker', 'administrator', 'host', 'leader'));

-- Who may post for a leader: whom she named, or an administrator for her.
CREATE TABLE delegate (
    id bigserial PRIMARY KEY,
    leader bigint NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    person bigint NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    named_by bigint NOT NULL REFERENCES person (id),
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (leader, person),
    CONSTRAINT delegate_of_another CHECK (leader <> person)
);
CREATE INDEX delegate_person ON delegate (person);
CREATE INDEX delegate_named_by ON delegate (named_by);
"""

# Somebody asks that something is done about a post or a part of its thread: `outcome` says what came of it.
REQUESTS = """
CREATE TABLE action_request (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    idea bigint NOT NULL,
    comment bigint,
    space bigint NOT NULL,
    person bigint NOT NULL REFERENCES person (id),
    reason text NOT NULL CHECK (reason <> ''),
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    outcome text CHECK (outcome IN ('idea', 'case', 'none')),
    words text NOT NULL DEFAULT '',
    decided_by bigint REFERENCES person (id),
    decided_at timestamptz,
    FOREIGN KEY (idea, space) REFERENCES idea (id, space) ON UPDATE CASCADE ON DELETE CASCADE,
    FOREIGN KEY (comment, space) REFERENCES comment (id, space) ON UPDATE CASCADE,
    CONSTRAINT action_request_decided CHECK ((outcome IS NULL) = (decided_at IS NULL)
        AND (outcome IS NULL) = (decided_by IS NULL) AND (outcome IS NULL OR words <> ''))
);
CREATE UNIQUE INDEX action_request_once ON action_request (idea, person) WHERE outcome IS NULL;
CREATE INDEX action_request_open ON action_request (space, id) WHERE outcome IS NULL;
CREATE INDEX action_request_idea ON action_request (idea);
CREATE INDEX action_request_comment ON action_request (comment) WHERE comment IS NOT NULL;
CREATE INDEX action_request_person ON action_request (person);
CREATE INDEX action_request_decided_by ON action_request (decided_by) WHERE decided_by IS NOT NULL;
ALTER TABLE status_change DROP CONSTRAINT status_change_status_check,
    ADD CONSTRAINT status_change_status_check CHECK (status IN ('withdrawn', 'put back', 'became an idea',
        'under review', 'shortlisted', 'being worked out', 'carried out', 'stopped'));
CREATE TRIGGER action_request_writer BEFORE INSERT ON action_request
    FOR EACH ROW EXECUTE FUNCTION plein_refuse_paused('person');
"""

# What there is to be found, as it was but for one condition: a stream is no campaign that somebody finds.
FOUND = """
CREATE OR REPLACE VIEW search_source AS
    SELECT 'idea' AS kind, i.space, i.id AS idea, NULL::bigint AS comment, NULL::bigint AS answer,
        NULL::bigint AS campaign, NULL::bigint AS person, i.language, i.created_at AS written_at,
        plein_vector(i.language, 'A', i.title) || plein_vector(i.language, 'B', array_to_string(i.tags, ' '))
            || plein_vector(i.language, 'D', concat_ws(' ', i.body_html,
                (SELECT string_agg(r.value, ' ') FROM idea_reply r WHERE r.idea = i.id),
                (SELECT string_agg(k.body_html, ' ') FROM correction k WHERE k.idea = i.id),
                (SELECT string_agg(f.name || ' ' || f.description, ' ') FROM attachment f WHERE f.idea = i.id)))
            AS vector
    FROM idea i WHERE i.state = 'published'
    UNION ALL
    SELECT 'comment', c.space, NULL, c.id, NULL, NULL, NULL, c.language, c.created_at,
        plein_vector(c.language, 'D', c.body_html)
    FROM comment c WHERE c.state = 'published'
    UNION ALL
    SELECT 'answer', a.space, NULL, NULL, a.id, NULL, NULL, a.language, a.created_at,
        plein_vector(a.language, 'B', a.summary)
            || plein_vector(a.language, 'D', concat_ws(' ', a.reason_html, a.from_when, a.next_step))
    FROM answer a
    UNION ALL
    SELECT 'campaign', c.space, NULL, NULL, NULL, c.id, NULL, c.language, coalesce(c.collect_from, c.created_at),
        plein_vector(c.language, 'A', c.title)
            || plein_vector(c.language, 'B', c.lead || ' ' || array_to_string(c.tags, ' '))
            || plein_vector(c.language, 'D', concat_ws(' ', c.brief_html, c.promise, c.need, c.goal))
    FROM campaign c WHERE c.kind = 'campaign' AND c.state IN ('open', 'cancelled', 'archived')
    UNION ALL
    SELECT 'person', NULL, NULL, NULL, NULL, NULL, n.person, n.language, p.created_at,
        plein_vector(n.language, 'A', n.name) || plein_vector(n.language, 'B', n.title)
            || plein_vector(n.language, 'B', concat_ws(' ',
                CASE f.skills_for WHEN 'everyone' THEN array_to_string(f.skills, ' ') END,
                CASE f.about_for WHEN 'everyone' THEN f.about END))
            || plein_vector(n.language, 'C', concat_ws(' ', u.name,
                CASE f.skills_for WHEN 'colleagues' THEN array_to_string(f.skills, ' ') END,
                CASE f.about_for WHEN 'colleagues' THEN f.about END,
                CASE f.place_for WHEN 'colleagues' THEN f.place END))
    FROM identity n JOIN person p ON p.id = n.person LEFT JOIN org_unit u ON u.id = p.org_unit
    LEFT JOIN profile f ON f.person = p.id;
"""


async def forwards() -> MigrationManager:
    """Adds it all, in one transaction; the spaces that are there get their streams."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(STREAMS + FOUND + MAKE_STREAMS + POSTS + LEADERS + REQUESTS)

    manager.add_raw(run)
    return manager
