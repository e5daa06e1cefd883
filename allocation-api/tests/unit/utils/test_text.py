"""Characters that free text may not have, against the whole of Unicode as Python knows it."""

from __future__ import annotations

import re
import sys
import unicodedata

import pytest

from app.utils.text import VISIBLE_PATTERN, unseen_character

UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_what_does_not_show_is_found_in_all_of_unicode_but_for_the_joiners() -> None:
    refused = {chr(c) for c in range(sys.maxunicode + 1) if unseen_character(chr(c))}
    hidden = {chr(c) for c in range(sys.maxunicode + 1) if unicodedata.category(chr(c)) in UNSEEN}
    assert refused == hidden - {"\u200c", "\u200d"}


def test_the_published_pattern_says_the_same_of_every_character_of_16_bits() -> None:
    published = re.compile(VISIBLE_PATTERN)
    characters = [chr(c) for c in range(0x10000) if not 0xD800 <= c <= 0xDFFF]
    differing = [c for c in characters if bool(published.fullmatch(c)) == bool(unseen_character(c))]
    assert differing == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", None),
        ("Käufe für 中文 😀", None),
        ("\U0001f469\u200d\U0001f52c", None),
        ("a\u202eb", "U+202E"),
        ("\u2066a", "U+2066"),
        ("a\u2028b", "U+2028"),
        ("\ufeffa", "U+FEFF"),
        ("a\x7f", "U+007F"),
        ("a\U000e0041", "U+E0041"),
    ],
)
def test_the_first_such_character_is_named(text: str, found: str | None) -> None:
    assert unseen_character(text) == found
