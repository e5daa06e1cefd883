"""Books by the name of a generated scenario, or by the path of a book file."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

from aladdin_simulator.book import BookError, SimulatorBook
from aladdin_simulator.files.loader import load_book_file
from aladdin_simulator.universe.generator import SCENARIOS, build_book

DEFAULT_SEED = 2026
DEFAULT_AS_OF = date(2026, 6, 30)
MAX_KEPT_BOOKS = 8

_generated = lru_cache(MAX_KEPT_BOOKS)(build_book)


def load_book(scenario: str, *, seed: int = DEFAULT_SEED, as_of: date = DEFAULT_AS_OF) -> SimulatorBook:
    """Return the book of a scenario; a generated one is built once, for it cannot change.

    Parameters
    ----------
    scenario : str
        The name of a generated scenario, or a path that ends in `.json`.
    seed : int
        Seed of a generated book: the same seed gives the same book. Ignored for a book file.
    as_of : date
        The date of a generated book, a business day. Ignored for a book file, which has its own.

    Raises
    ------
    BookError
        If there is no such scenario, or the book file is invalid.
    """
    if scenario.endswith(".json"):
        return load_book_file(Path(scenario))
    if scenario not in SCENARIOS:
        allowed = ", ".join(SCENARIOS)
        raise BookError(f"unknown scenario {scenario!r}: use {allowed}, or the path of a .json book file")
    return _generated(SCENARIOS[scenario], seed=seed, as_of=as_of)
