"""What several rooms asked in their own words is asked in one place; foreign keys have their indexes."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-22T20:10:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "upkeep"

RELATIONS = """
-- Whom mail reaches: who is active, signed in at least once, and did not switch it off.
CREATE VIEW mailed AS
    SELECT p.id AS person FROM person p JOIN identity n ON n.person = p.id
    WHERE p.active AND p.last_signed_in_at IS NOT NULL AND n.wants_mail;

-- What somebody alone leads: a group of which she is the only active owner, a campaign that she is to answer.
CREATE VIEW led_alone AS
    SELECT m.person, 'group' AS kind, m.space, NULL::bigint AS campaign
    FROM membership m JOIN space s ON s.id = m.space AND s.archived_at IS NULL
    WHERE m.role = 'owner' AND NOT EXISTS (
        SELECT FROM membership o JOIN person p ON p.id = o.person AND p.active
        WHERE o.space = m.space AND o.role = 'owner' AND o.person <> m.person)
    UNION ALL
    SELECT l.person, 'campaign', c.space, c.id
    FROM campaign c CROSS JOIN LATERAL (SELECT c.sponsor AS person UNION SELECT c.decision_owner) l
    WHERE l.person IS NOT NULL AND c.state IN ('proposed', 'open')
        AND plein_phase(c, plein_now()) IS DISTINCT FROM 'done';
"""

INDEXES = """
CREATE INDEX event_of_campaign ON event (campaign) WHERE campaign IS NOT NULL;
CREATE INDEX event_of_comment ON event (comment) WHERE comment IS NOT NULL;
CREATE INDEX event_of_answer ON event (answer) WHERE answer IS NOT NULL;
CREATE INDEX idea_reply_question ON idea_reply (question);
CREATE INDEX import_line_import ON import_line (people_import);
CREATE INDEX mail_recipient ON mail (recipient);
CREATE INDEX moderation_item_of_campaign ON moderation_item (campaign) WHERE campaign IS NOT NULL;
CREATE INDEX moderation_item_of_comment ON moderation_item (comment) WHERE comment IS NOT NULL;
CREATE INDEX moderation_item_of_idea ON moderation_item (idea) WHERE idea IS NOT NULL;
CREATE INDEX read_mark_idea ON read_mark (idea);
"""

COMPLETE = """
-- What was proposed or accepted says what it is about and why, names its people, its goal and how one will know.
ALTER TABLE campaign DROP CONSTRAINT campaign_complete, ADD CONSTRAINT campaign_complete CHECK (
    state <> 'proposed' AND accepted_at IS NULL OR state = 'declined'
        OR (title <> '' AND lead <> '' AND brief <> '' AND need <> '' AND goal <> '' AND measure <> ''
            AND sponsor IS NOT NULL AND decision_owner IS NOT NULL AND expected_readers IS NOT NULL) IS TRUE);

ALTER TABLE session DROP auth_level;
"""


async def forwards() -> MigrationManager:
    """Two relations, the indexes that foreign keys lacked, and a campaign that is complete before it is proposed."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(RELATIONS + INDEXES + COMPLETE)

    manager.add_raw(run)
    return manager
