"""Security identifiers of a simulated book: CUSIP (ANSI X9.6) and ISIN (ISO 6166), by python-stdnum."""

from __future__ import annotations

import re

from stdnum import cusip, isin

_LENGTH = 9
_PRIVATE_PLACEMENT = frozenset("*@#")
_AS_NUMBER = re.compile(r"\d(?:[.,]\d+)?E\+\d+|\d{8}", re.IGNORECASE)
_CHARACTERS = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") | _PRIVATE_PLACEMENT


def cusip_of(base: str) -> str:
    """Return the CUSIP of its first eight characters: with its check digit."""
    return base + cusip.calc_check_digit(base)


def cusip_fault(text: str) -> str | None:
    """Return why `text` is not a valid CUSIP or CINS; None if it is one."""
    if _AS_NUMBER.fullmatch(text):
        return "a CUSIP has nine characters; a spreadsheet keeps them if the column is formatted as text"
    if len(text) != _LENGTH or not _CHARACTERS.issuperset(text) or not text[-1].isdigit():
        return "a CUSIP has eight digits, capital letters, *, @ or # and a check digit"
    expected = cusip.calc_check_digit(text[:-1])
    return None if expected == text[-1] else f"the check digit should be {expected}"


def isin_of(country: str, cusip: str) -> str | None:
    """Return the ISIN that a numbering agency of `country` (two letters) builds from `cusip`.

    None for a private placement with `*`, `@` or `#`: an ISIN has letters and digits alone.
    """
    return None if _PRIVATE_PLACEMENT.intersection(cusip) else isin.from_natid(country, cusip)
