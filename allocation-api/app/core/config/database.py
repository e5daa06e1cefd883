"""Settings of the database."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from app.core.config.reader import API_DIR, Reader, SettingsError

IN_MEMORY = "memory"
DEFAULT_DATABASE = API_DIR / "instance" / "allocator.db"
EMBEDDED = f"sqlite:///{DEFAULT_DATABASE}"


def database_url(read: Reader) -> str:
    """Return the SQLAlchemy URL: `DATABASE_URL`, else from `SNOWFLAKE_*` settings, else an SQLite file."""
    url, account = read.optional("DATABASE_URL"), read.optional("SNOWFLAKE_ACCOUNT")
    names = ("SNOWFLAKE_USER", "SNOWFLAKE_PASSWORD", "SNOWFLAKE_DATABASE", "SNOWFLAKE_SCHEMA")
    needed = {name: read.optional(name) or "" for name in names}
    more = {key: read.optional(f"SNOWFLAKE_{key.upper()}") for key in ("warehouse", "role")}
    if url:
        return read.attempt(lambda: _checked_url(url), EMBEDDED)
    if not account:
        return EMBEDDED
    missing = [name for name, value in needed.items() if not value]
    if missing:
        read.fail(f"SNOWFLAKE_ACCOUNT is set, so these must be too: {', '.join(missing)}")
        return EMBEDDED
    user, password, database, schema = (quote(value, safe="") for value in needed.values())
    query = "&".join(f"{key}={quote(value, safe='')}" for key, value in more.items() if value)
    return f"snowflake://{user}:{password}@{account}/{database}/{schema}" + (f"?{query}" if query else "")


def mock_journal(read: Reader, url: str) -> Path | None:
    """Return the file of the simulator's orders, None for memory; by default it lies beside the database.

    For a database server it is in `allocation-api/instance`, under the database's name. The database itself
    is refused: a simulator is no part of the service.
    """
    named = read.optional("MOCK_JOURNAL")
    if named == IN_MEMORY:
        return None
    if named:
        if (API_DIR.parent / named).resolve() == Path(str(make_url(url).database)).resolve():
            read.fail("MOCK_JOURNAL must name another file than DATABASE_URL")
        return API_DIR.parent / named
    return _beside(url, "-aladdin.db")


def mock_lock(url: str) -> Path:
    """Return the file by whose lock one process of this host alone has a simulator inside on a database."""
    return _beside(url, "-aladdin.lock")


def _beside(url: str, ending: str) -> Path:
    """Return a file beside the embedded database; for a database server, in `allocation-api/instance`."""
    database = make_url(url)
    if database.get_backend_name() == "sqlite":
        file = Path(str(database.database))
        return file.with_name(f"{file.stem}{ending}")
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", database.database or database.get_backend_name())
    return DEFAULT_DATABASE.with_name(f"{name}{ending}")


def _checked_url(url: str) -> str:
    """Return the URL, with a relative path resolved against the repository, not the working directory."""
    try:
        parsed = make_url(url)
        parsed.get_dialect().import_dbapi()
    except (ArgumentError, ImportError, ValueError):
        raise SettingsError(
            "DATABASE_URL must be an SQLAlchemy URL such as sqlite:///allocator.db, and its driver installed"
        ) from None
    if "@" in (parsed.host or ""):
        # What comes after the first one would be taken for the host, and named in errors.
        raise SettingsError("DATABASE_URL must have every @ of the user and the password written as %40")
    if parsed.get_backend_name() != "sqlite":
        return url
    if parsed.database in {None, "", ":memory:"}:
        raise SettingsError("DATABASE_URL must name a file: threads cannot share a database in memory")
    placed = parsed.set(database=str(API_DIR.parent / str(parsed.database)))
    return placed.render_as_string(hide_password=False)
