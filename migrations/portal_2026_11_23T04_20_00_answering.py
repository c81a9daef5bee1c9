"""Giving the answer: core questions, what each kind of answer asks for, the draft that a case's team shares, and
starting texts."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T04:20:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "answering"

# What its authors want to know above all, in their order; the text before an edit keeps those that it had.
QUESTIONS = """
ALTER TABLE idea ADD COLUMN core_questions text[] NOT NULL DEFAULT '{}',
    ADD CONSTRAINT idea_core_questions CHECK (cardinality(core_questions) <= 3);
ALTER TABLE idea_version ADD COLUMN core_questions text[] NOT NULL DEFAULT '{}';
"""

# `whose`: who decides about what is not ours. `category`, `review_on`, `approver`: of what can't be discussed in public
# (rule 10). `questions`: as they were when it was published, with a reply each.
ANSWERS = """
ALTER TABLE answer DROP CONSTRAINT answer_kind_check,
    ADD CONSTRAINT answer_kind_check CHECK (kind IN ('changed', 'partly', 'pilot', 'declined', 'exists already',
        'not ours', 'not public')),
    ADD COLUMN whose text NOT NULL DEFAULT '',
    ADD COLUMN category text NOT NULL DEFAULT ''
        CHECK (category IN ('', 'security', 'negotiation', 'legal', 'personal', 'commercial')),
    ADD COLUMN review_on date,
    ADD COLUMN approver bigint REFERENCES person (id),
    ADD COLUMN questions text[] NOT NULL DEFAULT '{}',
    ADD COLUMN replies text[] NOT NULL DEFAULT '{}',
    ADD CONSTRAINT answer_not_public CHECK (kind <> 'not public'
        OR category <> '' AND review_on IS NOT NULL AND approver IS NOT NULL AND approver <> author);
CREATE INDEX answer_approver ON answer (approver) WHERE approver IS NOT NULL;
ALTER TABLE answer_version
    ADD COLUMN whose text NOT NULL DEFAULT '',
    ADD COLUMN category text NOT NULL DEFAULT '',
    ADD COLUMN review_on date,
    ADD COLUMN approver bigint REFERENCES person (id),
    ADD COLUMN policy_version bigint REFERENCES policy_version (id),
    ADD COLUMN questions text[] NOT NULL DEFAULT '{}',
    ADD COLUMN replies text[] NOT NULL DEFAULT '{}';
CREATE INDEX answer_version_approver ON answer_version (approver) WHERE approver IS NOT NULL;
CREATE INDEX answer_version_policy_version ON answer_version (policy_version) WHERE policy_version IS NOT NULL;
"""

# One for each case, as it was typed, whether or not it can be published so. `asked`: the questions to which it replies,
# in short. `decision`: what waits for its approver, who was named by who would publish it; a new text takes it back.
DRAFTS = """
CREATE TABLE answer_draft (
    id bigserial PRIMARY KEY,
    escalation bigint NOT NULL UNIQUE,
    space bigint NOT NULL,
    version integer NOT NULL DEFAULT 1,
    kind text NOT NULL DEFAULT '',
    summary text NOT NULL DEFAULT '',
    reason text NOT NULL DEFAULT '',
    from_when text NOT NULL DEFAULT '',
    next_step text NOT NULL DEFAULT '',
    next_owner_called text NOT NULL DEFAULT '',
    next_date text NOT NULL DEFAULT '',
    whose text NOT NULL DEFAULT '',
    category text NOT NULL DEFAULT '',
    review_on text NOT NULL DEFAULT '',
    approver_called text NOT NULL DEFAULT '',
    policy text NOT NULL DEFAULT '',
    replies text[] NOT NULL DEFAULT '{}',
    asked text NOT NULL DEFAULT '',
    edited_by bigint NOT NULL REFERENCES person (id),
    edited_at timestamptz NOT NULL DEFAULT plein_now(),
    decision jsonb,
    submitted_by bigint REFERENCES person (id),
    approver bigint REFERENCES person (id),
    sent_back text NOT NULL DEFAULT '',
    sent_back_by bigint REFERENCES person (id),
    FOREIGN KEY (escalation, space) REFERENCES escalation (id, space) ON UPDATE CASCADE ON DELETE CASCADE,
    CONSTRAINT answer_draft_submitted CHECK (num_nonnulls(decision, submitted_by, approver) IN (0, 3)
        AND submitted_by IS DISTINCT FROM approver OR decision IS NULL),
    CONSTRAINT answer_draft_sent_back CHECK ((sent_back_by IS NULL) = (sent_back = ''))
);
CREATE INDEX answer_draft_edited_by ON answer_draft (edited_by);
CREATE INDEX answer_draft_submitted_by ON answer_draft (submitted_by) WHERE submitted_by IS NOT NULL;
CREATE INDEX answer_draft_approver ON answer_draft (approver) WHERE approver IS NOT NULL;
CREATE INDEX answer_draft_sent_back_by ON answer_draft (sent_back_by) WHERE sent_back_by IS NOT NULL;
"""

STARTS = """
CREATE TABLE answer_start (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    name text NOT NULL CHECK (name <> ''),
    language text NOT NULL CHECK (language IN ('nl', 'en')),
    kind text NOT NULL DEFAULT '',
    summary text NOT NULL DEFAULT '',
    reason text NOT NULL DEFAULT '',
    next_step text NOT NULL DEFAULT '',
    author bigint REFERENCES person (id),
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    form_key text,
    UNIQUE (author, form_key)
);
"""


async def forwards() -> MigrationManager:
    """Adds it all, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(QUESTIONS + ANSWERS + DRAFTS + STARTS)

    manager.add_raw(run)
    return manager
