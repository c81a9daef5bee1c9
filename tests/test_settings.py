"""The settings: a bad or dangerous one stops the start with one clear line that names it."""

import os
import stat
import subprocess
import sys

import pytest

from portal.settings import BadSetting, read_settings
from tests.servers import ROOT

KEY = "a key of the tests, 0123456789abcdef"


def read(tmp_path, **env):
    return read_settings({"DATA_DIR": str(tmp_path), "SECRET_KEY": KEY} | env)


BAD = [
    ({"PORT": "0"}, "PORT"),
    ({"PORT": "65536"}, "PORT"),
    ({"PORT": "80a"}, "PORT"),
    ({"PORT": ""}, "PORT"),
    ({"PORT": "٨٠"}, "PORT"),
    ({"PORT": "9" * 5000}, "PORT"),
    ({"WEB_PROCESSES": "0"}, "WEB_PROCESSES"),
    ({"WEB_PROCESSES": "-1"}, "WEB_PROCESSES"),
    ({"WEB_PROCESSES": "2"}, "WEB_PROCESSES"),  # without REDIS_URL
    ({"BASE_URL": "plein.example"}, "BASE_URL"),
    ({"BASE_URL": "ftp://plein.example"}, "BASE_URL"),
    ({"BASE_URL": "https://"}, "BASE_URL"),
    ({"BASE_URL": "https://plein.example/portal"}, "BASE_URL"),
    ({"BASE_URL": "https://plein .example"}, "BASE_URL"),
    ({"BASE_URL": "https://plein.example:port"}, "BASE_URL"),
    ({"BASE_URL": "https://plein.example?x=1"}, "BASE_URL"),
    ({"BASE_URL": "https://plein.example#x"}, "BASE_URL"),
    ({"BASE_URL": "https://user:word@plein.example"}, "BASE_URL"),
    ({"BASE_URL": "http://[::1"}, "BASE_URL"),
    ({"HOST": "0.0.0.0"}, "HOST"),
    ({"HOST": "::"}, "HOST"),
    ({"HOST": "192.0.2.1", "BASE_URL": "http://plein.example"}, "HOST"),
    ({"HOST": "plein.example"}, "HOST"),
    ({"BASE_URL": "http://plein.example"}, "BASE_URL"),  # plain http that is not on this machine
    ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL"),
    ({"DATABASE_URL": "x"}, "DATABASE_URL"),
    ({"DATABASE_URL": "postgresql://x:port/y"}, "DATABASE_URL"),
    ({"REDIS_URL": "http://x"}, "REDIS_URL"),
    ({"REDIS_URL": "redis://x/plein"}, "REDIS_URL"),
    ({"REDIS_URL": "unix://"}, "REDIS_URL"),
    ({"REDIS_URL": "redis://x/0?socket_timeout=soon"}, "REDIS_URL"),
    ({"SMTP_URL": "mail.example"}, "SMTP_URL"),
    ({"SMTP_URL": "smtp://"}, "SMTP_URL"),
    ({"SMTP_URL": "smtp://mail.example:x"}, "SMTP_URL"),
    ({"MAIL_FROM": "plein"}, "MAIL_FROM"),
    ({"MAIL_FROM": "a@b@c"}, "MAIL_FROM"),
    ({"MAIL_FROM": "a b@c"}, "MAIL_FROM"),
    ({"MAIL_FROM": "a@b\nBcc: c@d"}, "MAIL_FROM"),
    ({"MAIL_FROM": "Plein <plein@x.example>"}, "MAIL_FROM"),
    ({"MAIL_FROM": ""}, "MAIL_FROM"),
    ({"LOG_LEVEL": "loud"}, "LOG_LEVEL"),
    ({"SECRET_KEY": ""}, "SECRET_KEY"),
    ({"SECRET_KEY": "short"}, "SECRET_KEY"),
    ({"SECRET_KEY": "a" * 64}, "SECRET_KEY"),
    ({"TRUSTED_PROXIES": "everybody"}, "TRUSTED_PROXIES"),
    ({"TRUSTED_PROXIES": "0.0.0.0/0"}, "TRUSTED_PROXIES"),
    ({"TRUSTED_PROXIES": "127.0.0.1, ::/0"}, "TRUSTED_PROXIES"),
    ({"TRUSTED_PROXIES": "10.0.0.1/8"}, "TRUSTED_PROXIES"),
    ({"TRUSTED_PROXIES": "10.0.0.1, x"}, "TRUSTED_PROXIES"),
    ({"DATA_DIR": "/dev/null/data", "SECRET_KEY": None}, "DATA_DIR"),
]


@pytest.mark.parametrize(("env", "name"), BAD)
def test_a_bad_setting_stops_the_start_with_one_line_that_names_it(tmp_path, env, name):
    given = {"DATA_DIR": str(tmp_path), "SECRET_KEY": KEY} | env
    with pytest.raises(BadSetting) as refusal:
        read_settings({key: value for key, value in given.items() if value is not None})
    said = str(refusal.value)
    assert said.startswith(f"{name}: ")
    assert "\n" not in said
    assert len(said) < 300


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"HOST": "localhost"},
        {"HOST": ""},
        {"HOST": "::1"},
        {"HOST": "127.0.0.53", "PORT": "1"},
        {"HOST": "0.0.0.0", "BASE_URL": "https://plein.example"},
        {"HOST": "0.0.0.0", "SEND_COOKIES_OVER_PLAIN_HTTP_ON_AN_OPEN_NETWORK": "yes"},
        {"BASE_URL": "https://plein.example:8443/"},
        {"DATABASE_URL": "postgresql://plein@/plein?host=/run/postgresql"},
        {"REDIS_URL": "redis://127.0.0.1/0", "WEB_PROCESSES": "4"},
        {"REDIS_URL": "redis://:word@127.0.0.1:6380"},
        {"REDIS_URL": "unix:///run/redis/redis.sock?db=1"},
        {"SMTP_URL": "smtps://user:p%40ss@mail.example:465", "MAIL_FROM": "plein@x.example"},
        {"TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8, ::1"},
        {"LOG_LEVEL": "DEBUG"},
    ],
)
def test_a_good_setting_is_taken(tmp_path, env):
    read(tmp_path, **env)


def test_cookies_are_secure_wherever_there_is_https(tmp_path):
    assert read(tmp_path, BASE_URL="https://plein.example").secure
    assert not read(tmp_path).secure


def test_the_setting_for_plain_http_is_taken_by_its_very_word_only(tmp_path):
    for word in ("1", "true", "YES", ""):
        with pytest.raises(BadSetting):
            read(tmp_path, HOST="0.0.0.0", SEND_COOKIES_OVER_PLAIN_HTTP_ON_AN_OPEN_NETWORK=word)


def test_the_secret_key_is_made_once_and_for_this_user_alone(tmp_path):
    first, second = [read_settings({"DATA_DIR": str(tmp_path / "data")}).secret_key for _ in range(2)]
    assert first == second
    assert len(first) >= 64
    assert stat.S_IMODE((tmp_path / "data" / "secret.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_a_damaged_secret_key_is_not_replaced_in_silence(tmp_path):
    (tmp_path / "secret.key").write_text("")
    with pytest.raises(BadSetting, match=r"DATA_DIR: .*secret\.key is damaged"):
        read_settings({"DATA_DIR": str(tmp_path)})


@pytest.mark.parametrize(
    "env",
    [
        {"HOST": "0.0.0.0", "BASE_URL": "https://plein.example"},
        {"HOST": "127.0.0.1", "BASE_URL": "https://plein.example"},
        {"HOST": "0.0.0.0", "SEND_COOKIES_OVER_PLAIN_HTTP_ON_AN_OPEN_NETWORK": "yes"},
    ],
)
def test_the_demo_whose_password_is_published_runs_on_this_machine_alone(tmp_path, env):
    with pytest.raises(BadSetting, match="the demo"):
        read(tmp_path, **env).refuse_demo()
    read(tmp_path).refuse_demo()


# --- at the terminal -----------------------------------------------------------------------------------------


def portal(tmp_path, *arguments, **env):
    """Runs the command line with these settings alone."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "portal.cli", *arguments],
        env=kept | {"DATA_DIR": str(tmp_path), "SECRET_KEY": KEY} | env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def check_one_line(done, *words):
    assert done.returncode == 2, done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("plein: ")
    for word in words:
        assert word in done.stderr


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"PORT": "x"}, ["PORT: 'x' is no whole number"]),
        ({"HOST": "0.0.0.0"}, ["HOST: 0.0.0.0 is reachable from outside", "BASE_URL=https://"]),
        ({"SECRET_KEY": "x"}, ["SECRET_KEY: "]),
        ({"DATABASE_URL": "postgresql://x@127.0.0.1:1/x"}, ["database can't be reached"]),
        ({"DATABASE_URL": "postgresql://x@no-such-host.invalid/x"}, ["database can't be reached"]),
        ({"DATABASE_URL": "postgresql://x@/x?host=/no/such/folder"}, ["database can't be reached"]),
    ],
)
def test_the_start_stops_with_one_line(tmp_path, env, words):
    check_one_line(portal(tmp_path, "migrate", **env), *words)


@pytest.mark.parametrize("command", ["run", "migrate", "seed"])
def test_a_cluster_of_another_postgresql_is_left_alone(tmp_path, command):
    cluster = tmp_path / "postgres" / "cluster"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("17\n")
    check_one_line(portal(tmp_path, command), "was made by PostgreSQL 17", "portal backup", "portal restore")
    assert [path.name for path in cluster.iterdir()] == ["PG_VERSION"]


def test_a_database_that_is_not_there_or_not_ours_is_one_line(tmp_path, cluster):
    sockets = cluster.sockets
    for url in (f"postgresql://plein@/no_such_database?host={sockets}", f"postgresql://nobody@/plein?host={sockets}"):
        check_one_line(portal(tmp_path, "migrate", DATABASE_URL=url), "database can't be reached")


@pytest.mark.parametrize("place", ["HOST", "BASE_URL"])
def test_the_demo_does_not_start_where_others_reach_it(tmp_path, place):
    env = {"BASE_URL": "https://plein.example"} | ({"HOST": "0.0.0.0"} if place == "HOST" else {})
    check_one_line(portal(tmp_path, "run", "--demo", **env), "BASE_URL: the demo")
    assert not (tmp_path / "postgres").exists()


def test_a_worker_alone_needs_a_database(tmp_path):
    check_one_line(portal(tmp_path, "worker"), "DATABASE_URL")
