"""What `reference fetch` says of what Aladdin cannot tell."""

from __future__ import annotations

from collections import Counter

import pytest

from app.services.accounts.reference_fetch import Fetched
from app.services.accounts.reference_restrictions import FROM_BEFORE

ACCOUNTS = {("A-1",): ("A-1",), ("A-2",): ("A-2",)}


@pytest.mark.parametrize(
    ("restrictions", "said"),
    [
        ((), ["2 accounts without either will get nothing"]),
        ((("A-1", "NO_TOBACCO"), ("A-1", "NO_HIGH_YIELD")), ["1 account without either will get nothing"]),
        ((("A-1", "NO_TOBACCO"), ("A-2", "NONE")), []),
    ],
)
def test_accounts_without_a_restriction_are_counted(restrictions, said):
    found = Fetched({"accounts": ACCOUNTS, "restrictions": {key: key for key in restrictions}})
    assert [note.partition(": ")[2].partition(": ")[2] for note in found.notes] == said


def test_accounts_from_before_are_counted_by_themselves():
    sheets = {"accounts": ACCOUNTS, "restrictions": {}, FROM_BEFORE: {("A-2",): ("A-2",)}}
    new, before = Fetched(sheets).notes
    assert new.endswith("1 account without either will get nothing")
    assert before.startswith("restrictions: 1 account stored before they had to be stated")


def test_what_could_not_be_taken_comes_first():
    found = Fetched({"accounts": ACCOUNTS, "restrictions": {}}, Counter({"securities: X is left out": 1}))
    assert [note.partition(":")[0] for note in found.notes] == ["securities", "restrictions"]
