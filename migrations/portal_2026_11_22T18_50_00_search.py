"""Search: one row for each thing that can be found, the words of each space, and what keeps them up to date."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-22T18:50:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "search"

LANGUAGES = """
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS fuzzystrmatch;
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- A language's stems; and `plein_plain`, the words as they are: what beginnings and near misses are compared with.
CREATE TEXT SEARCH CONFIGURATION plein_nl (COPY = dutch);
ALTER TEXT SEARCH CONFIGURATION plein_nl ALTER MAPPING FOR asciiword, word WITH unaccent, dutch_stem;
CREATE TEXT SEARCH CONFIGURATION plein_en (COPY = english);
ALTER TEXT SEARCH CONFIGURATION plein_en ALTER MAPPING FOR asciiword, word WITH unaccent, english_stem;
CREATE TEXT SEARCH CONFIGURATION plein_plain (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION plein_plain ALTER MAPPING FOR asciiword, word WITH unaccent, simple;

-- Nothing but words with spaces between them, so that texts and queries fall apart in the same way; markup is no word.
CREATE FUNCTION plein_words(texts text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(translate(regexp_replace(lower(normalize(texts, NFC)), '<[^>]*>|&[a-z]+;', ' ', 'g'),
        '''’‘`', ''), '[^[:alnum:]]+', ' ', 'g')
$$;
CREATE FUNCTION plein_vector(language text, weight "char", texts text) RETURNS tsvector LANGUAGE sql STABLE
    PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector(CASE language WHEN 'nl' THEN 'plein_nl' ELSE 'plein_en' END::regconfig, w)
        || to_tsvector('plein_plain', w), weight) FROM plein_words(coalesce(texts, '')) w
$$;
"""

DOCUMENTS = """
CREATE TABLE search_document (
    id bigserial PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('idea', 'comment', 'answer', 'campaign', 'person')),
    space bigint,
    idea bigint,
    comment bigint,
    answer bigint,
    campaign bigint,
    person bigint REFERENCES person (id) ON DELETE CASCADE,
    language text NOT NULL CHECK (language IN ('nl', 'en')),
    written_at timestamptz NOT NULL,
    vector tsvector NOT NULL,
    CONSTRAINT search_document_one_subject CHECK (num_nonnulls(idea, comment, answer, campaign, person) = 1),
    CONSTRAINT search_document_space CHECK ((space IS NULL) = (person IS NOT NULL)),
    FOREIGN KEY (idea, space) REFERENCES idea (id, space) ON UPDATE CASCADE ON DELETE CASCADE,
    FOREIGN KEY (comment, space) REFERENCES comment (id, space) ON UPDATE CASCADE ON DELETE CASCADE,
    FOREIGN KEY (answer, space) REFERENCES answer (id, space) ON UPDATE CASCADE ON DELETE CASCADE,
    FOREIGN KEY (campaign, space) REFERENCES campaign (id, space) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE UNIQUE INDEX search_document_idea ON search_document (idea) WHERE idea IS NOT NULL;
CREATE UNIQUE INDEX search_document_comment ON search_document (comment) WHERE comment IS NOT NULL;
CREATE UNIQUE INDEX search_document_answer ON search_document (answer) WHERE answer IS NOT NULL;
CREATE UNIQUE INDEX search_document_campaign ON search_document (campaign) WHERE campaign IS NOT NULL;
CREATE UNIQUE INDEX search_document_person ON search_document (person) WHERE person IS NOT NULL;
-- With the space, so that looking for a word does not wade through the spaces that one does not read.
CREATE INDEX search_document_vector ON search_document USING gin (space, vector);

-- What is to stand in search_document: only what readers of the space may see.
-- Weights: A name and title, B what sums it up, C what is for colleagues only, D the text.
CREATE VIEW search_source AS
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
    FROM campaign c WHERE c.state IN ('open', 'cancelled', 'archived')
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

WORDS = """
-- The words of a space, among which near misses are looked for; and the rows whose words are not in it yet. They are
-- brought in by a job: two who use a new word at once would wait for each other.
CREATE TABLE search_word (
    id bigserial PRIMARY KEY,
    space bigint NOT NULL REFERENCES space (id) ON DELETE CASCADE,
    word text NOT NULL,
    UNIQUE (space, word)
);
CREATE INDEX search_word_near ON search_word USING gist (word gist_trgm_ops);
CREATE TABLE search_fresh (document bigint PRIMARY KEY);
CREATE INDEX identity_name_near ON identity USING gin (name gin_trgm_ops);
"""

TRIGGERS = """
CREATE FUNCTION plein_search_fresh() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_fresh VALUES (NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER search_document_fresh AFTER INSERT ON search_document
    FOR EACH ROW WHEN (NEW.space IS NOT NULL) EXECUTE FUNCTION plein_search_fresh();

CREATE FUNCTION plein_search_ideas(ideas bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM search_document WHERE idea = ANY(ideas);
    INSERT INTO search_document (kind, space, idea, language, written_at, vector)
        SELECT s.kind, s.space, s.idea, s.language, s.written_at, s.vector FROM search_source s
        WHERE s.idea = ANY(ideas);
END $$;
CREATE FUNCTION plein_search_idea() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM plein_search_ideas(ARRAY[NEW.id]);
    RETURN NULL;
END $$;
CREATE TRIGGER idea_searched AFTER INSERT OR UPDATE OF state, title, body_html, tags, language ON idea
    FOR EACH ROW EXECUTE FUNCTION plein_search_idea();
-- What hangs under an idea and is found with it; a form writes several at once.
CREATE FUNCTION plein_search_under_idea() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM plein_search_ideas(ARRAY(SELECT DISTINCT c.idea FROM changed c));
    RETURN NULL;
END $$;
CREATE TRIGGER idea_reply_added AFTER INSERT ON idea_reply REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION plein_search_under_idea();
CREATE TRIGGER idea_reply_changed AFTER UPDATE ON idea_reply REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION plein_search_under_idea();
CREATE TRIGGER idea_reply_removed AFTER DELETE ON idea_reply REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION plein_search_under_idea();
CREATE TRIGGER correction_added AFTER INSERT ON correction REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION plein_search_under_idea();
CREATE TRIGGER attachment_added AFTER INSERT ON attachment REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION plein_search_under_idea();
CREATE TRIGGER attachment_changed AFTER UPDATE ON attachment REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION plein_search_under_idea();
CREATE TRIGGER attachment_removed AFTER DELETE ON attachment REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION plein_search_under_idea();

CREATE FUNCTION plein_search_comment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN DELETE FROM search_document WHERE comment = NEW.id; END IF;
    INSERT INTO search_document (kind, space, comment, language, written_at, vector)
        SELECT s.kind, s.space, s.comment, s.language, s.written_at, s.vector FROM search_source s
        WHERE s.comment = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER comment_searched AFTER INSERT OR UPDATE OF state, body_html, language ON comment
    FOR EACH ROW EXECUTE FUNCTION plein_search_comment();

CREATE FUNCTION plein_search_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN DELETE FROM search_document WHERE answer = NEW.id; END IF;
    INSERT INTO search_document (kind, space, answer, language, written_at, vector)
        SELECT s.kind, s.space, s.answer, s.language, s.written_at, s.vector FROM search_source s
        WHERE s.answer = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER answer_searched AFTER INSERT OR UPDATE OF summary, reason_html, from_when, next_step, language ON answer
    FOR EACH ROW EXECUTE FUNCTION plein_search_answer();

CREATE FUNCTION plein_search_campaign() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN DELETE FROM search_document WHERE campaign = NEW.id; END IF;
    INSERT INTO search_document (kind, space, campaign, language, written_at, vector)
        SELECT s.kind, s.space, s.campaign, s.language, s.written_at, s.vector FROM search_source s
        WHERE s.campaign = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER campaign_searched AFTER INSERT
    OR UPDATE OF state, title, lead, brief_html, promise, need, goal, tags, language ON campaign
    FOR EACH ROW EXECUTE FUNCTION plein_search_campaign();

CREATE FUNCTION plein_search_people(people bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM search_document WHERE person = ANY(people);
    INSERT INTO search_document (kind, person, language, written_at, vector)
        SELECT s.kind, s.person, s.language, s.written_at, s.vector FROM search_source s WHERE s.person = ANY(people);
END $$;
CREATE FUNCTION plein_search_identity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM plein_search_people(ARRAY[coalesce(NEW.person, OLD.person)]);
    RETURN NULL;
END $$;
CREATE TRIGGER identity_searched AFTER INSERT OR DELETE OR UPDATE OF name, title, language ON identity
    FOR EACH ROW EXECUTE FUNCTION plein_search_identity();
CREATE TRIGGER profile_searched AFTER INSERT OR DELETE
    OR UPDATE OF skills, skills_for, about, about_for, place, place_for ON profile
    FOR EACH ROW EXECUTE FUNCTION plein_search_identity();
CREATE FUNCTION plein_search_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM plein_search_people(ARRAY[NEW.id]);
    RETURN NULL;
END $$;
CREATE TRIGGER person_searched AFTER UPDATE OF org_unit ON person
    FOR EACH ROW EXECUTE FUNCTION plein_search_person();
CREATE FUNCTION plein_search_unit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM plein_search_people(ARRAY(SELECT p.id FROM person p WHERE p.org_unit = NEW.id));
    RETURN NULL;
END $$;
CREATE TRIGGER org_unit_searched AFTER UPDATE OF name ON org_unit
    FOR EACH ROW EXECUTE FUNCTION plein_search_unit();
"""

ALL = """
INSERT INTO search_document (kind, space, idea, comment, answer, campaign, person, language, written_at, vector)
    SELECT * FROM search_source;
"""


async def forwards() -> MigrationManager:
    """Makes it, and takes in what is there already."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(LANGUAGES + DOCUMENTS + WORDS + TRIGGERS + ALL)

    manager.add_raw(run)
    return manager
