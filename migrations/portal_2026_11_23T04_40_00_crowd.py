"""After the answer: objections, what supporters say of it, promises, and who goes on with what was withdrawn."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T04:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "crowd"

# An objection is a comment that stands beside the support (rule 19): one for each person and item, until she removes
# it.
OBJECTIONS = """
ALTER TABLE comment ADD COLUMN kind text NOT NULL DEFAULT 'comment' CHECK (kind IN ('comment', 'objection')),
    ADD CONSTRAINT comment_objection_is_root CHECK (kind = 'comment' OR root IS NULL);
CREATE UNIQUE INDEX comment_objection_once ON comment (idea, author) WHERE kind = 'objection' AND state <> 'removed';
"""

# `from_version`: the version of the answer that made it; none, where it was added. It is open until its owner says that
# it is done, and kept or broken when the supporters have been asked; replaced by another answer.
PROMISES = """
CREATE TABLE promise (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    idea bigint NOT NULL,
    space bigint NOT NULL,
    answer bigint NOT NULL REFERENCES answer (id),
    escalation bigint REFERENCES escalation (id) ON DELETE SET NULL,
    from_version integer,
    author bigint NOT NULL REFERENCES person (id),
    body text NOT NULL CHECK (body <> ''),
    language text NOT NULL,
    owner bigint NOT NULL REFERENCES person (id),
    due_on date NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'kept', 'broken', 'replaced')),
    form_key text,
    done_at timestamptz,
    ended_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (id, space),
    UNIQUE (author, form_key),
    UNIQUE (answer, from_version),
    FOREIGN KEY (idea, space) REFERENCES idea (id, space) ON UPDATE CASCADE
);
CREATE INDEX promise_idea ON promise (idea, id);
CREATE INDEX promise_escalation ON promise (escalation) WHERE escalation IS NOT NULL;
CREATE INDEX promise_owner ON promise (owner) WHERE state = 'open';

-- What is told of a promise: news, another date with the one before, or that it is done.
CREATE TABLE promise_news (
    id bigserial PRIMARY KEY,
    promise bigint NOT NULL,
    space bigint NOT NULL,
    author bigint NOT NULL REFERENCES person (id),
    kind text NOT NULL CHECK (kind IN ('news', 'moved', 'done')),
    body text NOT NULL CHECK (body <> ''),
    body_html text NOT NULL,
    language text NOT NULL,
    was_due_on date,
    form_key text,
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (author, form_key),
    CONSTRAINT promise_news_moved CHECK ((kind = 'moved') = (was_due_on IS NOT NULL)),
    FOREIGN KEY (promise, space) REFERENCES promise (id, space) ON UPDATE CASCADE
);
CREATE INDEX promise_news_promise ON promise_news (promise, id);
"""

# What supporters are asked: whether the answer answers the question, or, of a promise, whether it is done. Who said
# what is shown to nobody.
ASKED = """
CREATE TABLE crowd_question (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    idea bigint NOT NULL,
    space bigint NOT NULL,
    escalation bigint NOT NULL REFERENCES escalation (id) ON DELETE CASCADE,
    round integer NOT NULL,
    promise bigint REFERENCES promise (id) ON DELETE CASCADE,
    until timestamptz NOT NULL,
    outcome text CHECK (outcome IN ('yes', 'no', 'too few', 'dropped')),
    ended_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (id, space),
    CONSTRAINT crowd_question_ended CHECK ((outcome IS NULL) = (ended_at IS NULL)),
    FOREIGN KEY (idea, space) REFERENCES idea (id, space) ON UPDATE CASCADE
);
CREATE UNIQUE INDEX crowd_question_of_answer ON crowd_question (escalation, round) WHERE promise IS NULL;
CREATE UNIQUE INDEX crowd_question_of_promise ON crowd_question (promise)
    WHERE promise IS NOT NULL AND ended_at IS NULL;
CREATE INDEX crowd_question_escalation ON crowd_question (escalation);
CREATE INDEX crowd_question_promise ON crowd_question (promise) WHERE promise IS NOT NULL;
CREATE INDEX crowd_question_idea ON crowd_question (idea);

CREATE TABLE crowd_reply (
    id bigserial PRIMARY KEY,
    question bigint NOT NULL,
    space bigint NOT NULL,
    person bigint NOT NULL REFERENCES person (id),
    yes boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (question, person),
    FOREIGN KEY (question, space) REFERENCES crowd_question (id, space) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX crowd_reply_person ON crowd_reply (person);

-- She supports the item, or one that stands with it; guests are counted apart (rule 17).
CREATE FUNCTION plein_supports(who bigint, item bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM vote v WHERE v.person = who AND NOT v.guest AND (v.idea = item
        OR v.idea IN (SELECT c.idea FROM cluster_item c WHERE c.lead = item AND c.left_at IS NULL)))
$$;

-- Only supporters reply, and only until it is over: who replies and who ends it hold the same row.
CREATE FUNCTION plein_reply_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    q crowd_question;
BEGIN
    SELECT * INTO q FROM crowd_question WHERE id = NEW.question FOR SHARE;
    IF q.ended_at IS NOT NULL OR q.until <= plein_now() OR NOT plein_supports(NEW.person, q.idea) THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER crowd_reply_in_time BEFORE INSERT OR UPDATE OF yes ON crowd_reply
    FOR EACH ROW EXECUTE FUNCTION plein_reply_in_time();

-- Replies are their people's own, for guests also behind the second wall: this gives numbers only, as the owner.
CREATE FUNCTION plein_replies(asked bigint, OUT replied integer, OUT yes integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT count(*)::integer, (count(*) FILTER (WHERE r.yes))::integer FROM crowd_reply r
    WHERE r.question = asked AND (nullif(current_setting('app.spaces', true), '') IS NULL
        OR r.space = ANY (nullif(current_setting('app.spaces', true), '')::bigint[]))
$$;
"""

# Who sees to a promise reads the item, wherever it stands, as long as its case is open (rule 21).
SEES_TO_IT = """
ALTER TABLE case_role DROP CONSTRAINT case_role_role_check, ADD CONSTRAINT case_role_role_check
    CHECK (role IN ('owner', 'deputy', 'neutral', 'chain', 'adviser', 'counsel', 'promise'));
"""

# A supporter goes on with what its author withdrew.
ADOPTED = """
ALTER TABLE status_change DROP CONSTRAINT status_change_status_check,
    ADD CONSTRAINT status_change_status_check CHECK (status IN ('withdrawn', 'put back', 'adopted', 'became an idea',
        'under review', 'shortlisted', 'being worked out', 'carried out', 'stopped'));
ALTER TABLE status_change DROP CONSTRAINT status_change_body_check,
    ADD CONSTRAINT status_change_body_check CHECK (body <> '' OR status IN ('withdrawn', 'put back', 'adopted'));
"""


async def forwards() -> MigrationManager:
    """Adds it all."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(OBJECTIONS + PROMISES + ASKED + SEES_TO_IT + ADOPTED)

    manager.add_raw(run)
    return manager
