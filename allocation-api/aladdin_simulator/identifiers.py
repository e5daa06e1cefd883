"""Check digits of security identifiers: CUSIP (ANSI X9.6) and ISIN (ISO 6166)."""

from __future__ import annotations

import re

_CUSIP = re.compile(r"[0-9A-Z*@#]{8}[0-9]")
_CUSIP_EXTRA = {"*": 36, "@": 37, "#": 38}


def _value(character: str) -> int:
    """Return the value of one character: digits as they are, A = 10 ... Z = 35, then ``*``, ``@``, ``#``."""
    return _CUSIP_EXTRA[character] if character in _CUSIP_EXTRA else int(character, 36)


def cusip_check_digit(base: str) -> int:
    """Return the check digit of the first eight characters of a CUSIP.

    Every second value is doubled, the decimal digits of all values are added up, and the check digit brings
    the sum to a multiple of ten ("modulus 10 double add double").
    """
    total = 0
    for place, character in enumerate(base):
        value = _value(character) * (2 if place % 2 else 1)
        total += value // 10 + value % 10
    return -total % 10


def cusip_fault(text: str) -> str | None:
    """Return why `text` is not a valid CUSIP; None if it is one."""
    if _CUSIP.fullmatch(text) is None:
        return "a CUSIP has eight digits or capital letters and a check digit"
    expected = cusip_check_digit(text[:8])
    return None if expected == int(text[8]) else f"the check digit should be {expected}"


def isin_check_digit(base: str) -> int:
    """Return the check digit of the first eleven characters of an ISIN.

    Letters become two digits (A = 10 ... Z = 35); from the right, every second digit of the resulting string,
    starting with the last, is doubled and its digits are added (Luhn).
    """
    digits = "".join(str(_value(character)) for character in base)
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 if place % 2 else 2)
        total += value // 10 + value % 10
    return -total % 10


def isin_of(country: str, cusip: str) -> str:
    """Return the ISIN that a numbering agency of `country` (two letters) builds from `cusip`."""
    base = country + cusip
    return f"{base}{isin_check_digit(base)}"
