"""Books by the name of a generated scenario, or by the path of a book file."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from aladdin_simulator.book import BookError, SimulatorBook
from aladdin_simulator.days.calendar import last_close
from aladdin_simulator.files.loader import load_book_file
from aladdin_simulator.universe.generator import SCENARIOS, build_book

DEFAULT_SEED = 2026
DESK_ZONE = "America/New_York"
MAX_KEPT_BOOKS = 8

_generated = lru_cache(MAX_KEPT_BOOKS)(build_book)


def is_book_file(scenario: str) -> bool:
    """Return whether a scenario is the path of a book file."""
    return scenario.endswith(".json")


def load_book(scenario: str, *, seed: int = DEFAULT_SEED, as_of: date | None = None) -> SimulatorBook:
    """Return the book of a scenario; a generated one is built once, for it cannot change.

    Parameters
    ----------
    scenario : str
        The name of a generated scenario, or a path that ends in `.json`.
    seed : int
        Seed of a generated book: the same seed and date give the same book. Ignored for a book file.
    as_of : date or None
        The date of a generated book, a business day; None is the last one before today in New York. Ignored
        for a book file, which has its own.

    Raises
    ------
    BookError
        If there is no such scenario, or the book file is invalid.
    """
    if is_book_file(scenario):
        return load_book_file(Path(scenario))
    if scenario not in SCENARIOS:
        allowed = ", ".join(SCENARIOS)
        raise BookError(f"unknown scenario {scenario!r}: use {allowed}, or the path of a .json book file")
    as_of = as_of or last_close(datetime.now(UTC).astimezone(ZoneInfo(DESK_ZONE)).date())
    return _generated(SCENARIOS[scenario], seed=seed, as_of=as_of)
