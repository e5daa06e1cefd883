"""Findings of the validation of a book: errors, which refuse it, and warnings, each with its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from aladdin_simulator.files.json_places import Step


class Warned(StrEnum):
    """What is possible, but seldom meant."""

    NEGATIVE_NAV = "NEGATIVE_NAV"
    ZERO_NAV = "ZERO_NAV"
    HOLDINGS_EXCEED_NAV = "HOLDINGS_EXCEED_NAV"
    HOLDINGS_EXCEED_ISSUE = "HOLDINGS_EXCEED_ISSUE"
    MIN_PIECE_BELOW_INCREMENT = "MIN_PIECE_BELOW_INCREMENT"
    NO_ACCOUNTS = "NO_ACCOUNTS"
    EMPTY_GROUP = "EMPTY_GROUP"
    ACCOUNT_IN_NO_GROUP = "ACCOUNT_IN_NO_GROUP"
    UNKNOWN_RESTRICTION = "UNKNOWN_RESTRICTION"
    UNKNOWN_SECTOR = "UNKNOWN_SECTOR"
    NO_SPREAD_DURATION = "NO_SPREAD_DURATION"
    UNUSED_COLUMN = "UNUSED_COLUMN"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with the value at a path; for a warning also its kind."""

    path: Sequence[Step]
    message: str
    warned: Warned | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A value in a file: its line, from 1, and its path or column."""

    file: str
    line: int
    path: str

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.file, f"line {self.line}", self.path)))


@dataclass(frozen=True, slots=True)
class Finding:
    """One error, or one warning of a kind."""

    place: Place
    message: str
    warned: Warned | None = None

    def __str__(self) -> str:
        if self.warned is None:
            return f"{self.place}: {self.message}"
        return f"{self.place}: warning {self.warned}: {self.message}"


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings by file and line."""
    return sorted(findings, key=lambda found: (found.place.file, found.place.line))


def errors_of(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that refuse a book."""
    return [found for found in findings if found.warned is None]
