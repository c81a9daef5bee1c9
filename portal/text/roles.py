"""What the roles are called."""

from __future__ import annotations

from portal.text.language import lazy

ROLE_NAMES: dict[str, str] = {
    "administrator": lazy("Administrator"),
    "owner": lazy("Owner"),
    "moderator": lazy("Moderator"),
    "community_manager": lazy("Community manager"),
    "decision_maker": lazy("Decision maker"),
    "host": lazy("Host of guests"),
    "leader": lazy("Leader"),
    "member": lazy("Member"),
}
