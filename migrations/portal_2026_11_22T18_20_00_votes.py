"""How a campaign votes: one support each, or a budget of votes; what is not shown while it can be voted on."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-22T18:20:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "votes"

CAMPAIGNS = """
ALTER TABLE campaign
    ADD COLUMN vote_method text NOT NULL DEFAULT 'support' CHECK (vote_method IN ('support', 'budget')),
    ADD COLUMN votes_each integer NOT NULL DEFAULT 10 CHECK (votes_each BETWEEN 1 AND 100),
    ADD COLUMN votes_per_idea integer NOT NULL DEFAULT 3,
    ADD COLUMN rank_blind boolean NOT NULL DEFAULT false,
    ADD COLUMN hide_counts boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT campaign_votes_per_idea CHECK (votes_per_idea BETWEEN 1 AND votes_each),
    ADD CONSTRAINT campaign_voting_ends CHECK (NOT always_open OR vote_method = 'support' AND NOT hide_counts);

-- No title or rank of who wrote in this campaign is shown at this moment.
CREATE FUNCTION plein_rank_blind(c campaign, at timestamptz) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT c.rank_blind AND plein_phase(c, at) = 'vote' $$;

-- Its voting is still to end: how many support an idea is not shown at this moment, nor what would tell it.
CREATE FUNCTION plein_counts_hidden(c campaign, at timestamptz) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT c.hide_counts AND plein_phase(c, at) IN ('planned', 'collect', 'discuss', 'vote') $$;
"""

VOTES = """
-- How many votes lie on an idea where a campaign's votes are a budget. Orders by it, never shown.
ALTER TABLE idea ADD COLUMN votes integer NOT NULL DEFAULT 0 CHECK (votes >= 0);
ALTER TABLE vote ADD COLUMN weight integer NOT NULL DEFAULT 1 CHECK (weight >= 1);

-- What somebody may give in a campaign and has given: kept by the trigger below, whoever writes votes.
CREATE TABLE budget (
    id bigserial PRIMARY KEY,
    person bigint NOT NULL REFERENCES person (id),
    campaign bigint NOT NULL,
    space bigint NOT NULL,
    votes integer NOT NULL,
    given integer NOT NULL DEFAULT 0,
    UNIQUE (person, campaign),
    FOREIGN KEY (campaign, space) REFERENCES campaign (id, space) ON UPDATE CASCADE,
    CONSTRAINT budget_not_overspent CHECK (given BETWEEN 0 AND votes)
);
CREATE INDEX budget_campaign ON budget (campaign);

-- Where votes are a budget, one person's votes in a campaign pass through one row, one after the other, however many
-- come at once; and the idea's counts follow. (One support each is counted by the statement that gives it.)
CREATE FUNCTION plein_spend() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    c campaign;
    v vote := coalesce(NEW, OLD);
    step integer := coalesce(NEW.weight, 0) - coalesce(OLD.weight, 0);
    head integer := (TG_OP = 'INSERT')::integer - (TG_OP = 'DELETE')::integer;
BEGIN
    SELECT x.* INTO c FROM campaign x JOIN idea i ON i.campaign = x.id WHERE i.id = v.idea;
    IF v.weight > (CASE c.vote_method WHEN 'budget' THEN c.votes_per_idea ELSE 1 END) THEN
        RAISE EXCEPTION 'too many votes on one idea' USING ERRCODE = 'check_violation', CONSTRAINT = 'vote_per_idea';
    END IF;
    IF c.vote_method = 'budget' THEN
        INSERT INTO budget (person, campaign, space, votes) VALUES (v.person, c.id, c.space, c.votes_each)
            ON CONFLICT DO NOTHING;
        UPDATE budget SET given = given + step WHERE person = v.person AND campaign = c.id;
        UPDATE idea SET votes = votes + step,
            supporters = supporters + CASE WHEN v.guest THEN 0 ELSE head END,
            guest_supporters = guest_supporters + CASE WHEN v.guest THEN head ELSE 0 END WHERE id = v.idea;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER vote_spent AFTER INSERT OR DELETE OR UPDATE OF weight ON vote
    FOR EACH ROW EXECUTE FUNCTION plein_spend();

-- How a campaign votes stands from its first vote on.
CREATE FUNCTION plein_keep_vote_method() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM idea i JOIN vote v ON v.idea = i.id WHERE i.campaign = OLD.id) THEN
        RAISE EXCEPTION 'votes have been given' USING ERRCODE = 'check_violation', CONSTRAINT = 'vote_method_kept';
    END IF;
    DELETE FROM budget WHERE campaign = OLD.id;
    RETURN NEW;
END $$;
CREATE TRIGGER campaign_vote_method_kept BEFORE UPDATE ON campaign FOR EACH ROW
    WHEN (ROW(OLD.vote_method, OLD.votes_each, OLD.votes_per_idea)
        IS DISTINCT FROM ROW(NEW.vote_method, NEW.votes_each, NEW.votes_per_idea))
    EXECUTE FUNCTION plein_keep_vote_method();
"""


async def forwards() -> MigrationManager:
    """Adds the budget, and what is not shown while people vote."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(CAMPAIGNS + VOTES)

    manager.add_raw(run)
    return manager
