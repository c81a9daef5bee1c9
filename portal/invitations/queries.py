"""Reading who is invited, and who is a guest where."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import QueryString, fetch, fetch_one
from portal.tables import ColleagueWish, Invitation, Membership, Person, Space


class GuestSpace(msgspec.Struct, frozen=True):
    """A space as who invites sees it. `days`: how long a guest stays unless renewed. `preboarding`: guests start at the
    organisation, and stay until `no_show_days` after that; `zone` and `today` are the organisation's."""

    id: int
    public_id: str
    name: str
    kind: str
    host: int | None
    host_name: str
    days: int
    mine: bool
    preboarding: bool
    no_show_days: int
    zone: str
    today: date

    @property
    def space(self) -> int:
        """It stands in itself."""
        return self.id


GUEST_SPACE = """
    SELECT s.id, s.public_id, s.name, s.kind, s.host, coalesce(n.name, '') AS host_name, s.guest_days AS days,
        EXISTS (SELECT FROM membership m WHERE m.space = s.id AND m.person = {}) AS mine,
        s.preboarding, s.no_show_days, g.zone, (plein_now() AT TIME ZONE g.zone)::date AS today
    FROM organisation g, space s LEFT JOIN identity n ON n.person = s.host
    WHERE {} AND s.public_id = {}
"""


async def guest_space(actor: Actor, public_id: str) -> GuestSpace | None:
    """A space that the actor reads, whether it takes guests or not: the policy asks."""
    return await fetch_one(GuestSpace, GUEST_SPACE, actor.id, visible(Space, actor, "s"), public_id)


# --- guests of a space ---


class GuestRow(msgspec.Struct, frozen=True):
    """A guest of a space. `left`: who answered for her is gone; `ends_soon`: within four weeks."""

    person: int
    public_id: str
    name: str
    email: str
    partner: str
    may_write: bool
    may_vote: bool
    may_download: bool
    until: datetime | None
    ends_soon: bool
    ended: bool
    sponsor: int | None
    sponsor_name: str
    left: bool
    signed_in_at: datetime | None
    starts_on: date | None


GUESTS = """
    SELECT p.id AS person, p.public_id, n.name, n.email, coalesce(o.name, '') AS partner, m.may_write, m.may_vote,
        m.may_download, m.until, coalesce(m.until < plein_now() + interval '28 days', FALSE) AS ends_soon,
        coalesce(m.until <= plein_now(), FALSE) AS ended, m.sponsor, coalesce(sn.name, '') AS sponsor_name,
        sp.id IS NULL OR NOT sp.active AS left, p.last_signed_in_at AS signed_in_at, p.starts_on
    FROM membership m JOIN person p ON p.id = m.person AND p.active AND p.kind = 'guest'
    JOIN identity n ON n.person = p.id LEFT JOIN partner o ON o.id = m.partner
    LEFT JOIN person sp ON sp.id = m.sponsor LEFT JOIN identity sn ON sn.person = sp.id
    WHERE m.space = {} AND m.role = 'member' AND {}
    ORDER BY m.until NULLS LAST, lower(n.name), p.id LIMIT 500
"""


async def guests(actor: Actor, space: GuestSpace) -> list[GuestRow]:
    """Who is a guest there: those whose time ends first stand first."""
    return await fetch(GuestRow, GUESTS, space.id, visible(Membership, actor, "m"))


class InvitationRow(msgspec.Struct, frozen=True):
    """Somebody who was invited. `late`: it is open and works no more; `undelivered`: the mail did not arrive."""

    id: int
    public_id: str
    space: int
    space_public_id: str
    state: str
    email: str
    name: str
    partner: str
    invited_by: int
    host: int | None
    sent_at: datetime
    expires_at: datetime
    late: bool
    undelivered: bool
    starts_on: date | None


INVITATIONS = """
    SELECT i.id, i.public_id, i.space, s.public_id AS space_public_id, i.state, i.email, i.name, o.name AS partner,
        i.invited_by, s.host, i.sent_at, i.expires_at, i.expires_at <= plein_now() AS late,
        EXISTS (SELECT FROM mail l WHERE l.invitation = i.id AND l.dropped_at IS NOT NULL AND l.last_error <> ''
            AND l.created_at >= i.sent_at) AS undelivered, i.starts_on
    FROM invitation i JOIN space s ON s.id = i.space JOIN partner o ON o.id = i.partner WHERE {}
"""


async def open_invitations(actor: Actor, space: GuestSpace) -> list[InvitationRow]:
    """Those of a space that nobody has accepted or refused, newest first, at most 200."""
    return await fetch(
        InvitationRow,
        INVITATIONS + " AND i.space = {} AND i.state = 'open' ORDER BY i.id DESC LIMIT 200",
        visible(Invitation, actor, "i"),
        space.id,
    )


async def get_invitation(actor: Actor, public_id: str) -> InvitationRow | None:
    """One of them, as those see it who invite there."""
    return await fetch_one(
        InvitationRow, INVITATIONS + " AND i.public_id = {}", visible(Invitation, actor, "i"), public_id
    )


class Known(msgspec.Struct, frozen=True):
    """Somebody with an address, as far as who invites may know of her."""

    kind: str
    name: str
    here: bool
    invited: bool


KNOWN = """
    SELECT coalesce(p.kind, '') AS kind, coalesce(p.name, '') AS name, coalesce(p.here, FALSE) AS here,
        EXISTS (SELECT FROM invitation i WHERE i.space = {} AND lower(i.email) = lower({}) AND i.state = 'open' AND {})
            AS invited
    FROM (VALUES (1)) one LEFT JOIN (
        SELECT p.kind, n.name,
            EXISTS (SELECT FROM readership r WHERE r.person = p.id AND r.space = {}) AS here
        FROM identity n JOIN person p ON p.id = n.person AND p.active WHERE lower(n.email) = lower({}) AND {}) p ON TRUE
"""


async def known(actor: Actor, space: GuestSpace, email: str) -> Known:
    """What may be said of an address: nothing of somebody whom the actor doesn't see."""
    found = await fetch_one(
        Known,
        KNOWN,
        space.id,
        email,
        visible(Invitation, actor, "i"),
        space.id,
        email,
        visible(Person, actor, "p"),
    )
    assert found is not None
    return found


class Wish(msgspec.Struct, frozen=True):
    """A guest would like to have a colleague there."""

    id: int
    public_id: str
    space: int
    space_public_id: str
    host: int | None
    person: int
    by: str
    partner: str
    partner_public_id: str
    name: str
    email: str
    words: str
    state: str
    created_at: datetime


WISHES = """
    SELECT w.id, w.public_id, w.space, s.public_id AS space_public_id, s.host, w.person, coalesce(n.name, '') AS by,
        coalesce(o.name, '') AS partner, coalesce(o.public_id, '') AS partner_public_id, w.name, w.email, w.words,
        w.state, w.created_at
    FROM colleague_wish w JOIN space s ON s.id = w.space LEFT JOIN identity n ON n.person = w.person
    LEFT JOIN membership m ON m.space = w.space AND m.person = w.person AND m.role = 'member'
    LEFT JOIN partner o ON o.id = m.partner WHERE {}
"""


async def wishes(actor: Actor, space: GuestSpace) -> list[Wish]:
    """Those of a space that wait: one's own, or all of them for who decides."""
    return await fetch(
        Wish,
        WISHES + " AND w.space = {} AND w.state = 'waiting' ORDER BY w.id LIMIT 100",
        visible(ColleagueWish, actor, "w"),
        space.id,
    )


async def get_wish(actor: Actor, public_id: str) -> Wish | None:
    """One of them."""
    return await fetch_one(Wish, WISHES + " AND w.public_id = {}", visible(ColleagueWish, actor, "w"), public_id)


# --- for whoever holds the link ---


class Welcome(msgspec.Struct, frozen=True):
    """An invitation as its page tells it to whoever holds the link."""

    id: int
    space_name: str
    space_purpose: str
    units: list[str]
    checks: str
    keep_days: int
    leavers: str
    organisation: str
    email: str
    name: str
    known_as: str
    words: str
    partner: str
    may_write: bool
    may_vote: bool
    may_download: bool
    until: datetime
    starts_on: date | None
    expires_at: datetime
    language: str
    now: datetime
    host: str
    host_public_id: str
    host_title: str
    asked_by: str
    asked_by_partner: str
    colleagues: int
    guests: int
    partners: list[str]
    charter_version: int | None
    charter_html: str
    house_rules: int | None
    house_rules_version: int
    house_rules_at: datetime | None
    privacy: int | None
    privacy_version: int
    privacy_at: datetime | None


# It works as long as it is open and in time, and who sent it still may invite there.
STANDING = """
    i.state = 'open' AND i.expires_at > plein_now() AND i.until > plein_now() AND s.archived_at IS NULL
        AND EXISTS (SELECT FROM person bp WHERE bp.id = i.invited_by AND bp.active) AND (s.host = i.invited_by
            OR EXISTS (SELECT FROM membership bm WHERE bm.space = s.id AND bm.person = i.invited_by
                AND bm.role IN ('owner', 'community_manager') AND (bm.until IS NULL OR bm.until > plein_now())))
"""
WELCOME = f"""
    SELECT i.id, s.name AS space_name, s.purpose AS space_purpose,
        ARRAY(SELECT u.name FROM space_unit x JOIN org_unit u ON u.id = x.unit WHERE x.space = s.id ORDER BY x.id)
            AS units,
        s.checks, s.keep_days, s.leavers, g.name AS organisation, i.email, i.name,
        coalesce((SELECT kn.name FROM identity kn JOIN person kp ON kp.id = kn.person AND kp.active
            WHERE lower(kn.email) = lower(i.email)), '') AS known_as,
        i.words, o.name AS partner, i.may_write, i.may_vote, i.may_download, i.until, i.starts_on,
        i.expires_at, i.language,
        plein_now() AS now, b.name AS host, bq.public_id AS host_public_id, b.title AS host_title,
        coalesce(w.name, '') AS asked_by, coalesce(wo.name, '') AS asked_by_partner,
        (SELECT count(*) FROM readership r JOIN person rp ON rp.id = r.person
            WHERE r.space = s.id AND rp.kind <> 'guest')::int AS colleagues,
        (SELECT count(*) FROM readership r JOIN person rp ON rp.id = r.person
            WHERE r.space = s.id AND rp.kind = 'guest')::int AS guests,
        ARRAY(SELECT po.name FROM partner po WHERE po.id IN (SELECT pm.partner FROM membership pm
            JOIN readership pr ON pr.person = pm.person AND pr.space = pm.space WHERE pm.space = s.id)
            ORDER BY lower(po.name)) AS partners,
        c.version AS charter_version, coalesce(c.text_html, '') AS charter_html,
        h.id AS house_rules, coalesce(h.version, 0)::int AS house_rules_version, h.created_at AS house_rules_at,
        v.id AS privacy, coalesce(v.version, 0)::int AS privacy_version, v.created_at AS privacy_at
    FROM invitation_link l JOIN invitation i ON i.id = l.invitation JOIN space s ON s.id = i.space
    JOIN partner o ON o.id = i.partner JOIN identity b ON b.person = i.invited_by JOIN person bq ON bq.id = b.person
    CROSS JOIN organisation g
    LEFT JOIN colleague_wish cw ON cw.id = i.wish LEFT JOIN identity w ON w.person = cw.person
    LEFT JOIN membership wm ON wm.space = i.space AND wm.person = cw.person AND wm.role = 'member'
    LEFT JOIN partner wo ON wo.id = wm.partner
    LEFT JOIN LATERAL (SELECT version, text_html FROM charter WHERE space = s.id
        ORDER BY version DESC LIMIT 1) c ON TRUE
    LEFT JOIN LATERAL ({{}}) h ON TRUE LEFT JOIN LATERAL ({{}}) v ON TRUE
    WHERE l.token_sha256 = {{}} AND {STANDING}
"""
# The page as it stands in the reader's language, or in the other one when it was not written yet.
ABOUT = """
    SELECT a.id, a.created_at, (SELECT count(*) FROM about_page e WHERE e.slug = a.slug AND e.language = a.language
        AND e.id <= a.id) AS version
    FROM about_page a WHERE a.slug = {} ORDER BY a.language = {} DESC, a.id DESC LIMIT 1
"""


async def welcome(token_sha256: bytes, language: str) -> Welcome | None:  # access: whoever holds the link may read it
    """The invitation behind a link, unless it was used, is out of date, or taken back."""
    return await fetch_one(
        Welcome,
        WELCOME,
        QueryString(ABOUT, "house-rules", language),
        QueryString(ABOUT, "privacy", language),
        token_sha256,
    )
