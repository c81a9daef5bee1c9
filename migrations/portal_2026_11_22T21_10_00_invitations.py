"""Invitations: partner organisations, who is invited where and by which link, guests and their ways in."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-22T21:10:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "invitations"

PARTNERS = """
-- An organisation whose people are invited, and the domains that its addresses have: in ASCII, compared as they stand.
CREATE TABLE partner (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    name text NOT NULL CHECK (name <> ''),
    created_by bigint REFERENCES person (id),
    created_at timestamptz NOT NULL DEFAULT plein_now()
);
CREATE UNIQUE INDEX partner_name ON partner (lower(name));
CREATE INDEX partner_created_by ON partner (created_by);

CREATE TABLE partner_domain (
    id bigserial PRIMARY KEY,
    partner bigint NOT NULL REFERENCES partner (id) ON DELETE CASCADE,
    domain text NOT NULL CHECK (domain ~ '^[a-z0-9-]+([.][a-z0-9-]+)+$'),
    UNIQUE (partner, domain)
);

-- For whom a guest is in a space: the same person may come for one organisation here and for another there.
-- `reminded_for`: the end of which it was told that it comes.
ALTER TABLE membership ADD partner bigint REFERENCES partner (id), ADD reminded_for timestamptz;
CREATE INDEX membership_partner ON membership (partner) WHERE partner IS NOT NULL;
"""

GUESTS = """
CREATE TABLE guest (
    person bigint PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
    mailbox_confirmed_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT plein_now()
);

CREATE TABLE sign_in_link (
    id bigserial PRIMARY KEY,
    token_sha256 bytea NOT NULL UNIQUE,
    person bigint NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX sign_in_link_person ON sign_in_link (person);
"""

INVITATIONS = """
-- A guest asks that a colleague of hers is invited; the host decides.
CREATE TABLE colleague_wish (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    space bigint NOT NULL REFERENCES space (id) ON DELETE CASCADE,
    person bigint NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    name text NOT NULL CHECK (name <> ''),
    email text NOT NULL CHECK (email <> ''),
    words text NOT NULL DEFAULT '',
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'invited', 'refused')),
    reason text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    decided_at timestamptz,
    decided_by bigint REFERENCES person (id),
    UNIQUE (id, space)
);
CREATE UNIQUE INDEX colleague_wish_once ON colleague_wish (space, person, lower(email)) WHERE state = 'waiting';
CREATE INDEX colleague_wish_person ON colleague_wish (person);
CREATE INDEX colleague_wish_decided_by ON colleague_wish (decided_by);

-- Who is invited to a space, with which rights and until when; `asked_by` is the guest who wished for her. What she
-- agreed to when she came in is kept: the very texts of house rules and privacy notice.
CREATE TABLE invitation (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    space bigint NOT NULL REFERENCES space (id) ON DELETE CASCADE,
    partner bigint NOT NULL REFERENCES partner (id),
    email text NOT NULL CHECK (email <> ''),
    name text NOT NULL DEFAULT '',
    words text NOT NULL DEFAULT '',
    language text NOT NULL CHECK (language IN ('nl', 'en')),
    may_write boolean NOT NULL,
    may_vote boolean NOT NULL,
    may_download boolean NOT NULL,
    until timestamptz NOT NULL,
    invited_by bigint NOT NULL REFERENCES person (id),
    wish bigint,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'accepted', 'refused', 'revoked')),
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    sent_at timestamptz NOT NULL DEFAULT plein_now(),
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    accepted_by bigint REFERENCES person (id) ON DELETE SET NULL,
    house_rules bigint REFERENCES about_page (id),
    privacy bigint REFERENCES about_page (id),
    FOREIGN KEY (wish, space) REFERENCES colleague_wish (id, space) ON UPDATE CASCADE
);
CREATE UNIQUE INDEX invitation_open ON invitation (space, lower(email)) WHERE state = 'open';
CREATE INDEX invitation_newest ON invitation (space, id DESC);
CREATE INDEX invitation_partner ON invitation (partner);
CREATE INDEX invitation_invited_by ON invitation (invited_by);
CREATE INDEX invitation_accepted_by ON invitation (accepted_by);
CREATE INDEX invitation_wish ON invitation (wish, space);
CREATE INDEX invitation_house_rules ON invitation (house_rules);
CREATE INDEX invitation_privacy ON invitation (privacy);

-- The link in a mail. A message that goes out once more has another one, and both open the same invitation.
CREATE TABLE invitation_link (
    id bigserial PRIMARY KEY,
    token_sha256 bytea NOT NULL UNIQUE,
    invitation bigint NOT NULL REFERENCES invitation (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT plein_now()
);
CREATE INDEX invitation_link_invitation ON invitation_link (invitation);

-- A message goes to a person, or to whom is invited and may be nobody here yet.
ALTER TABLE mail ALTER recipient DROP NOT NULL,
    ADD invitation bigint REFERENCES invitation (id) ON DELETE CASCADE,
    ADD CONSTRAINT mail_to_somebody CHECK (num_nonnulls(recipient, invitation) = 1);
CREATE INDEX mail_invitation ON mail (invitation) WHERE invitation IS NOT NULL;
"""


async def forwards() -> MigrationManager:
    """Adds it all, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(PARTNERS + GUESTS + INVITATIONS)

    manager.add_raw(run)
    return manager
