"""Columns of the reference files: how each kind of cell is read and written, and what it may hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.core.numbers import number_text
from app.services.compliance.words import LIMITS, SECTORS, is_sector
from app.services.domain.account import LimitScope
from app.services.domain.identifiers import is_identifier
from app.services.domain.security_ids import as_written_by_agency, has_wrong_check_digit, is_cusip, is_isin
from app.utils.cells import guarded
from app.utils.text import unseen_character
from app.utils.words import nearest

Value = str | Decimal | float | date | None

_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,350})?")
_GROUPED = re.compile(r"-?[0-9]{1,3}([,' ][0-9]{3})+(\.[0-9]+)?|-?[0-9]+,[0-9]+")


class CellError(ValueError):
    """A cell cannot be read; the message says why, as a sentence."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a reference file: `read` makes a value of a cell that is not empty.

    An empty cell is `empty`; where that is not possible, `is_required` refuses it.
    """

    name: str
    meaning: str
    read: Callable[[str], Value]
    is_required: bool = False
    empty: Value = None

    def value(self, cell: str) -> Value:
        """Return the value of a cell.

        Raises
        ------
        CellError
            When the cell holds nothing of this column's kind.
        """
        if cell:
            return self.read(cell)
        if self.is_required:
            raise CellError("A value is needed here.")
        return self.empty


def cell_of(value: Value) -> str:
    """Return a value as a file has it: numbers with all digits, dates like 2026-06-30, texts guarded."""
    if value is None:
        return ""
    if isinstance(value, Decimal | float):
        return number_text(value)
    return value.isoformat() if isinstance(value, date) else guarded(value)


# --- texts --------------------------------------------------------------------------------------------------


def text(most: int) -> Callable[[str], str]:
    """Return a reader of free text of at most so many characters."""

    def read(cell: str) -> str:
        if len(cell) > most:
            raise CellError(f"At most {most} characters are possible, and here are {len(cell)}.")
        if character := unseen_character(cell):
            raise CellError(f"The character {character} is not possible in a text: it does not show.")
        return cell

    return read


def identifier(cell: str) -> str:
    """Read an id of an account or group."""
    if not is_identifier(cell):
        raise CellError("An id of 1 to 64 printable characters without slash or comma is expected.")
    return cell


def security_id(cell: str) -> str:
    """Read Aladdin's id of a bond: its CUSIP where it has one."""
    if is_cusip(cell):
        return cell
    if has_wrong_check_digit(cell):
        raise CellError(f"The check digit of {cell} is wrong.")
    if as_written_by_agency(cell) != cell or not is_identifier(cell):
        raise CellError(f"Write it as its agency does, in capitals, without blanks and dashes: {cell}.")
    return text(32)(cell)


def isin(cell: str) -> str:
    """Read an ISIN."""
    if not is_isin(cell):
        raise CellError(f"{cell} is no valid ISIN, like US912828YW42.")
    return cell


def capitals(letters: int, example: str) -> Callable[[str], str]:
    """Return a reader of a code of so many capital letters."""

    def read(cell: str) -> str:
        if not re.fullmatch(f"[A-Z]{{{letters}}}", cell):
            raise CellError(f"{letters} capital letters like {example} are expected.")
        return cell

    return read


def one_of(what: str, words: Iterable[str]) -> Callable[[str], str]:
    """Return a reader of one of several words."""
    known = tuple(words)

    def read(cell: str) -> str:
        if cell not in known:
            raise CellError(unknown(what, cell, known))
        return cell

    return read


def unknown(what: str, word: str, known: Iterable[str]) -> str:
    """Return the sentence that a word is not known, with the nearest one, or all where none is near."""
    words = tuple(known)
    close = nearest(word, words)
    hint = f"Did you mean {close}?" if close else f"Known are {', '.join(words)}."
    return f"Unknown {what} {word}. {hint}"


def sector(cell: str) -> str:
    """Read a sector that the rules know, in any spelling of its letters."""
    if not is_sector(cell):
        raise CellError(unknown("sector", cell, SECTORS))
    return text(64)(cell)


limit_code = one_of("limit", LIMITS)
limit_scope = one_of("scope", LimitScope)


# --- numbers and dates --------------------------------------------------------------------------------------


def decimal(digits: int, decimals: int) -> Callable[[str], Decimal]:
    """Return a reader of an exact number, not below 0, of so many digits, the last of them decimals."""
    bound = Decimal(10) ** (digits - decimals)

    def read(cell: str) -> Decimal:
        number = Decimal(_plain(cell))
        if number < 0:
            raise CellError("A number that is not below 0 is expected.")
        if number >= bound:
            raise CellError(f"A number below {bound:f} is expected.")
        if number != round(number, decimals):
            raise CellError(f"At most {decimals} decimals are possible.")
        return number

    return read


def fraction(cell: str) -> Decimal:
    """Read a fraction from 0 to 1."""
    if cell.endswith("%"):
        raise CellError("A fraction is expected, not a percentage: 5 % is 0.05.")
    number = decimal(18, 8)(cell)
    if number > 1:
        raise CellError("A fraction from 0 to 1 is expected: 5 % is 0.05.")
    return number


def real(most: int) -> Callable[[str], float]:
    """Return a reader of a number of at most this size in either direction."""

    def read(cell: str) -> float:
        number = float(_plain(cell))
        if abs(number) > most:
            raise CellError(f"A number from -{most} to {most} is expected.")
        return number

    return read


def day(cell: str) -> date:
    """Read a date."""
    try:
        found = date.fromisoformat(cell)
    except ValueError:
        found = None
    if found is None or found.isoformat() != cell:
        raise CellError("A date like 2026-06-30 is expected.")
    return found


def _plain(cell: str) -> str:
    if _PLAIN_NUMBER.fullmatch(cell):
        return cell
    if _GROUPED.fullmatch(cell):
        raise CellError(f"Write {cell} without separators of thousands and with a decimal point: 1234567.89.")
    raise CellError("A number like 1234567.89 is expected.")
