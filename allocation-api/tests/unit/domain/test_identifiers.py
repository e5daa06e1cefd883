"""The grammar of ids at its edges."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.domain.identifiers import PATTERN, is_identifier, is_list_item

MAX_LENGTH_ID = "A" * 64

IDS = (
    "A",
    "PPR-001",
    "CORE FI",
    "91282CKF7",
    "US91282CKF70",
    "...",
    ".A",
    "_A",
    "*@#",
    "A-",
    "a+b=c~",
    MAX_LENGTH_ID,
)
NO_IDS = (
    "",
    " ",
    " A",
    "A ",
    "A/B",
    "A,B",
    "-A",
    "-",
    ".",
    "..",
    "A\n",
    "A\t",
    "\u00c9",
    f"{MAX_LENGTH_ID}A",
)
LIST_ITEMS = ("S/T", "FONDS-\u00c9", f"{MAX_LENGTH_ID}A")


@pytest.mark.parametrize("text", IDS)
def test_what_is_an_id(text):
    assert is_identifier(text)
    assert is_list_item(text)


@pytest.mark.parametrize("text", NO_IDS)
def test_what_is_none(text):
    assert not is_identifier(text)


@pytest.mark.parametrize("text", LIST_ITEMS)
def test_aladdin_may_name_things_more_freely(text):
    assert is_list_item(text)
    assert not is_identifier(text)


@given(st.from_regex(PATTERN, fullmatch=True))
def test_every_id_keeps_its_meaning_in_lists(text):
    assert is_identifier(text)
    assert is_list_item(text)
    assert 1 <= len(text) <= 64
    assert "/" not in text
