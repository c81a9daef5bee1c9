"""The space of the escalation's tests, with those who answer for its topic."""

from tests.escalation.conftest import stage

__all__ = ["stage"]
