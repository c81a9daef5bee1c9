"""The login of guests' requests: a start that they could not be served after stops, and says what to do."""

from urllib.parse import urlsplit

import pytest

from portal.migrate import migrate
from portal.settings import BadSetting, settings
from tests.servers import drop_database, new_database, run_sql


def login_of(dsn):
    return urlsplit(dsn).path.strip("/") + "_guest"


@pytest.fixture
def set_env(monkeypatch):
    """Sets what the settings are read from."""

    def set_to(**env):
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()

    yield set_to
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
async def asked_for_password(cluster, fresh_db):
    """The server asks this database's guests for their password, as one that is reached over a network does."""
    rules = cluster.cluster / "pg_hba.conf"
    before = rules.read_text()
    role = login_of(fresh_db)
    rules.write_text(f"local all {role} scram-sha-256\n{before}")
    await run_sql(cluster.dsn("postgres", user="postgres"), "SELECT pg_reload_conf()")
    yield role
    rules.write_text(before)
    await run_sql(cluster.dsn("postgres", user="postgres"), "SELECT pg_reload_conf()")


async def test_another_secret_key_says_what_becomes_of_guests_login(cluster, fresh_db, asked_for_password, set_env):
    with pytest.raises(BadSetting, match=r"^SECRET_KEY: .* as a superuser say: ALTER ROLE ") as refusal:
        await migrate()
    statement = str(refusal.value).partition("superuser say: ")[2]
    await run_sql(cluster.dsn("postgres", user="postgres"), statement)
    await migrate()
    set_env(SECRET_KEY="another for the tests, 9876543210fedcba")
    with pytest.raises(BadSetting, match="SECRET_KEY"):
        await migrate()


async def test_an_address_of_their_own_leads_into_the_same_database(cluster, fresh_db, set_env):
    role = login_of(fresh_db)
    other = await new_database(cluster)
    set_env(GUEST_DATABASE_URL=cluster.dsn(other, user=role))
    with pytest.raises(BadSetting, match=r"^GUEST_DATABASE_URL: it leads to another database"):
        await migrate()
    set_env(GUEST_DATABASE_URL=f"postgresql://{role}@127.0.0.1:1/nothing")
    with pytest.raises(BadSetting, match=r"^GUEST_DATABASE_URL: .* can't be opened"):
        await migrate()
    set_env(GUEST_DATABASE_URL=fresh_db.replace("//plein@", f"//{role}@"))
    await migrate()
    await drop_database(cluster, other)
