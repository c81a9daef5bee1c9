"""Nobody judges what she wrote without her name, nor decides what she appealed against."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T20:34:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "judged"

WRITERS = """
-- Who wrote what an item is about, be it without her name, alone or along with somebody, or wrote it down; or in whose
-- name it stands.
CREATE FUNCTION plein_writers_of(x moderation_item) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    SELECT x.author UNION SELECT plein_behind(x.author) UNION SELECT plein_writers(x.idea)
    UNION SELECT w.author FROM capture w WHERE w.idea = x.idea
$$;
-- Who had a part in an item so far: who reported it, decided about it, or was told, each as who she is.
CREATE FUNCTION plein_parties_of(x moderation_item) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    SELECT plein_behind(r.reporter) FROM report r WHERE r.item = x.id
    UNION SELECT p.person FROM decision d
        CROSS JOIN LATERAL unnest(ARRAY[d.moderator, d.person, plein_behind(d.person)]) AS p (person)
        WHERE d.item = x.id
$$;
"""
# Whatever the code asks, neither row is written by who may not judge.
GUARDS = """
CREATE FUNCTION plein_refuse_own_judge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.moderator IN (SELECT plein_writers_of(x) FROM moderation_item x WHERE x.id = NEW.item) THEN
        RAISE EXCEPTION 'who wrote it does not judge it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER decision_by_another BEFORE INSERT ON decision FOR EACH ROW EXECUTE FUNCTION plein_refuse_own_judge();
CREATE FUNCTION plein_refuse_own_appeal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM decision d JOIN moderation_item x ON x.id = d.item WHERE d.id = NEW.decision
        AND (NEW.decided_by IN (SELECT plein_writers_of(x)) OR NEW.decided_by IN (SELECT plein_parties_of(x)))) THEN
        RAISE EXCEPTION 'who wrote it, or had a part in it, decides no appeal' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER appeal_by_another BEFORE UPDATE OF outcome ON appeal FOR EACH ROW
    WHEN (OLD.outcome IS NULL AND NEW.outcome IS NOT NULL) EXECUTE FUNCTION plein_refuse_own_appeal();
"""


async def forwards() -> MigrationManager:
    """Says so."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(WRITERS + GUARDS)

    manager.add_raw(run)
    return manager
