"""Settings: read once from the environment and `.env`, checked, then frozen."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

API_DIR = Path(__file__).resolve().parents[2]
FIRST_DAY, LAST_DAY = date(1950, 1, 1), date(2150, 12, 31)
"""Business dates for which holiday calendars and a year of settlement exist."""
DEFAULT_DATABASE = API_DIR / "instance" / "allocator.db"


class SettingsError(ValueError):
    """A setting is missing or cannot be; the message names it."""


@dataclass(frozen=True, slots=True)
class AladdinSettings:
    """How Aladdin is reached. `mock` serves `scenario` (a name or a book file) instead of the network.

    The simulator's orders take `fill_seconds` to fill, 0 for never. The vendor states its quotas without a
    unit of time; they are taken to hold for `quota_seconds`. Positions are read again after
    `positions_cache_seconds`, reference data after `reference_cache_seconds`.
    """

    mock: bool
    scenario: str
    seed: int
    fill_seconds: int
    host: str
    client_id: str | None
    client_secret: str | None = field(repr=False)
    token_url: str
    scope: str | None
    api_key: str | None = field(repr=False)
    account_code: str
    groups: tuple[str, ...]
    sector_type: str
    timeout_seconds: int
    read_attempts: int
    quota_seconds: int
    positions_cache_seconds: int
    reference_cache_seconds: int
    what_if: bool


@dataclass(frozen=True, slots=True)
class TradingSettings:
    """How orders leave. `price_band_percent` is how far the market may move between preview and commit.

    Whoever sends orders has the desk to itself for `lease_seconds` at most. `settle_seconds` after an order
    was sent, one that Aladdin does not show is surely not there; the rest of the lease is for what comes
    before the sending. What was left unsettled is looked at every `recovery_seconds`.
    """

    halted: bool
    price_band_percent: Decimal
    lease_seconds: int
    settle_seconds: int
    recovery_seconds: int


@dataclass(frozen=True, slots=True)
class FixSettings:
    """Under which names FIX messages are written: SenderCompID and TargetCompID."""

    sender_comp_id: str
    target_comp_id: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set from outside; `.env.example` says what each one does."""

    environment: str
    host: str
    port: int
    threads: int
    workers: int
    database_url: str = field(repr=False)
    jwt_secret_key: str = field(repr=False)
    access_token_lifetime: timedelta
    refresh_token_lifetime: timedelta
    preview_lifetime: timedelta
    max_body_bytes: int
    business_date: date | None
    business_timezone: str
    log_level: str
    idempotency_lifetime: timedelta
    activity_lifetime: timedelta
    trading: TradingSettings
    fix: FixSettings
    aladdin: AladdinSettings

    @property
    def is_development(self) -> bool:
        """Whether the demo user exists and a secret and mock data are taken for granted."""
        return self.environment == "development"

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is the embedded one."""
        return self.database_url.startswith("sqlite")


def environment() -> dict[str, str]:
    """Return the process environment over `allocation-api/.env` over the repository's `.env`."""
    merged: dict[str, str] = {}
    for file in (API_DIR.parent / ".env", API_DIR / ".env"):
        merged.update({k: v for k, v in dotenv_values(file, interpolate=False).items() if v})
    merged.update({k: v for k, v in os.environ.items() if v})
    return merged


def load_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Build the settings from an environment; without one, from the process's and `.env`.

    Raises
    ------
    SettingsError
        Naming the setting that is missing or has an impossible value.
    """
    read = _Reader(environment() if env is None else env)
    kind = read.choice("FLASK_ENV", ("development", "production"), "development")
    secret = _jwt_secret(read, kind)
    aladdin = _aladdin(read, kind)
    return Settings(
        environment=kind,
        host=read.text("HOST", "127.0.0.1" if kind == "development" else "0.0.0.0"),  # noqa: S104
        port=read.integer("PORT", 5000, 0, 65535),
        threads=read.integer("THREADS", 8, 1, 256),
        workers=_workers(read, aladdin),
        database_url=_database_url(read),
        jwt_secret_key=secret,
        access_token_lifetime=timedelta(minutes=read.integer("ACCESS_TOKEN_MINUTES", 30, 1, 1440)),
        refresh_token_lifetime=timedelta(hours=read.integer("REFRESH_TOKEN_HOURS", 12, 1, 720)),
        preview_lifetime=timedelta(minutes=read.integer("PREVIEW_MINUTES", 15, 1, 1440)),
        max_body_bytes=read.integer("MAX_BODY_BYTES", 1_000_000, 1_000, 100_000_000),
        business_date=read.day("BUSINESS_DATE"),
        business_timezone=read.timezone("BUSINESS_TIMEZONE", "America/New_York"),
        log_level=read.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"),
        idempotency_lifetime=timedelta(hours=read.integer("IDEMPOTENCY_HOURS", 24, 1, 720)),
        activity_lifetime=timedelta(days=read.integer("ACTIVITY_DAYS", 90, 1, 3_660)),
        trading=_trading(read, aladdin),
        fix=FixSettings(
            sender_comp_id=read.name("FIX_SENDER_COMP_ID", "ALLOCATOR"),
            target_comp_id=read.name("FIX_TARGET_COMP_ID", "ALADDIN"),
        ),
        aladdin=aladdin,
    )


class _Reader:
    """Reads typed values out of an environment and blames the setting by name."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env

    def text(self, name: str, default: str) -> str:
        return self._env.get(name, "").strip() or default

    def optional(self, name: str) -> str | None:
        return self._env.get(name, "").strip() or None

    def header(self, name: str) -> str | None:
        """Return what is sent in an HTTP header."""
        value = self.optional(name)
        if value is not None and not (value.isascii() and value.isprintable()):
            raise SettingsError(f"{name} must consist of printable ASCII characters")
        return value

    def name(self, name: str, default: str) -> str:
        """Return what another system knows somebody by."""
        value = self.text(name, default)
        if not re.fullmatch(r"[!-~]{1,64}", value):
            raise SettingsError(f"{name} must consist of 1 to 64 printable ASCII characters without blanks")
        return value

    def integer(self, name: str, default: int, low: int, high: int) -> int:
        raw = self.text(name, str(default))
        try:
            value = int(raw)
        except ValueError:
            raise SettingsError(f"{name} must be a whole number, not {raw!r}") from None
        if not low <= value <= high:
            raise SettingsError(f"{name} must be between {low} and {high}, not {value}")
        return value

    def percent(self, name: str, default: str) -> Decimal:
        raw = self.text(name, default)
        try:
            value = Decimal(raw)
        except InvalidOperation:
            raise SettingsError(f"{name} must be a number, not {raw!r}") from None
        if not (value.is_finite() and 0 < value <= 100):
            raise SettingsError(f"{name} must be above 0 and at most 100, not {raw}")
        return value

    def url(self, name: str, default: str) -> str:
        value = self.text(name, default).rstrip("/")
        if not value.startswith(("https://", "http://")):
            raise SettingsError(f"{name} must be a URL like https://tenant.blackrock.com, not {value!r}")
        return value

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.text(name, default)
        if value not in allowed:
            raise SettingsError(f"{name} must be one of {', '.join(allowed)}, not {value!r}")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        raw = self.text(name, str(default)).lower()
        if raw not in {"true", "false", "1", "0", "yes", "no"}:
            raise SettingsError(f"{name} must be true or false, not {raw!r}")
        return raw in {"true", "1", "yes"}

    def timezone(self, name: str, default: str) -> str:
        value = self.text(name, default)
        try:
            return ZoneInfo(value).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise SettingsError(f"{name} must be a time zone like {default}, not {value!r}") from None

    def day(self, name: str) -> date | None:
        raw = self.optional(name)
        try:
            found = date.fromisoformat(raw) if raw else None
        except ValueError:
            raise SettingsError(f"{name} must be a date like 2026-06-30, not {raw!r}") from None
        if found is not None and not FIRST_DAY <= found <= LAST_DAY:
            raise SettingsError(f"{name} must lie between {FIRST_DAY} and {LAST_DAY}, not {found}")
        return found


def _database_url(read: _Reader) -> str:
    url = read.optional("DATABASE_URL")
    if url:
        return _checked_url(url)
    account = read.optional("SNOWFLAKE_ACCOUNT")
    if not account:
        return f"sqlite:///{DEFAULT_DATABASE}"
    names = ("SNOWFLAKE_USER", "SNOWFLAKE_PASSWORD", "SNOWFLAKE_DATABASE", "SNOWFLAKE_SCHEMA")
    missing = [name for name in names if not read.optional(name)]
    if missing:
        raise SettingsError(f"SNOWFLAKE_ACCOUNT is set, so these must be too: {', '.join(missing)}")
    user, password, database, schema = (quote(read.text(name, ""), safe="") for name in names)
    query = "&".join(
        f"{key}={quote(value, safe='')}"
        for key in ("warehouse", "role")
        if (value := read.optional(f"SNOWFLAKE_{key.upper()}"))
    )
    return f"snowflake://{user}:{password}@{account}/{database}/{schema}" + (f"?{query}" if query else "")


def _checked_url(url: str) -> str:
    """Return the URL; a relative file starts at the repository, wherever the process was started."""
    try:
        parsed = make_url(url)
        parsed.get_dialect().import_dbapi()
    except (ArgumentError, ImportError):
        raise SettingsError(
            "DATABASE_URL is not an SQLAlchemy URL like sqlite:///allocator.db of an installed database"
        ) from None
    if parsed.get_backend_name() != "sqlite":
        return url
    if parsed.database in {None, "", ":memory:"}:
        raise SettingsError("DATABASE_URL must name a file: a database in memory is not shared by threads")
    placed = parsed.set(database=str(API_DIR.parent / str(parsed.database)))
    return placed.render_as_string(hide_password=False)


def _jwt_secret(read: _Reader, kind: str) -> str:
    secret = read.optional("JWT_SECRET_KEY")
    if secret is None:
        if kind == "production":
            raise SettingsError("JWT_SECRET_KEY must be set in production")
        return secrets.token_urlsafe(48)
    if len(secret.encode()) < 32:  # RFC 7518 section 3.2: an HS256 key has 256 bits
        raise SettingsError("JWT_SECRET_KEY must have at least 32 bytes")
    return secret


def _workers(read: _Reader, aladdin: AladdinSettings) -> int:
    workers = read.integer("WORKERS", 1, 1, 64)
    if workers > 1 and aladdin.mock:
        raise SettingsError(
            "WORKERS must be 1 with MOCK_ALADDIN_DATA: the simulator's orders live in one process. "
            "Several processes can share one that runs by itself (make simulator)"
        )
    return workers


def _trading(read: _Reader, aladdin: AladdinSettings) -> TradingSettings:
    # A call may take this long at the vendor, and what it did shows there a little later.
    settle = read.integer("ORDER_SETTLE_SECONDS", aladdin.timeout_seconds + 10, 1, 3_600)
    lease = read.integer("ORDER_LEASE_SECONDS", settle + 2 * aladdin.timeout_seconds, 1, 7_200)
    # Shorter, and others would look for an order that is still on its way, and send it again.
    least = settle + aladdin.timeout_seconds
    if lease < least:
        raise SettingsError(
            "ORDER_LEASE_SECONDS must be at least ORDER_SETTLE_SECONDS + ALADDIN_TIMEOUT_SECONDS "
            f"({least}), not {lease}"
        )
    return TradingSettings(
        halted=read.flag("TRADING_HALTED", default=False),
        price_band_percent=read.percent("PRICE_BAND_PERCENT", "1"),
        lease_seconds=lease,
        settle_seconds=settle,
        recovery_seconds=read.integer("RECOVERY_SECONDS", 15, 1, 3_600),
    )


def _scenario(name: str) -> str:
    """Return a scenario's name as it is, a book file's path resolved against the repository."""
    return str(API_DIR.parent / name) if name.endswith(".json") else name


def _aladdin(read: _Reader, kind: str) -> AladdinSettings:
    if kind == "production" and read.optional("MOCK_ALADDIN_DATA") is None:
        raise SettingsError("MOCK_ALADDIN_DATA must be set in production: true or false, never by default")
    mock = read.flag("MOCK_ALADDIN_DATA", default=True)
    host = read.url("ALADDIN_HOST", "https://aladdin.invalid")
    groups = tuple(g.strip() for g in read.text("ALADDIN_GROUPS", "").split(",") if g.strip())
    needed = ("ALADDIN_HOST", "ALADDIN_GROUPS", "ALADDIN_CLIENT_ID", "ALADDIN_CLIENT_SECRET")
    missing = [name for name in needed if read.optional(name) is None]
    if not mock and (missing or not groups):
        missing = missing or ["ALADDIN_GROUPS"]
        raise SettingsError(f"MOCK_ALADDIN_DATA is false, so these must be set: {', '.join(missing)}")
    return AladdinSettings(
        mock=mock,
        scenario=_scenario(read.text("MOCK_DATA_SCENARIO", "default")),
        seed=read.integer("MOCK_DATA_SEED", 20260630, 0, 2**31 - 1),
        fill_seconds=read.integer("MOCK_FILL_SECONDS", 300, 0, 86_400),
        host=host,
        client_id=read.optional("ALADDIN_CLIENT_ID"),
        client_secret=read.optional("ALADDIN_CLIENT_SECRET"),
        token_url=read.url("ALADDIN_TOKEN_URL", f"{host}/api/oauth2/default/v1/token"),
        scope=read.optional("ALADDIN_SCOPE"),
        api_key=read.header("ALADDIN_API_KEY"),
        account_code=read.text("ALADDIN_ACCOUNT_CODE", "12345"),
        groups=groups,
        sector_type=read.text("ALADDIN_SECTOR_TYPE", "GICS"),
        timeout_seconds=read.integer("ALADDIN_TIMEOUT_SECONDS", 30, 3, 600),
        read_attempts=read.integer("ALADDIN_READ_ATTEMPTS", 3, 1, 10),
        quota_seconds=read.integer("ALADDIN_QUOTA_SECONDS", 60, 1, 86_400),
        positions_cache_seconds=read.integer("ALADDIN_POSITIONS_CACHE_SECONDS", 15, 0, 3_600),
        reference_cache_seconds=read.integer("ALADDIN_REFERENCE_CACHE_SECONDS", 300, 0, 86_400),
        what_if=read.flag("ALADDIN_WHAT_IF", default=False),
    )
