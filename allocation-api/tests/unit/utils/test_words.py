"""Numbers in sentences."""

from __future__ import annotations

import pytest

from app.utils.words import counted


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 records"), (1, "1 record"), (2, "2 records"), (1_000, "1,000 records"), (-1, "-1 records")],
)
def test_a_count_agrees_with_its_noun(number, words):
    assert counted(number, "record") == words
