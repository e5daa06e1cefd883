"""Settings of the connection to Aladdin."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from app.core.config.reader import API_DIR, Environment, Reader


@dataclass(frozen=True, slots=True)
class AladdinSettings:
    """Connection to Aladdin; with `mock` the simulator serves `scenario` (a name or a book file) instead.

    `accounts_file` and `holdings_file` are CSV files that add to a book file, or stand for one.

    `mock_lock` is the file by whose lock one process alone has a simulator inside on this database.
    The simulator's orders take `fill_seconds` to fill, 0 for never, and are kept in the file `journal`, None
    for memory. The vendor publishes its quotas without a unit of time; they are assumed to hold per
    `quota_seconds`, and `quota_reserve_percent` of each is kept for orders. The `*_cache_seconds` are the
    caches' times to live; `unknown_cache_seconds` is that of ids that the vendor does not know.
    """

    mock: bool
    scenario: str
    accounts_file: Path | None
    holdings_file: Path | None
    seed: int
    fill_seconds: int
    journal: Path | None = field(repr=False)
    mock_lock: Path = field(repr=False)
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
    quota_reserve_percent: int
    positions_cache_seconds: int
    reference_cache_seconds: int
    orders_cache_seconds: int
    unknown_cache_seconds: int
    what_if: bool


def aladdin_settings(
    read: Reader, environment: Environment, journal: Path | None, mock_lock: Path
) -> AladdinSettings:
    """Read the section; real mode needs credentials, and production an explicit choice of the mode."""
    if environment is Environment.PRODUCTION and read.optional("MOCK_ALADDIN_DATA") is None:
        read.fail("MOCK_ALADDIN_DATA must be set to true or false in production")
    mock = read.flag("MOCK_ALADDIN_DATA", default=True)
    host = read.secure_url("ALADDIN_HOST", "https://aladdin.invalid")
    groups = tuple(g.strip() for g in read.text("ALADDIN_GROUPS", "").split(",") if g.strip())
    needed = ("ALADDIN_HOST", "ALADDIN_GROUPS", "ALADDIN_CLIENT_ID", "ALADDIN_CLIENT_SECRET")
    missing = [name for name in needed if read.optional(name) is None]
    if not mock and (missing or not groups):
        missing = missing or ["ALADDIN_GROUPS"]
        read.fail(f"MOCK_ALADDIN_DATA is false, so these must be set: {', '.join(missing)}")
    return AladdinSettings(
        mock=mock,
        scenario=_scenario(read.text("MOCK_DATA_SCENARIO", "default")),
        accounts_file=_file(read.optional("MOCK_ACCOUNTS_FILE")),
        holdings_file=_file(read.optional("MOCK_HOLDINGS_FILE")),
        seed=read.integer("MOCK_DATA_SEED", 20260630, 0, 2**31 - 1),
        fill_seconds=read.integer("MOCK_FILL_SECONDS", 300, 0, 86_400),
        journal=journal,
        mock_lock=mock_lock,
        host=host,
        client_id=read.optional("ALADDIN_CLIENT_ID"),
        client_secret=read.optional("ALADDIN_CLIENT_SECRET"),
        token_url=read.secure_url("ALADDIN_TOKEN_URL", f"{host}/api/oauth2/default/v1/token"),
        scope=read.optional("ALADDIN_SCOPE"),
        api_key=read.header("ALADDIN_API_KEY"),
        account_code=read.text("ALADDIN_ACCOUNT_CODE", "12345"),
        groups=groups,
        sector_type=read.text("ALADDIN_SECTOR_TYPE", "GICS"),
        timeout_seconds=read.integer("ALADDIN_TIMEOUT_SECONDS", 30, 3, 600),
        read_attempts=read.integer("ALADDIN_READ_ATTEMPTS", 3, 1, 10),
        quota_seconds=read.integer("ALADDIN_QUOTA_SECONDS", 60, 1, 86_400),
        quota_reserve_percent=read.integer("ALADDIN_QUOTA_RESERVE_PERCENT", 20, 1, 90),
        positions_cache_seconds=read.integer("ALADDIN_POSITIONS_CACHE_SECONDS", 15, 0, 3_600),
        reference_cache_seconds=read.integer("ALADDIN_REFERENCE_CACHE_SECONDS", 300, 0, 86_400),
        orders_cache_seconds=read.integer("ALADDIN_ORDERS_CACHE_SECONDS", 1, 0, 60),
        unknown_cache_seconds=read.integer("ALADDIN_UNKNOWN_CACHE_SECONDS", 30, 0, 3_600),
        what_if=read.flag("ALADDIN_WHAT_IF", default=False),
    )


def _file(name: str | None) -> Path | None:
    """Return a path resolved against the repository."""
    return None if name is None else API_DIR.parent / name


def _scenario(name: str) -> str:
    """Return a scenario's name unchanged, or a book file's path resolved against the repository."""
    return str(API_DIR.parent / name) if name.endswith(".json") else name
