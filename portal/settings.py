"""The settings, read once from the environment. A bad or dangerous one stops the start with one clear line."""

from __future__ import annotations

import hmac
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from functools import cached_property, lru_cache
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
PLAIN_HTTP = "SEND_COOKIES_OVER_PLAIN_HTTP_ON_AN_OPEN_NETWORK"


class BadSetting(Exception):
    """A setting that Plein refuses to start with; its text is the one line to print."""


@dataclass(frozen=True)
class Settings:
    """Everything that a deployment decides. `database_url` is empty where the embedded PostgreSQL serves."""

    host: str
    port: int
    base_url: str
    data_dir: Path
    secret_key: str
    database_url: str
    guest_database_url: str
    redis_url: str
    web_processes: int
    smtp_url: str
    mail_from: str
    trusted_proxies: tuple[str, ...]
    log_level: str
    group_idle_days: int
    file_mb: int
    files_per_idea_mb: int
    files_per_person_mb: int

    @property
    def secure(self) -> bool:
        """Cookies carry Secure and the __Host- prefix; only plain http on this machine does without."""
        return self.base_url.startswith("https://")

    def guests_dsn(self, dsn: str) -> str:
        """The address of the same database for the requests of guests, who have a login of their own there."""
        if self.guest_database_url:
            return self.guest_database_url
        address = urlsplit(dsn)
        role = f"{address.path.strip('/') or address.username}_guest"
        password = hmac.new(self.secret_key.encode(), f"login of {role}".encode(), "sha256").hexdigest()
        return address._replace(netloc=f"{role}:{password}@{address.netloc.rpartition('@')[2]}").geturl()

    @cached_property
    def wall_key(self) -> bytes:
        """What seals whose a guest's request is, for PostgreSQL (portal.db)."""
        return hmac.digest(self.secret_key.encode(), b"seal of the second wall", "sha256")

    @property
    def mail_folder(self) -> Path:
        """Where mail is written as .eml files when no SMTP_URL is set."""
        return self.data_dir / "mail"

    @property
    def files_folder(self) -> Path:
        """Where files lie that people sent."""
        return self.data_dir / "files"

    def refuse_demo(self) -> None:
        """Raises BadSetting where others could reach the demo, whose password anybody can read."""
        if not (_loopback(self.host) and _loopback(urlsplit(self.base_url).hostname or "")):
            _refuse(
                "BASE_URL",
                "the demo, with its published password, runs on this machine only: use an installation without it",
            )


def read_settings(env: Mapping[str, str]) -> Settings:
    """Reads and checks the settings; raises BadSetting, which names the variable and what to do."""
    host = env.get("HOST") or "127.0.0.1"
    port = _number(env, "PORT", 8000, 1, 65535)
    base_url = env.get("BASE_URL", f"http://{_printable(host)}:{port}").rstrip("/")
    _check_url(base_url, "BASE_URL", {"http", "https"})
    address = urlsplit(base_url)
    if address.path or address.query or address.fragment or set(address.netloc) & set("@ "):
        _refuse("BASE_URL", "give scheme, host and port only: Plein lives at the root of its address")
    plain_http = not base_url.startswith("https://") and env.get(PLAIN_HTTP) != "yes"
    if plain_http and not _loopback(host):
        _refuse(
            "HOST",
            f"{host} is reachable from outside, where passwords and cookies need https: set BASE_URL=https://…, "
            "or HOST=127.0.0.1 behind a proxy on this machine",
        )
    if plain_http and not _loopback(address.hostname or ""):
        _refuse("BASE_URL", f"{base_url} is no address of this machine alone: passwords and cookies need https://…")
    data_dir = Path(env.get("DATA_DIR") or ROOT / "data").resolve()
    database_url = env.get("DATABASE_URL", "")
    if database_url:
        _check_url(database_url, "DATABASE_URL", {"postgresql", "postgres"}, host_needed=False)
    guest_database_url = env.get("GUEST_DATABASE_URL", "")
    if guest_database_url:
        _check_url(guest_database_url, "GUEST_DATABASE_URL", {"postgresql", "postgres"}, host_needed=False)
    redis_url = env.get("REDIS_URL", "")
    if redis_url:
        _check_url(redis_url, "REDIS_URL", {"redis", "rediss", "unix"}, host_needed=False)
        _check_redis(redis_url)
    web_processes = _number(env, "WEB_PROCESSES", 1, 1, 64)
    if web_processes > 1 and not redis_url:
        _refuse("WEB_PROCESSES", "several processes need REDIS_URL, through which they tell each other what is new")
    smtp_url = env.get("SMTP_URL", "")
    if smtp_url:
        _check_url(smtp_url, "SMTP_URL", {"smtp", "smtps"})
    mail_from = env.get("MAIL_FROM", "plein@localhost")
    try:
        if not Address(addr_spec=mail_from).domain:
            raise ValueError
    except (ValueError, MessageError, IndexError):
        _refuse("MAIL_FROM", f"{mail_from!r} is no e-mail address")
    log_level = env.get("LOG_LEVEL", "info").lower()
    if log_level not in {"debug", "info", "warning", "error"}:
        _refuse("LOG_LEVEL", f"{log_level!r} is none of debug, info, warning, error")
    return Settings(
        host=host,
        port=port,
        base_url=base_url,
        data_dir=data_dir,
        secret_key=_secret_key(env, data_dir),
        database_url=database_url,
        guest_database_url=guest_database_url,
        redis_url=redis_url,
        web_processes=web_processes,
        smtp_url=smtp_url,
        mail_from=mail_from,
        trusted_proxies=_networks(env.get("TRUSTED_PROXIES", "")),
        log_level=log_level,
        group_idle_days=_number(env, "GROUP_IDLE_DAYS", 180, 7, 3650),
        file_mb=_number(env, "FILE_MB", 20, 1, 100),
        files_per_idea_mb=_number(env, "FILES_PER_IDEA_MB", 100, 1, 10_000),
        files_per_person_mb=_number(env, "FILES_PER_PERSON_MB", 1000, 1, 1_000_000),
    )


@lru_cache(maxsize=1)
def settings() -> Settings:
    """This process's settings, read at the first call."""
    return read_settings(os.environ)


def _refuse(name: str, why: str) -> NoReturn:
    raise BadSetting(f"{name}: {why}.")


def _number(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    given = env.get(name, str(default))
    if not re.fullmatch("[0-9]{1,9}", given) or not low <= int(given) <= high:
        _refuse(name, f"{given[:40]!r} is no whole number from {low} to {high}")
    return int(given)


def _check_url(url: str, name: str, schemes: set[str], host_needed: bool = True) -> None:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  raises on a bad port
    except ValueError as error:
        _refuse(name, f"{error}")
    if parts.scheme not in schemes:
        _refuse(name, f"expected an address that starts with {' or '.join(s + '://' for s in sorted(schemes))}")
    if host_needed and not parts.hostname:
        _refuse(name, "the address names no host")


def _check_redis(url: str) -> None:
    from redis import ConnectionPool  # most installations have none, and do without loading it

    parts = urlsplit(url)
    if parts.scheme != "unix" and not re.fullmatch("/?[0-9]{0,3}", parts.path):
        _refuse("REDIS_URL", "after the host stands the number of a database, such as redis://127.0.0.1:6379/0")
    if parts.scheme == "unix" and len(parts.path) < 2:
        _refuse("REDIS_URL", "name the socket, such as unix:///run/redis/redis.sock")
    try:
        ConnectionPool.from_url(url)
    except ValueError as error:
        _refuse("REDIS_URL", f"{error}")


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _printable(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _networks(given: str) -> tuple[str, ...]:
    try:
        networks = [ip_network(part.strip()) for part in given.split(",") if part.strip()]
    except ValueError as error:
        _refuse("TRUSTED_PROXIES", f"{error}")
    if any(network.prefixlen == 0 for network in networks):
        _refuse("TRUSTED_PROXIES", "whoever trusts every address trusts what anybody says of her own")
    return tuple(str(network) for network in networks)


def _secret_key(env: Mapping[str, str], data_dir: Path) -> str:
    given = env.get("SECRET_KEY")
    if given is not None:
        if len(given) < 32 or len(set(given)) < 8:
            _refuse("SECRET_KEY", "use at least 32 random characters")
        return given
    path = data_dir / "secret.key"
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
        key = path.read_text().strip()
    except OSError as error:
        _refuse("DATA_DIR", f"{data_dir} can't be written: {error.strerror}")
    if len(key) < 32:
        _refuse("DATA_DIR", f"{path} is damaged; restore it, or remove it (everybody then signs in again)")
    return key
