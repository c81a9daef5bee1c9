"""Mail as it is delivered, and the links in it."""

from __future__ import annotations

import re
from email import message_from_bytes, policy

import pytest

from portal.settings import settings


@pytest.fixture
def mailbox(monkeypatch, tmp_path):
    """Reads what was delivered into the folder, the newest first."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    settings.cache_clear()
    yield lambda: [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted((tmp_path / "mail").glob("*.eml"), key=lambda p: -p.stat().st_mtime_ns)
    ]
    settings.cache_clear()


def link_in(message) -> str:
    """The path of the link that a message holds."""
    return re.search(r"http://127\.0\.0\.1:8000(/(?:invitations|sign-in/link)/\S+)", message.get_content())[1]
