"""CUSIP (ANSI X9.6), CINS and ISIN (ISO 6166) with their check digits, by python-stdnum.

Stored data has an id as its agency writes it. Where a person typed or pasted one, blanks, dashes and lower
case are forgiven, because they carry no meaning in it.
"""

from __future__ import annotations

import unicodedata

from stdnum import cusip, isin
from stdnum.exceptions import InvalidChecksum, ValidationError

_INVISIBLE_AND_DASHES = frozenset({"Cf", "Pd"})
"""Unicode categories of what, beside white space, gets in by pasting."""

_MINUS = "\N{MINUS SIGN}"
"""What word processors make of a hyphen between digits; its category is that of mathematical signs."""


def is_cusip(text: str) -> bool:
    """Say whether a text is a CUSIP or CINS as the agency writes it; private ones have `*`, `@` or `#`."""
    return cusip.is_valid(text) and cusip.compact(text) == text


def is_isin(text: str) -> bool:
    """Say whether a text is an ISIN as the agency writes it: letters and digits alone."""
    return isin.is_valid(text) and isin.compact(text) == text


def as_written_by_agency(text: str) -> str:
    """Return a pasted CUSIP, CINS or ISIN without separators, in capitals; any other id only in capitals."""
    capitals = unicodedata.normalize("NFKC", text).upper()
    bare = "".join(c for c in capitals if not _is_separator(c))
    return bare if is_cusip(bare) or is_isin(bare) else text.strip().upper()


def has_wrong_check_digit(text: str) -> bool:
    """Say whether a text is a CUSIP, CINS or ISIN, as the agency writes it, but for its check digit."""
    if not text[-1:].isdigit():
        return False
    for standard in (cusip, isin):
        try:
            standard.validate(text)
        except InvalidChecksum:
            return bool(standard.compact(text) == text)
        except ValidationError:
            continue
    return False


def _is_separator(character: str) -> bool:
    is_minus = character == _MINUS
    return is_minus or character.isspace() or unicodedata.category(character) in _INVISIBLE_AND_DASHES
