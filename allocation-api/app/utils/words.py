"""Numbers in sentences."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that a misspelled one most resembles, None where none is close."""
    by_capitals = {each.upper(): each for each in known}
    found = get_close_matches(word.upper(), by_capitals, n=1)
    return by_capitals[found[0]] if found else None


def counted(number: int, noun: str) -> str:
    """Return a count with its noun, `1 record` or `2,000 records`, for nouns whose plural ends with s."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
