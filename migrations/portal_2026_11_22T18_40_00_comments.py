"""Comments in full: reactions, mentions, earlier texts, digests, a count for each day, and how far one has read."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-22T18:40:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "reactions, mentions, versions and digests of a thread"

FOLDED = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;

-- Words as they are looked for: without capitals and accents. unaccent() itself may not stand in an index.
CREATE FUNCTION plein_folded(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, words)) $$;
CREATE INDEX identity_folded ON identity (plein_folded(name) text_pattern_ops);
CREATE INDEX identity_resembling ON identity USING gin (plein_folded(name) gin_trgm_ops);
"""

REACTIONS = """
ALTER TABLE comment
    ADD version integer NOT NULL DEFAULT 1,
    ADD helpful integer NOT NULL DEFAULT 0 CHECK (helpful >= 0),
    ADD agree integer NOT NULL DEFAULT 0 CHECK (agree >= 0),
    ADD thanks integer NOT NULL DEFAULT 0 CHECK (thanks >= 0),
    ADD question integer NOT NULL DEFAULT 0 CHECK (question >= 0);
CREATE INDEX comment_helpful ON comment (idea, (-helpful), id) WHERE root IS NULL;
CREATE INDEX comment_of_idea ON comment (idea, id);
CREATE INDEX comment_by_day ON comment (idea, created_at, id);

CREATE TABLE reaction (
    id bigserial PRIMARY KEY,
    comment bigint NOT NULL,
    space bigint NOT NULL,
    person bigint NOT NULL REFERENCES person (id),
    kind text NOT NULL CHECK (kind IN ('helpful', 'agree', 'thanks', 'question')),
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (person, comment, kind),
    FOREIGN KEY (comment, space) REFERENCES comment (id, space) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX reaction_comment ON reaction (comment);

CREATE FUNCTION plein_count_reactions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    step integer := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
    r reaction := CASE TG_OP WHEN 'INSERT' THEN NEW ELSE OLD END;
BEGIN
    UPDATE comment SET helpful = helpful + CASE r.kind WHEN 'helpful' THEN step ELSE 0 END,
        agree = agree + CASE r.kind WHEN 'agree' THEN step ELSE 0 END,
        thanks = thanks + CASE r.kind WHEN 'thanks' THEN step ELSE 0 END,
        question = question + CASE r.kind WHEN 'question' THEN step ELSE 0 END
        WHERE id = r.comment;
    RETURN NULL;
END $$;
CREATE TRIGGER reaction_counted AFTER INSERT OR DELETE ON reaction
    FOR EACH ROW EXECUTE FUNCTION plein_count_reactions();
"""

TEXTS = """
-- A comment's text as it was before it was changed; its newest one is in the comment itself.
CREATE TABLE comment_version (
    id bigserial PRIMARY KEY,
    comment bigint NOT NULL,
    space bigint NOT NULL,
    version integer NOT NULL,
    body text NOT NULL,
    body_html text NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (comment, version),
    FOREIGN KEY (comment, space) REFERENCES comment (id, space) ON UPDATE CASCADE ON DELETE CASCADE
);

-- Texts hold @{public id}; this says who may be named there, and in which event she was mentioned first.
CREATE TABLE mention (
    id bigserial PRIMARY KEY,
    comment bigint NOT NULL,
    space bigint NOT NULL,
    person bigint NOT NULL REFERENCES person (id),
    event bigint NOT NULL REFERENCES event (id),
    UNIQUE (comment, person),
    FOREIGN KEY (comment, space) REFERENCES comment (id, space) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX mention_event ON mention (event);
CREATE INDEX mention_person ON mention (person);

CREATE TABLE digest (
    id bigserial PRIMARY KEY,
    idea bigint NOT NULL,
    space bigint NOT NULL,
    version integer NOT NULL,
    author bigint NOT NULL REFERENCES person (id),
    body text NOT NULL CHECK (body <> ''),
    body_html text NOT NULL,
    how text NOT NULL CHECK (how <> ''),
    language text NOT NULL CHECK (language IN ('nl', 'en')),
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (idea, version),
    FOREIGN KEY (idea, space) REFERENCES idea (id, space) ON UPDATE CASCADE ON DELETE CASCADE
);
"""

READING = """
CREATE TABLE comment_day (
    id bigserial PRIMARY KEY,
    idea bigint NOT NULL,
    space bigint NOT NULL,
    day date NOT NULL,
    comments integer NOT NULL CHECK (comments >= 0),
    UNIQUE (idea, day),
    FOREIGN KEY (idea, space) REFERENCES idea (id, space) ON UPDATE CASCADE ON DELETE CASCADE
);

-- Days as the organisation's clocks count them.
CREATE FUNCTION plein_day(at timestamptz) RETURNS date LANGUAGE sql STABLE
    AS $$ SELECT (at AT TIME ZONE coalesce((SELECT o.zone FROM organisation o), 'UTC'))::date $$;
CREATE FUNCTION plein_count_day(c comment, step integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF c.state = 'published' THEN
        INSERT INTO comment_day AS d (idea, space, day, comments)
        VALUES (c.idea, c.space, plein_day(c.created_at), greatest(step, 0))
        ON CONFLICT (idea, day) DO UPDATE SET comments = greatest(d.comments + step, 0);
    END IF;
END $$;
CREATE FUNCTION plein_count_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM plein_count_day(OLD, -1); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM plein_count_day(NEW, 1); END IF;
    RETURN NULL;
END $$;
INSERT INTO comment_day (idea, space, day, comments)
    SELECT idea, space, plein_day(created_at), count(*) FROM comment WHERE state = 'published' GROUP BY 1, 2, 3;
-- After comment_counted, in the order of their names, so that rows are always taken in the same order: idea, then day.
CREATE TRIGGER comment_counted_by_day AFTER INSERT OR DELETE OR UPDATE OF state ON comment
    FOR EACH ROW EXECUTE FUNCTION plein_count_days();

-- How far somebody has read a thread: hers alone. `since` is where her visit began, so that what is new stays new
-- while she looks around.
CREATE TABLE read_mark (
    id bigserial PRIMARY KEY,
    person bigint NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    idea bigint NOT NULL,
    space bigint NOT NULL,
    comment bigint NOT NULL,
    since bigint,
    visited_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (person, idea),
    FOREIGN KEY (idea, space) REFERENCES idea (id, space) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX read_mark_visited ON read_mark (visited_at);
"""


async def forwards() -> MigrationManager:
    """Creates everything, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(FOLDED + REACTIONS + TEXTS + READING)

    manager.add_raw(run)
    return manager
