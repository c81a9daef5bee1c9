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

-- What people gave in a campaign, added up anew: votes on ideas that were withdrawn, hidden or removed are free again.
-- Their budgets are held first, in one order, so that the sum misses no vote.
CREATE FUNCTION plein_add_up(of_campaign bigint, people bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM budget WHERE campaign = of_campaign AND person = ANY (people) ORDER BY id FOR NO KEY UPDATE;
    UPDATE budget b SET given = (SELECT coalesce(sum(v.weight), 0) FROM vote v JOIN idea i ON i.id = v.idea
            WHERE v.person = b.person AND i.campaign = b.campaign AND i.state = 'published')
        WHERE campaign = of_campaign AND person = ANY (people);
END $$;

-- Where votes are a budget, one person's votes in a campaign pass through one row, one after the other, however many
-- come at once; and the idea's counts follow. The idea is held before the budget, as by whoever hides it. (One support
-- each is counted by the statement that gives it.)
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
        UPDATE idea SET votes = votes + step,
            supporters = supporters + CASE WHEN v.guest THEN 0 ELSE head END,
            guest_supporters = guest_supporters + CASE WHEN v.guest THEN head ELSE 0 END WHERE id = v.idea;
        INSERT INTO budget (person, campaign, space, votes) VALUES (v.person, c.id, c.space, c.votes_each)
            ON CONFLICT DO NOTHING;
        PERFORM plein_add_up(c.id, ARRAY[v.person]);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER vote_spent AFTER INSERT OR DELETE OR UPDATE OF weight ON vote
    FOR EACH ROW EXECUTE FUNCTION plein_spend();

-- An idea that goes gives its votes back. If it returns they lie there again, but for those that their people gave
-- elsewhere meanwhile.
CREATE FUNCTION plein_free_votes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    people bigint[] := ARRAY(SELECT person FROM vote WHERE idea = NEW.id);
BEGIN
    IF NEW.state = 'published' THEN
        PERFORM FROM budget WHERE campaign = NEW.campaign AND person = ANY (people) ORDER BY id FOR NO KEY UPDATE;
        DELETE FROM vote v USING budget b WHERE v.idea = NEW.id AND b.campaign = NEW.campaign AND b.person = v.person
            AND b.given + v.weight > b.votes;
    END IF;
    PERFORM plein_add_up(NEW.campaign, people);
    RETURN NULL;
END $$;
CREATE TRIGGER idea_votes_freed AFTER UPDATE OF state ON idea FOR EACH ROW
    WHEN ((OLD.state = 'published') <> (NEW.state = 'published')) EXECUTE FUNCTION plein_free_votes();

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
