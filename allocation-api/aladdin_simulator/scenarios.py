"""Books by the name of a generated scenario, or by the path of a book file."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from aladdin_simulator.book import BookError, SimulatorBook
from aladdin_simulator.calendar import last_close
from aladdin_simulator.files.book_source import BookFiles
from aladdin_simulator.files.loader import load_book_files
from aladdin_simulator.universe.generator import SCENARIOS, build_book

DEFAULT_SEED = 2026
DESK_ZONE = "America/New_York"
MAX_KEPT_BOOKS = 8

_generated = lru_cache(MAX_KEPT_BOOKS)(build_book)


def files_of(scenario: str, accounts: Path | None = None, holdings: Path | None = None) -> BookFiles | None:
    """Return the files of a book, None where it is generated."""
    book = Path(scenario) if scenario.endswith(".json") else None
    files = BookFiles(book, accounts, holdings)
    return None if files == BookFiles() else files


def todays_close() -> date:
    """Return the last business day before today in New York."""
    return last_close(datetime.now(UTC).astimezone(ZoneInfo(DESK_ZONE)).date())


def load_book(
    scenario: str,
    *,
    seed: int = DEFAULT_SEED,
    as_of: date | None = None,
    accounts: Path | None = None,
    holdings: Path | None = None,
) -> SimulatorBook:
    """Return the book of a scenario or of files; a generated one is built once, for it cannot change.

    Parameters
    ----------
    scenario : str
        The name of a generated scenario, or a path that ends in `.json`.
    seed : int
        Seed of a generated book: the same seed and date give the same book. Ignored for files.
    as_of : date or None
        The date of a generated book, a business day; None is the last one before today in New York. Files
        have their own, CSV files alone this one else.
    accounts, holdings : Path
        CSV files of accounts and of what they hold. They add to a book file, and replace a generated book.

    Raises
    ------
    BookError
        If there is no such scenario, or the files have errors: all of them, one a line.
    """
    if (files := files_of(scenario, accounts, holdings)) is not None:
        return load_book_files(files, as_of or todays_close())
    if scenario not in SCENARIOS:
        allowed = ", ".join(SCENARIOS)
        raise BookError(f"unknown scenario {scenario!r}: use {allowed}, or the path of a .json book file")
    return _generated(SCENARIOS[scenario], seed=seed, as_of=as_of or todays_close())
