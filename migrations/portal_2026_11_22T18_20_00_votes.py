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
    AS $$ SELECT c.hide_counts AND NOT coalesce(at >= c.decide_from, false) $$;

