"""Words of a search index, by Unicode case folding and compatibility decomposition (NFKD) without marks.

So `Büro`, `BÜRO` and `buro` are one word on every database, whose own comparisons differ: SQLite knows the
case of ASCII alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

_WITHOUT_DECOMPOSITION = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "\u0131": "i"}
)
_FRACTION = re.compile(r"(?<![\d/.])(\d{1,2})[ -](\d{1,2})/(2|4|8|16|32)(?![\d/])")
_NUMBER = re.compile(r"\d+[.,]\d*|[.,]\d+|\d+")
_COUPONS = re.compile(r"(\d{1,2}(?:[.,]\d+)?)s")
_DATE = re.compile(r"\d+(?:[/-]\d+)+|\d+(?:\.\d+){2}")
_DATE_FORMS = ("%y", "%Y", "%b", "%m%y", "%m%Y", "%m%d%y", "%m%d%Y", "%d%m%Y", "%Y%m%d")
_BETWEEN_WORDS = re.compile(r"[^\w.*@#]+|_+|(?<!\d)\.|\.(?!\d)")


def folded(text: str) -> str:
    """Return a text without case, accents and compatibility forms; letters with a stroke become plain."""
    apart = "".join(f" {c}" if unicodedata.decomposition(c).startswith("<fraction>") else c for c in text)
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", apart).casefold())
    bare = "".join(c for c in decomposed if unicodedata.category(c) != "Mn")
    return bare.translate(_WITHOUT_DECOMPOSITION).replace("\N{FRACTION SLASH}", "/")


def chunks_of(text: str) -> list[tuple[str, ...]]:
    """Return the words between blanks, each with its parts: `at&t` has the parts at, t, a number has one.

    Numbers are written as decimals without trailing zeros, `4 1/8` as 4.125, and as traders say coupons, `4s`
    as 4. Of a date the digits stay, those of day and month with two each.
    """
    chunks = [_parts(chunk) for chunk in _FRACTION.sub(_decimal, folded(text)).split()]
    return [parts for parts in chunks if parts]


def index_text(words: Sequence[str | None], coupon: Decimal | None, maturity: date | None) -> str:
    """Return what a bond is found by: its words with a blank before each, each once, in their order.

    A word of several parts stands in it in one piece, too. A maturity is found by its year, month and year,
    and the whole date, as they are written in the United States, in Europe and in ISO 8601.
    """
    found = [
        word for chunk in chunks_of(" ".join(w for w in words if w)) for word in (*chunk, "".join(chunk))
    ]
    if coupon is not None:
        found += [word for chunk in chunks_of(f"{coupon:f}") for word in chunk]
    if maturity is not None:
        found += [maturity.strftime(form).casefold() for form in _DATE_FORMS]
    return "".join(f" {word}" for word in dict.fromkeys(found))


def _parts(chunk: str) -> tuple[str, ...]:
    bare = chunk.strip("%,;:()")
    if coupons := _COUPONS.fullmatch(bare):
        bare = coupons[1]
    if _NUMBER.fullmatch(bare):
        return (_plain(bare.replace(",", ".")),)
    if _DATE.fullmatch(bare):
        return ("".join(digits.zfill(2) for digits in re.findall(r"\d+", bare)),)
    return tuple(part for part in _BETWEEN_WORDS.split(chunk) if part)


def _plain(number: str) -> str:
    if "." not in number:
        return number
    whole, _, decimals = number.partition(".")
    decimals = decimals.rstrip("0")
    return f"{whole or '0'}.{decimals}" if decimals else whole or "0"


def _decimal(fraction: re.Match[str]) -> str:
    whole, above, below = (int(group) for group in fraction.groups())
    return f"{Decimal(whole) + Decimal(above) / below:f}" if above < below else fraction[0]
