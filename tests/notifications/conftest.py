"""A mail server, and the settings that point to it."""

import pytest

from portal.settings import settings
from tests.notifications.smtp import mail_server


@pytest.fixture
async def smtp(monkeypatch, tmp_path):
    """A mail server that the product sends through."""
    async with mail_server() as sink:
        monkeypatch.setenv("SMTP_URL", sink.url)
        monkeypatch.setenv("DATA_DIR", str(tmp_path))
        settings.cache_clear()
        yield sink
    settings.cache_clear()
