"""User names: no two look alike."""

from __future__ import annotations

import pytest

from app.services.access.names import folded, name_faults

ONE_ALPHABET = "Letters of different alphabets look alike, like Latin and Cyrillic a: use one alphabet."
UNSEEN = "A letter or mark does not show."


@pytest.mark.parametrize(
    "spelling", ["anna", " ANNA ", "\uff41nna", "a\uff2e\uff4e\uff21", "\u1d43nna", "\U0001d41anna"]
)
def test_spellings_of_one_name_are_one_user(spelling):
    assert folded(spelling) == "anna"
    assert name_faults("anna") == ()


@pytest.mark.parametrize(
    "name", ["o'hara", "j.d@desk.example", "jos\u00e9", "\u0430\u043d\u043d\u0430", "\u5c71\u7530-taro", "7"]
)
def test_names_of_one_alphabet_are_taken(name):
    assert name_faults(folded(name)) == ()


@pytest.mark.parametrize(
    "name",
    [
        "anna\ufe0f",
        "an\u034fna",
        "anna\u115f",
        "anna\u3164",
        "anna\uffa0",
        "anna\u17b4",
        "anna\U000e0100",
        "anna\u180b",
    ],
)
def test_a_twin_by_a_letter_that_does_not_show_is_refused(name):
    assert name_faults(folded(name)) == (UNSEEN,)


@pytest.mark.parametrize("name", ["\u0430nna", "\u03bfscar", "\u13a0nna", "ann\u0251\u0430"])
def test_a_twin_by_a_letter_of_another_alphabet_is_refused(name):
    assert name_faults(folded(name)) == (ONE_ALPHABET,)


@pytest.mark.parametrize("name", [".", "--", "@", "\u0301"])
def test_a_name_has_a_letter_or_a_digit(name):
    assert name_faults(folded(name)) == ("At least one letter or digit is expected.",)
