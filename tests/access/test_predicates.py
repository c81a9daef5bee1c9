"""Each condition of each rule, one by one: what is allowed as it stands, and by which single change it is not.

No database, no pages: the matrix says what people may do to real things; this says that no condition of a rule stands
there for nothing. `make mutants` begins with it.
"""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from portal.access import of_campaigns, of_cases, of_crowd, phases
from portal.access.actor import Actor, Right
from portal.access.policy import Action, Forbidden, Paused, allowed, can, require
from portal.access.rules import RIGHTS, RULES, WRITING
from portal.escalation import states as states_of_cases

ME, OTHER, THIRD = 1, 2, 3
SPACE, ORGANISATION, ELSEWHERE = 7, 10, 8
NOW = datetime(2026, 6, 17, 13, tzinfo=UTC)
GUEST = {"kind": "guest"}
SISTER = {"kind": "sister"}
ADMINISTRATOR = {"role_rows": [f"{ORGANISATION}:administrator"]}
HOST = {"role_rows": [f"{ORGANISATION}:host"]}
LEADER = {"role_rows": [f"{ORGANISATION}:leader"]}
STILL = {"still": [SPACE]}
PHASES = ("planned", "collect", "discuss", "vote", "decide", "done", "cancelled")


def has(*roles: str, space: int = SPACE) -> dict[str, Any]:
    """With these roles in the thing's space."""
    return {"role_rows": [f"{space}:{role}" for role in roles]}


def actor(**changed: Any) -> Actor:
    """An employee who reads the space and is nothing more."""
    return Actor(
        **{
            "id": ME,
            "public_id": "p",
            "name": "N",
            "kind": "employee",
            "language": "en",
            "zone": "UTC",
            "theme": "",
            "space_ids": [SPACE, ORGANISATION],
            "role_rows": [],
            "denied": [],
            "still": [],
            "with_guests": [],
            "organisation_space": ORGANISATION,
            "organisation_name": "O",
            "photo_changes": 0,
            "now": NOW,
            **changed,
        }
    )


class Case(NamedTuple):
    """Allowed with these fields of the thing, to this actor, and with each of `too`; refused with each of `not_if`.
    A change that names `me` changes the actor."""

    action: Action
    thing: dict[str, Any]
    me: dict[str, Any]
    not_if: tuple[dict[str, Any], ...]
    too: tuple[dict[str, Any], ...]


CASES: list[Case] = []


def case(action: Action, thing: dict[str, Any], *not_if: dict[str, Any], me: Any = None, too: Any = ()) -> None:
    """One more."""
    CASES.append(Case(action, {"id": SPACE, "space": SPACE} | thing, me or {}, not_if, tuple(too)))


def me(**changed: Any) -> dict[str, Any]:
    """A change of the actor."""
    return {"me": changed}


def phase(*names: str) -> list[dict[str, Any]]:
    """The thing in each of these phases."""
    return [{"phase": name} for name in names]


def phases_but(*names: str) -> list[dict[str, Any]]:
    """The thing in each of the other phases."""
    return phase(*(name for name in PHASES if name not in names))


NOBODY_SPECIAL = me(role_rows=[])

# --- spaces ---
for for_employees in (Action.SPACE_START, Action.SCOREBOARD_READ):
    case(for_employees, {}, me(**GUEST), me(**SISTER))
case(
    Action.SPACE_JOIN,
    {"open": True, "kind": "group", "mine": False},
    {"open": False},
    {"kind": "guest"},
    {"kind": "organisation"},
    {"mine": True},
    me(**STILL),
    me(**GUEST),
    too=[{"kind": "project"}, me(**SISTER)],
)
case(
    Action.SPACE_LEAVE,
    {"kind": "group", "mine": True},
    {"kind": "organisation"},
    {"mine": False},
    me(**has("owner")),
    too=[me(**GUEST), me(**has("moderator"))],
)
for owning in (Action.SPACE_ADD_MEMBER, Action.SPACE_GIVE_ROLE):
    case(
        owning,
        {"kind": "group"},
        {"kind": "organisation"},
        me(**has("owner"), **STILL),
        me(**has("moderator")),
        me(**has("owner", space=ELSEWHERE)),
        me=has("owner"),
    )
case(Action.SPACE_ADD_SISTER, {}, NOBODY_SPECIAL, me(**has("administrator")), me=ADMINISTRATOR)
case(Action.SPACE_EDIT, {"kind": "group"}, NOBODY_SPECIAL, me(**ADMINISTRATOR), me=has("owner"))
case(Action.SPACE_EDIT, {"kind": "organisation"}, me(**has("owner")), me=ADMINISTRATOR)
case(Action.SPACE_EDIT, {"kind": "group"}, NOBODY_SPECIAL, me=has("owner") | STILL)
case(
    Action.SPACE_ARCHIVE,
    {"kind": "group", "archived_at": None},
    {"archived_at": NOW},
    {"kind": "organisation"},
    NOBODY_SPECIAL,
    me=has("owner"),
)
case(
    Action.SPACE_REOPEN,
    {"kind": "group", "archived_at": NOW},
    {"archived_at": None},
    {"kind": "organisation"},
    NOBODY_SPECIAL,
    me=has("owner"),
)
case(
    Action.SPACE_KEEP,
    {"kind": "group", "archived_at": None, "idle_asked_at": NOW},
    {"idle_asked_at": None},
    {"archived_at": NOW},
    NOBODY_SPECIAL,
    me=has("owner"),
)
case(
    Action.SPACE_RECORD,
    {"host": ME, "kind": "guest"},
    {"host": OTHER},
    me(still=[]),
    me(**GUEST, **STILL),
    me=STILL,
    too=[{"host": OTHER} | me(**has("owner"), **STILL)],
)
case(Action.SPACE_HOST, {}, NOBODY_SPECIAL, me(**HOST, **SISTER), me(**has("host")), me=HOST)
case(Action.SPACE_OPEN_SECTION, {"kind": "organisation"}, NOBODY_SPECIAL, {"kind": "group"}, {"kind": "guest"}, me=HOST)
case(
    Action.SPACE_OPEN_SECTION,
    {"kind": "group"},
    me(role_rows=[f"{SPACE}:owner"]),
    me(**HOST),
    {"kind": "guest"},
    {"kind": "section"},
    me={"role_rows": [f"{SPACE}:owner", f"{ORGANISATION}:host"]},
    too=[{"kind": "project"}],
)
case(
    Action.CHARTER_ACCEPT,
    {"mine": True, "accepted": 1, "charter": 2},
    {"mine": False},
    {"accepted": 2},
    {"accepted": 3},
    too=[me(**GUEST)],
)
case(Action.CARD_WRITE, {}, me(**has("owner")), me(**has("moderator")), me=has("community_manager"))
case(
    Action.SPACE_SEE_FIGURES,
    {"kind": "group"},
    me(**has("moderator")),
    NOBODY_SPECIAL,
    me(**ADMINISTRATOR),
    me=has("owner"),
    too=[me(**has("community_manager")), {"kind": "organisation"} | me(**ADMINISTRATOR)],
)
case(
    Action.IDEA_HIGHLIGHT,
    {"idea_state": "published"},
    {"idea_state": "hidden"},
    me(**has("owner"), **STILL),
    me(**has("moderator")),
    me=has("owner"),
    too=[me(**has("community_manager"))],
)
case(Action.SPACE_MODERATE, {}, NOBODY_SPECIAL, me(**has("moderator"), **GUEST), {"id": ELSEWHERE}, me=has("moderator"))

case(Action.SPACE_SEE_FIGURES, {"kind": "organisation"}, NOBODY_SPECIAL, {"kind": "group"}, me=ADMINISTRATOR)

# --- guests ---
INVITERS = [me(**has("community_manager"))]
for inviting in (Action.GUEST_INVITE, Action.GUEST_RENEW):
    case(
        inviting,
        {"kind": "guest", "host": OTHER},
        {"kind": "group"},
        me(**has("owner"), **STILL),
        me(**has("owner"), **GUEST),
        me(**has("moderator")),
        me=has("owner"),
        too=[{"kind": "section"}, *INVITERS, {"host": ME} | NOBODY_SPECIAL],
    )
    case(inviting, {"kind": "guest", "host": ME}, {"host": OTHER}, me(**GUEST), me(**STILL))
case(
    Action.INVITATION_MANAGE,
    {"state": "open", "host": ME},
    {"state": "accepted"},
    {"host": OTHER},
    me(**STILL),
    me(**GUEST),
)
case(Action.WISH_DECIDE, {"state": "waiting", "host": ME}, {"state": "refused"}, {"host": OTHER}, me(**STILL))
case(Action.GUEST_WISH, {"mine": True}, {"mine": False}, NOBODY_SPECIAL | me(kind="employee"), me=GUEST)
case(Action.PARTNER_EDIT, {}, NOBODY_SPECIAL, me(**has("host")), me=HOST, too=[me(**ADMINISTRATOR)])
case(
    Action.GUEST_REMOVE,
    {"host": ME},
    {"host": OTHER},
    me(**GUEST),
    too=[{"host": OTHER} | me(**has("owner")), me(**STILL)],
)
case(Action.GUEST_REMOVE, {"host": OTHER}, me(**has("moderator")), me(**has("owner"), **GUEST), me=has("owner"))
case(
    Action.SPACE_SEE_AS_GUEST,
    {"kind": "guest", "host": ME},
    {"kind": "group"},
    {"host": OTHER},
    me(**GUEST),
    too=[{"kind": "section"}, {"host": OTHER} | me(**has("owner")), {"host": OTHER} | INVITERS[0], me(**STILL)],
)
case(
    Action.CHAPTER_WRITE,
    {"preboarding": True, "host": ME},
    {"preboarding": False},
    {"host": OTHER},
    me(**STILL),
)
case(Action.MENTOR_OFFER, {"preboarding": True}, {"preboarding": False}, me(**GUEST), me(**SISTER), me(**STILL))
case(Action.MENTOR_END, {}, me(**GUEST), me(**SISTER))

# --- campaigns ---
LED = {"author": OTHER, "sponsor": ME, "decision_owner": THIRD, "always_open": False}
LEADING = [
    {"sponsor": OTHER, "author": ME},
    {"sponsor": OTHER, "decision_owner": ME},
    {"sponsor": OTHER} | me(**ADMINISTRATOR),
]
NOT_LED = {"sponsor": OTHER}
case(Action.CAMPAIGN_PROPOSE, {}, me(**GUEST), too=[me(**SISTER)])
case(
    Action.CAMPAIGN_EDIT,
    LED | {"state": "open"},
    NOT_LED,
    {"state": "cancelled"},
    {"state": "archived"},
    too=[*LEADING, {"state": "draft"}, {"state": "proposed"}],
)
case(Action.CAMPAIGN_DISCARD, {"state": "draft", "author": ME}, {"state": "proposed"}, {"author": OTHER})
case(
    Action.CAMPAIGN_DECIDE,
    {"state": "proposed", "decision_owner": ME},
    {"state": "open"},
    {"decision_owner": OTHER},
    {"decision_owner": OTHER} | me(**ADMINISTRATOR),
)
case(
    Action.CAMPAIGN_EXTEND,
    LED | {"phase": "vote"},
    NOT_LED,
    {"always_open": True},
    *phases_but("collect", "discuss", "vote", "decide"),
    too=[*LEADING, *phase("collect", "discuss", "decide")],
)
case(
    Action.CAMPAIGN_CANCEL,
    LED | {"state": "open", "phase": "vote"},
    NOT_LED,
    {"state": "proposed"},
    {"phase": "done"},
    {"always_open": True},
    too=[*LEADING, {"phase": "planned"}],
)
case(
    Action.CAMPAIGN_ARCHIVE,
    LED | {"state": "open", "phase": "done"},
    NOT_LED,
    {"state": "archived"},
    *phases_but("done", "cancelled"),
    too=[*LEADING, {"phase": "cancelled"}],
)
case(
    Action.CAMPAIGN_MOVE,
    LED | {"state": "open", "phase": "collect"},
    NOT_LED,
    {"state": "draft"},
    me(**GUEST),
    *phases_but("planned", "collect", "discuss"),
    NOT_LED | me(**has("community_manager")),
    too=[
        *LEADING,
        *phase("planned", "discuss"),
        NOT_LED | me(**has("owner")),
        NOT_LED | me(**has("moderator")),
    ],
)
case(Action.CAMPAIGN_ANSWER, {"sponsor": ME, "decision_owner": OTHER}, {"sponsor": OTHER})
case(Action.CAMPAIGN_ANSWER, {"sponsor": OTHER, "decision_owner": ME}, {"decision_owner": None})
case(Action.CAMPAIGN_ANSWER, {"sponsor": OTHER, "decision_owner": OTHER}, NOBODY_SPECIAL, me=has("decision_maker"))

# --- ideas ---
IDEA = {
    "author": ME,
    "co_author": False,
    "idea_state": "published",
    "phase": "collect",
    "answered": False,
    "speaks_for_id": None,
    "speaks": False,
    "open_case": False,
    "owns_case": False,
    "barred": False,
    "always_open": False,
    "checked_first": False,
    "vote_method": "support",
    "invited": False,
    "kind": "idea",
    "sponsor": OTHER,
    "decision_owner": OTHER,
    "seen": True,
    "anonymous": False,
}
THEIRS = IDEA | {"author": OTHER}
NOT_HERS = {"author": OTHER}
POST = {"kind": "discussion"}
IN_HER_NAME = {"speaks_for_id": ME}
OWED = {"open_case": True, "owns_case": True, "sponsor": OTHER}
CO_AUTHOR = {"author": OTHER, "co_author": True}
case(Action.IDEA_PROPOSE, {"phase": "collect"}, *phases_but("collect"), too=[me(**GUEST)])
case(Action.WORKSHOP_CAPTURE, {"phase": "collect"}, *phases_but("collect"), me(**GUEST))
for editing in (Action.IDEA_EDIT, Action.IDEA_ATTACH):
    case(
        editing,
        IDEA,
        NOT_HERS,
        {"answered": True},
        {"idea_state": "withdrawn"},
        {"idea_state": "removed"},
        {"speaks_for_id": OTHER},
        {"kind": "leader"},
        *phases_but("collect", "discuss"),
        too=[
            CO_AUTHOR,
            {"phase": "discuss"},
            {"idea_state": "hidden"},
            {"speaks_for_id": OTHER, "speaks": True},
            {"kind": "leader"} | me(**LEADER),
        ],
    )
    case(editing, IDEA | {"idea_state": "draft", "seen": False}, NOT_HERS, too=[{"phase": "vote"}, {"answered": True}])
    case(editing, IDEA | {"seen": False}, {"phase": "vote"})
    case(editing, IDEA | {"idea_state": "draft"}, NOT_HERS, {"phase": "vote"}, {"answered": True})
UNSEEN = IDEA | {"idea_state": "draft", "seen": False}
case(Action.IDEA_DISCARD, UNSEEN, NOT_HERS, CO_AUTHOR, {"idea_state": "published"}, {"seen": True})
case(
    Action.IDEA_POST,
    IDEA | {"idea_state": "draft"},
    NOT_HERS,
    {"idea_state": "published"},
    *phases_but("collect"),
)
case(
    Action.IDEA_WITHDRAW,
    IDEA,
    NOT_HERS,
    CO_AUTHOR,
    {"idea_state": "withdrawn"},
    {"answered": True},
    too=phase("vote", "done"),
)
case(
    Action.IDEA_PUT_BACK,
    IDEA | {"idea_state": "withdrawn"},
    NOT_HERS,
    {"speaks_for_id": OTHER},
    {"idea_state": "published"},
    *phases_but("collect", "discuss"),
    too=phase("discuss"),
)
case(
    Action.IDEA_INVITE,
    IDEA,
    NOT_HERS,
    POST,
    {"answered": True},
    {"idea_state": "hidden"},
    {"anonymous": True},
    *phases_but("collect", "discuss"),
    too=[{"phase": "discuss"}, {"idea_state": "draft", "phase": "vote"}],
)
case(
    Action.IDEA_CORRECT,
    IDEA | {"phase": "vote"},
    NOT_HERS,
    {"speaks_for_id": OTHER},
    {"idea_state": "withdrawn"},
    {"answered": True},
    {"checked_first": True},
    *phases_but("vote", "decide"),
    too=[CO_AUTHOR, {"phase": "decide"}, me(**GUEST)],
)
case(Action.IDEA_JOIN, THEIRS | {"invited": True}, {"invited": False})
case(Action.IDEA_LEAVE, THEIRS | {"co_author": True}, {"co_author": False})
for offering in (Action.IDEA_OFFER_HELP, Action.IDEA_TAKE_OFFER_BACK):
    case(
        offering,
        THEIRS,
        POST,
        {"author": ME},
        {"co_author": True},
        IN_HER_NAME,
        {"idea_state": "hidden"},
        {"checked_first": True},
        *phases_but("collect", "discuss", "vote", "decide"),
        too=[*phase("discuss", "vote", "decide"), me(**GUEST)],
    )
DECIDING = [{"sponsor": OTHER, "decision_owner": ME}, {"sponsor": OTHER} | me(**has("decision_maker"))]
case(
    Action.IDEA_ANSWER,
    THEIRS | {"phase": "decide", "sponsor": ME},
    {"sponsor": OTHER},
    {"answered": True},
    {"idea_state": "withdrawn"},
    {"idea_state": "hidden", "always_open": True},
    {"open_case": True},
    *(POST | own for own in ({"author": ME}, {"co_author": True}, IN_HER_NAME)),
    *phases_but("decide", "done", "cancelled"),
    too=[
        *DECIDING,
        OWED,
        {"author": ME},
        POST,
        *phase("done", "cancelled"),
        {"phase": "collect", "always_open": True},
    ],
)
case(
    Action.ANSWER_CORRECT,
    THEIRS | {"phase": "decide", "sponsor": ME, "answered": True},
    {"sponsor": OTHER},
    {"answered": False},
    {"phase": "vote"},
    {"idea_state": "hidden"},
    {"open_case": True},
    POST | IN_HER_NAME,
    too=[*DECIDING, OWED],
)
case(
    Action.IDEA_MOVE_ON,
    THEIRS | {"phase": "decide", "sponsor": ME},
    POST,
    {"sponsor": OTHER},
    {"phase": "vote"},
    {"idea_state": "hidden"},
    {"open_case": True},
    {"open_case": True, "barred": True} | me(**has("moderator")),
    {"sponsor": OTHER} | me(**has("owner")),
    too=[*DECIDING, OWED, {"sponsor": OTHER} | me(**has("moderator"))],
)
case(
    Action.IDEA_MOVE,
    IDEA,
    NOT_HERS,
    {"kind": "leader"},
    me(**GUEST),
    {"answered": True},
    {"open_case": True},
    {"idea_state": "draft"},
    *phases_but("collect", "discuss"),
    NOT_HERS | me(**has("community_manager")),
    too=[POST, {"phase": "discuss"}, NOT_HERS | me(**has("owner")), NOT_HERS | me(**has("moderator"))],
)
case(
    Action.IDEA_SUPPORT,
    THEIRS,
    {"author": ME},
    {"co_author": True},
    IN_HER_NAME,
    {"idea_state": "hidden"},
    *phases_but("collect", "discuss", "vote"),
    too=[*phase("discuss", "vote"), me(**GUEST)],
)
case(Action.IDEA_SUPPORT, THEIRS | {"vote_method": "budget", "phase": "vote"}, *phases_but("vote"))
case(
    Action.IDEA_COMMENT,
    THEIRS,
    {"idea_state": "withdrawn"},
    *phases_but("collect", "discuss", "vote", "decide"),
    too=[{"author": ME}, *phase("discuss", "vote", "decide")],
)
case(
    Action.IDEA_OBJECT,
    THEIRS,
    {"author": ME},
    {"co_author": True},
    IN_HER_NAME,
    {"idea_state": "withdrawn"},
    *phases_but("collect", "discuss", "vote", "decide"),
    too=[*phase("discuss", "vote", "decide"), me(**GUEST)],
)
SUPPORTED = {"space": SPACE, "supports": True, "until": NOW + timedelta(hours=1)}
SUPPORTERS = ({"supports": False}, {"until": NOW}, me(**GUEST))
case(Action.CROWD_REPLY, SUPPORTED | {"outcome": None}, {"outcome": "yes"}, *SUPPORTERS)
case(Action.IDEA_ADOPT, SUPPORTED | {"idea_state": "withdrawn"}, {"idea_state": "published"}, *SUPPORTERS)
case(
    Action.PROMISE_MAKE,
    {"owner": ME, "barred": False, "state": "answered"},
    {"owner": OTHER},
    {"barred": True},
    *({"state": state} for state in ("assigned", "under review", "implemented", "closed")),
    too=[{"state": "committed"}],
)
PROMISE = {"owner": ME, "case_owner": OTHER, "state": "open", "case_state": "committed", "in_time": True}
for telling in (Action.PROMISE_TELL, Action.PROMISE_MOVE):
    case(
        telling,
        PROMISE,
        {"owner": OTHER},
        *({"state": state} for state in ("done", "kept", "broken", "replaced")),
        *({"case_state": state} for state in ("assigned", "under review", "closed")),
        too=[
            {"case_state": None, "case_owner": None},
            {"owner": OTHER, "case_owner": ME},
            {"case_state": "answered"},
            {"case_state": "implemented"},
        ],
    )
case(Action.PROMISE_TELL, PROMISE | {"in_time": False}, {"owner": OTHER})
case(Action.PROMISE_MOVE, PROMISE, {"in_time": False})
case(
    Action.DIGEST_WRITE,
    THEIRS | {"sponsor": ME},
    {"sponsor": OTHER},
    {"idea_state": "hidden"},
    too=[{"sponsor": OTHER} | me(**has(role)) for role in ("moderator", "owner", "community_manager")],
)
NOTED = {"person": ME, "author": OTHER, "state": "waiting"}
case(
    Action.CAPTURE_CLAIM,
    NOTED,
    {"person": OTHER},
    {"author": ME},
    {"state": "claimed"},
    too=[{"person": None}],
)
case(Action.CAPTURE_REFUSE, NOTED, {"person": OTHER}, {"person": None}, {"state": "settled"})
case(
    Action.CAPTURE_CONFIRM,
    {"person": None, "author": ME, "state": "claimed"},
    {"author": OTHER},
    {"state": "waiting"},
)

# --- posts, topics ---
case(Action.POST_SPEAK, {"speaks_for": None, "leaders": []}, NOBODY_SPECIAL, me(**has("leader")), me=LEADER)
case(Action.POST_SPEAK, {"speaks_for": OTHER, "leaders": [OTHER]}, {"leaders": [THIRD]})
WRITTEN = {"kind": "discussion", "idea_state": "published", "answered": False, "asked": False, "open_case": False}
case(
    Action.POST_ASK,
    WRITTEN,
    {"open_case": True},
    {"kind": "idea"},
    {"idea_state": "hidden"},
    {"answered": True},
    {"asked": True},
    too=[{"kind": "leader"}, me(**GUEST)],
)
case(
    Action.POST_ACT,
    WRITTEN | {"author": OTHER, "co_author": False, "speaks_for_id": None, "barred": False, "decides_case": False},
    {"kind": "idea"},
    IN_HER_NAME,
    {"barred": True},
    {"decides_case": True},
    {"idea_state": "hidden"},
    {"answered": True},
    {"author": ME},
    {"co_author": True},
    NOBODY_SPECIAL,
    me(**has("moderator"), **GUEST),
    me=has("moderator"),
    too=[me(**has("owner"))],
)
case(
    Action.DELEGATE_NAME,
    {"leads": True, "id": ME},
    {"leads": False},
    {"id": OTHER},
    too=[{"id": OTHER} | me(**ADMINISTRATOR)],
)
case(
    Action.ABSENCE_NOTE,
    {"person": ME},
    {"person": OTHER},
    me(**GUEST),
    me(**SISTER),
    too=[{"person": OTHER} | me(**ADMINISTRATOR)],
)

# --- policies ---
case(Action.POLICY_PROPOSE, {"owner": ME}, {"owner": OTHER}, {"owner": OTHER} | me(**ADMINISTRATOR))
case(Action.POLICY_DROP, {"owner": ME, "proposed": 2}, {"owner": OTHER}, {"proposed": None})
case(Action.POLICY_HAND_OVER, {"owner": ME}, {"owner": OTHER}, too=[{"owner": OTHER} | me(**ADMINISTRATOR)])

# --- cases ---
OWNED = ("assigned", "acknowledged", "clarifying", "drafting", "under review")
STATES = ("qualifying", "triage", *OWNED, "answered", "closed")
CASE = {
    "owner": ME,
    "barred": False,
    "state": "assigned",
    "clarify_from": None,
    "author": OTHER,
    "co_author": False,
    "advises": False,
    "approver": None,
    "offered": False,
    "replied": False,
    "lateness": "on time",
    "extension_asked_at": None,
    "extension_decided_at": None,
    "due_at": NOW + timedelta(days=1),
    "superior": OTHER,
    "decides": False,
    "in_chain": False,
    "idea_state": "published",
    "open_case": None,
    "answered": False,
    "answers_for_it": OTHER,
    "would_decide": False,
    "statement_at": None,
    "always_open": False,
    "phase": "decide",
}
NOT_OWNED = {"owner": OTHER}
BARRED = {"barred": True}


def states_but(*names: str) -> list[dict[str, Any]]:
    """The case in each of the other states."""
    return [{"state": name} for name in STATES if name not in names]


def states(*names: str) -> list[dict[str, Any]]:
    """The case in each of these states."""
    return [{"state": name} for name in names]


case(Action.ESCALATION_ACKNOWLEDGE, CASE, NOT_OWNED, BARRED, *states_but("assigned"))
case(
    Action.ESCALATION_CLARIFY,
    CASE | {"state": "acknowledged"},
    NOT_OWNED,
    BARRED,
    {"clarify_from": NOW},
    *states_but("acknowledged"),
)
case(
    Action.ESCALATION_GO_ON,
    CASE | {"state": "clarifying"},
    NOT_OWNED,
    NOT_OWNED | {"author": ME},
    *states_but("clarifying"),
)
case(
    Action.ESCALATION_REPLY,
    CASE | {"state": "clarifying", "author": ME},
    {"author": OTHER},
    {"replied": True},
    *states_but("clarifying"),
    too=[{"author": OTHER, "co_author": True}],
)
case(
    Action.ESCALATION_STATE,
    CASE,
    NOT_OWNED,
    BARRED,
    {"statement_at": NOW},
    *states_but(*OWNED),
    too=states(*OWNED),
)
case(
    Action.ESCALATION_DRAFT,
    CASE | NOT_OWNED | {"advises": True},
    {"advises": False},
    BARRED,
    *states_but(*OWNED),
    too=[{"advises": False, "owner": ME}, *states(*OWNED)],
)
case(
    Action.ANSWER_APPROVE,
    CASE | NOT_OWNED | {"approver": ME},
    {"approver": OTHER},
    BARRED,
    *states_but(*OWNED),
    too=states(*OWNED),
)
case(
    Action.ESCALATION_ADD_QUESTIONS,
    CASE | {"author": ME},
    {"author": OTHER},
    {"lateness": None},
    too=[{"author": OTHER, "co_author": True}],
)
case(
    Action.ESCALATION_ASK_EXTENSION,
    CASE,
    NOT_OWNED,
    BARRED,
    {"extension_asked_at": NOW},
    {"due_at": NOW},
    *states_but(*OWNED),
)
case(
    Action.ESCALATION_DECIDE_EXTENSION,
    CASE | {"owner": OTHER, "superior": ME, "extension_asked_at": NOW},
    {"superior": OTHER},
    {"extension_asked_at": None},
    {"extension_decided_at": NOW},
    {"due_at": NOW},
    BARRED,
    *states_but(*OWNED),
)
case(
    Action.ESCALATION_HAND_OVER,
    CASE,
    NOT_OWNED,
    BARRED,
    *states_but(*OWNED),
    too=[NOT_OWNED | {"in_chain": True}],
)
case(Action.ESCALATION_TAKE_OVER, CASE | {"offered": True}, {"offered": False}, *states_but(*OWNED), too=[BARRED])
case(
    Action.ESCALATION_STAFF,
    CASE | {"ended_at": None},
    NOT_OWNED,
    BARRED,
    {"ended_at": NOW},
    too=states("answered", "committed"),
)
case(Action.ESCALATION_NOTE, CASE | {"on_team": True}, {"on_team": False})
case(Action.ESCALATION_CONSULT, CASE, NOT_OWNED, BARRED, *states_but(*OWNED), too=states(*OWNED))
ON_TEAM = {"on_team": True, "decides": True, "ended_at": None}
case(
    Action.ESCALATION_RECORD,
    CASE | ON_TEAM,
    BARRED,
    {"on_team": False},
    {"decides": False},
    NOT_OWNED | {"on_team": False, "ended_at": NOW},
    BARRED | me(**ADMINISTRATOR),
    too=[{"on_team": False, "ended_at": NOW}, NOT_OWNED | {"on_team": False} | me(**ADMINISTRATOR)],
)
ASKED = {"person": ME, "asked": True, "open": True, "answered_at": None}
case(Action.CONSULTATION_ANSWER, ASKED, {"person": OTHER}, {"asked": False}, {"open": False}, {"answered_at": NOW})
case(Action.ESCALATION_DECLARE_CONFLICT, CASE | {"decides": True}, {"decides": False}, {"owner": None})
for by_moderator, state in ((Action.ESCALATION_TRIAGE, "triage"), (Action.ESCALATION_INVALIDATE, "qualifying")):
    case(
        by_moderator,
        CASE | {"state": state},
        BARRED,
        {"decides": True},
        {"space": ELSEWHERE},
        NOBODY_SPECIAL,
        me(**has("moderator"), **GUEST),
        *states_but(state),
        me=has("moderator"),
        too=[me(**has("owner"))] + ([me(**ADMINISTRATOR)] if state == "triage" else []),
    )
for unseemly in (BARRED, {"decides": True}, *states_but("triage")):
    case(Action.ESCALATION_TRIAGE, CASE | {"state": "triage"}, unseemly, me=ADMINISTRATOR)
CLUSTER = {"lead": None, "lead_answered": False, "leads": 0, "opt_out_until": None}
case(
    Action.ESCALATION_MERGE,
    CASE | CLUSTER,
    {"idea_state": "hidden"},
    {"lead": 5},
    {"answered": True},
    BARRED,
    {"decides": True},
    NOBODY_SPECIAL,
    me=has("moderator"),
    too=[{"leads": 2}],
)
case(
    Action.ESCALATION_SPLIT,
    CASE | CLUSTER | {"lead": 5, "author": ME, "opt_out_until": NOW + timedelta(hours=1)},
    {"lead": None},
    {"author": OTHER},
    {"opt_out_until": None},
    {"opt_out_until": NOW},
    {"author": OTHER, "decides": True} | me(**has("moderator")),
    {"author": OTHER, "lead_answered": True} | me(**has("moderator")),
    too=[
        {"author": OTHER} | me(**has("moderator")),
        {"opt_out_until": None} | me(**has("moderator")),
        {"lead_answered": True},
        {"author": THIRD} | me(masks=[THIRD]),
    ],
)
ANSWERABLE = ("decide", "done", "cancelled")
WITHOUT_CASE: tuple[dict[str, Any], ...] = (
    {"lead": 5},
    {"idea_state": "hidden"},
    {"open_case": 1},
    {"answered": True},
    *phases_but(*ANSWERABLE),
)
STILL_WITHOUT = [{"phase": "collect", "always_open": True}, *phase(*ANSWERABLE)]
case(
    Action.ESCALATION_MAKE_ACTIONABLE,
    CASE | CLUSTER,
    *WITHOUT_CASE,
    BARRED,
    {"decides": True},
    {"answers_for_it": ME},
    {"would_decide": True},
    NOBODY_SPECIAL,
    me=has("moderator"),
    too=STILL_WITHOUT,
)
case(
    Action.ESCALATION_OPEN_UNASKED,
    CASE | CLUSTER | {"answers_for_it": ME},
    *WITHOUT_CASE,
    BARRED,
    {"answers_for_it": OTHER},
    me(**GUEST),
    too=[{"answers_for_it": OTHER} | me(**has("decision_maker")), *STILL_WITHOUT],
)

# --- files ---
FILE = {"author": ME, "phase": "collect", "answered": False, "label": "internal", "given": False, "wish": None}
STANDS, WAITS = {"state": "shown", "waits": False}, {"state": "held", "waits": True}
case(
    Action.ATTACHMENT_DESCRIBE,
    FILE,
    NOT_HERS,
    {"answered": True},
    *phases_but("collect", "discuss"),
    NOT_HERS | me(**has("moderator")),
    too=phase("discuss"),
)
case(
    Action.ATTACHMENT_REMOVE,
    FILE | STANDS,
    NOT_HERS,
    {"answered": True},
    {"state": "held"},
    *phases_but("collect", "discuss"),
    NOT_HERS | me(**has("moderator")),
    too=[*phase("discuss"), WAITS],
)
NO_DOWNLOAD = {"denied": [f"{SPACE}:download"]}
case(
    Action.ATTACHMENT_DOWNLOAD,
    FILE | NOT_HERS,
    {"label": "secret"},
    {"label": "confidential"} | me(**GUEST),
    me(**NO_DOWNLOAD),
    too=[
        {"label": "confidential"},
        me(**GUEST),
        {"label": "secret"} | me(**has("moderator")),
        {"label": "confidential", "given": True} | me(**GUEST, **NO_DOWNLOAD),
    ],
)
case(
    Action.ATTACHMENT_ASK,
    FILE | NOT_HERS | {"label": "confidential"},
    {"label": "internal"},
    {"label": "secret"},
    {"wish": "waiting"},
    {"given": True},
    {"given": True} | me(**GUEST, **NO_DOWNLOAD),
    me(kind="employee"),
    me=GUEST,
    too=[{"wish": "refused"}, {"label": "internal"} | me(**GUEST, **NO_DOWNLOAD)],
)
case(
    Action.FILE_WISH_ANSWER,
    {"state": "waiting", "host": ME},
    {"state": "given"},
    {"host": OTHER},
    me(**GUEST),
    too=[{"host": OTHER} | me(**has("owner")), {"host": OTHER} | me(**has("community_manager"))],
)

# --- comments ---
COMMENT = {"author": ME, "state": "published", "idea_state": "published", "phase": "collect", "screening": ""}
case(
    Action.COMMENT_EDIT,
    COMMENT,
    NOT_HERS,
    {"state": "hidden"},
    *phases_but("collect", "discuss", "vote", "decide"),
    too=[*phase("discuss", "vote", "decide"), {"state": "draft", "screening": "where"}],
)
case(Action.COMMENT_REMOVE, COMMENT, NOT_HERS, {"state": "hidden"}, {"state": "removed"}, too=[{"phase": "done"}])
case(
    Action.COMMENT_REACT,
    COMMENT | NOT_HERS,
    {"author": ME},
    {"state": "hidden"},
    {"idea_state": "hidden"},
    *phases_but("collect", "discuss", "vote", "decide"),
)

# --- moderation ---
case(
    Action.THING_REPORT,
    {"author": OTHER, "reported": False, "state": "published"},
    {"author": ME},
    {"reported": True},
    {"state": "hidden"},
    {"state": "draft"},
    too=[{"state": "withdrawn"}],
)
ITEM = {"state": "open", "writers": [OTHER], "parties": [THIRD], "deciders": [THIRD]}
for judging in (Action.ITEM_CLAIM, Action.ITEM_DECIDE):
    case(
        judging,
        ITEM,
        {"writers": [OTHER, ME]},
        {"deciders": [ME]},
        {"state": "decided"},
        {"space": ELSEWHERE},
        NOBODY_SPECIAL,
        me(**has("moderator"), **GUEST),
        me=has("moderator"),
        too=[me(**has("owner"))],
    )
for judging in (Action.ITEM_CLAIM, Action.APPEAL_DECIDE):
    case(
        judging,
        ITEM | {"state": "appealed"},
        {"parties": [ME]},
        {"writers": [ME]},
        {"state": "decided"},
        {"space": ELSEWHERE},
        me=has("moderator"),
    )
case(Action.ITEM_DECIDE, ITEM, {"state": "appealed"}, me=has("moderator"), too=[{"parties": [ME]}])
case(Action.APPEAL_DECIDE, ITEM | {"state": "appealed"}, {"state": "open"}, me=has("moderator"))
RECEIPT = {
    "last": True,
    "undone_at": None,
    "appealed_at": None,
    "put_back_at": None,
    "moderator": OTHER,
    "person": ME,
    "appeal_until": NOW + timedelta(days=1),
    "action": "send back",
    "thing_state": "hidden",
    "item_state": "decided",
}
case(
    Action.DECISION_UNDO,
    RECEIPT | {"moderator": ME, "person": OTHER},
    {"last": False},
    {"undone_at": NOW},
    {"appealed_at": NOW},
    {"put_back_at": NOW},
    {"item_state": "closed"},
    {"moderator": OTHER},
    {"space": ELSEWHERE},
    NOBODY_SPECIAL,
    me=has("moderator"),
)
case(
    Action.SENSITIVE_EDIT,
    {"answers_for_a_topic": False},
    {"answers_for_a_topic": True},
    NOBODY_SPECIAL,
    me=ADMINISTRATOR,
)
case(
    Action.IDEA_UNMASK,
    IDEA | {"author": OTHER, "anonymous": True, "idea_state": "published"},
    {"anonymous": False},
    {"author": ME},
    {"idea_state": "draft"},
    NOBODY_SPECIAL,
    me=ADMINISTRATOR,
    too=(me(**has("moderator")),),
)
SCREENED = {"person": OTHER, "screens": True, "state": "open", "appeal_to": None, "appealed_at": None, "outcome": None}
case(Action.SCREENING_DECIDE, SCREENED, {"screens": False}, {"person": ME}, {"state": "published"})
case(
    Action.SCREENING_TAKE_BACK,
    SCREENED | {"person": ME, "answering": False},
    {"person": OTHER},
    {"state": "diverted"},
    {"answering": True},
)
DIVERTED = SCREENED | {"person": ME, "state": "diverted", "appeal_until": NOW + timedelta(days=1)}
case(
    Action.SCREENING_APPEAL,
    DIVERTED,
    {"person": OTHER},
    {"state": "open"},
    {"appealed_at": NOW},
    {"appeal_until": NOW},
)
case(
    Action.SCREENING_DECIDE_APPEAL,
    DIVERTED | {"person": OTHER, "appeal_to": ME, "appealed_at": NOW},
    {"appeal_to": OTHER},
    {"appealed_at": None},
    {"outcome": "upheld"},
)
case(
    Action.RECEIPT_APPEAL,
    RECEIPT,
    {"last": False},
    {"undone_at": NOW},
    {"appealed_at": NOW},
    {"put_back_at": NOW},
    {"person": OTHER},
    {"appeal_until": NOW},
    {"item_state": "closed"},
)
case(
    Action.RECEIPT_PUT_BACK,
    RECEIPT,
    {"last": False},
    {"undone_at": NOW},
    {"put_back_at": NOW},
    {"person": OTHER},
    {"action": "remove"},
    {"thing_state": "published"},
    {"item_state": "appealed"},
)
for hers in (Action.SESSION_END, Action.RECEIPT_READ):
    case(hers, {"person": ME}, {"person": OTHER}, {"person": OTHER} | me(**ADMINISTRATOR))
for administering in (
    *(Action.SERVICE_EDIT, Action.ABOUT_EDIT, Action.ADMINISTER, Action.MAIL_RETRY, Action.PEOPLE_MANAGE),
    *(Action.UNIT_EDIT, Action.ROLE_GIVE, Action.DEMO_REMOVE, Action.TOPIC_EDIT, Action.CALENDAR_EDIT),
    Action.POLICY_REGISTER,
    Action.CHARTER_CHANGE,
    Action.RETENTION_SET,
    Action.ANSWER_START_EDIT,
):
    case(administering, {}, NOBODY_SPECIAL, me(**has("administrator")), me=ADMINISTRATOR)
#: Of whoever sees the thing.
FOR_ANYBODY = {
    *(Action.CAMPAIGN_FOLLOW, Action.IDEA_FOLLOW, Action.POLICY_FOLLOW),
    *(Action.SETTINGS_CHANGE, Action.DATA_ASK, Action.POST_WRITE),
}


def _who_and_what(one: Case, change: dict[str, Any]) -> tuple[Actor, Any]:
    thing = one.thing | {name: value for name, value in change.items() if name != "me"}
    return actor(**(change.get("me", one.me))), SimpleNamespace(**thing)


@pytest.mark.parametrize("action", Action)
def test_each_condition_of_a_rule_is_needed_and_no_other_is_there(action: Action):
    cases = [one for one in CASES if one.action is action]
    assert cases or action in FOR_ANYBODY
    for one in cases:
        for change in ({}, *one.too):
            who, what = _who_and_what(one, change)
            assert can(who, action, what), f"not allowed with {change}, of {one.thing} to {one.me}"
        for change in one.not_if:
            who, what = _who_and_what(one, change)
            assert not can(who, action, what), f"allowed with {change}, of {one.thing} to {one.me}"
            with pytest.raises(Forbidden):
                require(who, action, what)


#: What a pause takes away, written down a second time.
WORDS = set(
    """
    idea.propose idea.edit idea.post idea.withdraw idea.put_back idea.move campaign.move idea.correct idea.offer_help
    campaign.edit campaign.cancel idea.invite guest.invite guest.wish workshop.capture idea.comment idea.attach
    attachment.describe comment.edit digest.write receipt.put_back chapter.write mentor.offer post.write post.speak post.ask
    idea.object idea.adopt policy.propose policy.drop post.act
    escalation.make_actionable escalation.invalidate escalation.open_unasked escalation.add_questions escalation.reply
    """.split()  # noqa: SIM905
)


def test_a_pause_takes_all_words_in_its_space_and_nothing_else():
    assert {action.value for action in WRITING} == WORDS
    for action in Action:
        one = next((one for one in CASES if one.action is action), None)
        if one is None:
            continue
        for space, paused in ((SPACE, action in WRITING), (ELSEWHERE, False)):
            pause = {"paused_in": [space], "paused_until": [NOW]}
            who, what = actor(**one.me, **pause), SimpleNamespace(**one.thing)
            assert can(who, action, what) is not paused, action
            if paused:
                with pytest.raises(Paused):
                    require(who, action, what)
            else:
                require(who, action, what)


def test_without_the_right_or_where_all_stands_still_nothing_is_written_and_nobody_votes():
    taken = dict.fromkeys(WORDS, Right.WRITE) | {
        "idea.support": Right.VOTE,
        "comment.react": Right.VOTE,
        "crowd.reply": Right.VOTE,
        "attachment.download": Right.DOWNLOAD,
    }
    assert {action.value: right for action, right in RIGHTS.items()} | taken == {
        action.value: right for action, right in RIGHTS.items()
    }
    for action, right in RIGHTS.items():
        one = next((one for one in CASES if one.action is action), Case(action, {"space": SPACE}, {}, (), ()))
        what = SimpleNamespace(**one.thing)
        denied = {"denied": [f"{SPACE}:{right}"]}
        assert not can(actor(**one.me, **denied), action, what), action
        assert can(actor(**one.me, denied=[f"{ELSEWHERE}:{right}"]), action, what), action
        if right is not Right.DOWNLOAD:
            assert not can(actor(**one.me, **STILL), action, what), action
    what = SimpleNamespace(**FILE, id=1, space=SPACE)
    assert can(actor(**STILL), Action.ATTACHMENT_DOWNLOAD, what)


def test_whoever_reads_nothing_but_the_item_of_a_case_has_no_right_in_its_space():
    along = actor(on_cases=[4], space_ids=[ORGANISATION])
    assert not along.may(SPACE, Right.WRITE)
    assert along.may(ORGANISATION, Right.WRITE)
    assert actor(on_cases=[4]).may(SPACE, Right.WRITE)


def test_a_guest_moderates_and_invites_nowhere_whatever_her_roles_say():
    for roles, property_ in ((("owner", "moderator"), "moderates"), (("owner", "community_manager"), "invites")):
        for role in roles:
            assert getattr(actor(**has(role)), property_) == [SPACE]
            assert getattr(actor(**has(role), **GUEST), property_) == []
        assert getattr(actor(**has("member", "decision_maker", "administrator")), property_) == []


def test_what_is_allowed_is_told_by_name():
    what = SimpleNamespace(space=SPACE, id=SPACE, **{**IDEA, "author": OTHER})
    assert allowed(actor(), what, Action.IDEA_EDIT, Action.IDEA_COMMENT) == ("idea.comment",)


def test_what_each_phase_takes_in_is_written_down_a_second_time():
    said = {name: value for name, value in vars(phases).items() if name.isupper()}
    assert said == {
        "WHILE_PROPOSING": {"collect"},
        "WHILE_EDITING": {"collect", "discuss"},
        "WHILE_SUPPORTING": {"support": {"collect", "discuss", "vote"}, "budget": {"vote"}},
        "WHILE_CORRECTING": {"vote", "decide"},
        "WHILE_COMMENTING": {"collect", "discuss", "vote", "decide"},
        "WHILE_ASKED": {"collect", "discuss", "vote", "decide", "done", "cancelled"},
        "WHILE_ANSWERING": {"decide", "done", "cancelled"},
        "WHILE_RUNNING": {"collect", "discuss", "vote", "decide"},
        "WHILE_ARCHIVING": {"done", "cancelled"},
    }


def test_the_states_that_the_policy_names_are_those_of_the_cases():
    """It stands below them and can't ask them."""
    assert of_cases.OWNED == states_of_cases.OWNED == set(OWNED)
    assert of_crowd.ANSWERED == states_of_cases.KEPT


@pytest.mark.parametrize("state", ["draft", "proposed", "open", "declined", "cancelled", "archived"])
def test_who_decided_about_a_campaign_is_its_decision_owner_once_she_did(state):
    decided = state not in ("draft", "proposed")
    for owner, hers in ((ME, True), (OTHER, False)):
        thing = SimpleNamespace(state=state, decision_owner=owner)
        assert of_campaigns.decision_owner_who_decided(actor(), thing) is (decided and hers)


def test_every_rule_has_a_case():
    assert {one.action for one in CASES} | FOR_ANYBODY == set(RULES)
