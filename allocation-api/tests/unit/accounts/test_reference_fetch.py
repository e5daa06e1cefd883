"""What `reference fetch` says of what Aladdin cannot tell."""

from __future__ import annotations

from collections import Counter

import pytest

from app.services.accounts.reference_fetch import Fetched

ACCOUNTS = {("A-1",): ("A-1",), ("A-2",): ("A-2",)}


@pytest.mark.parametrize(
    ("restrictions", "said"),
    [
        ((), ["2 accounts without one may buy any bond"]),
        ((("A-1", "NO_TOBACCO"), ("A-1", "NO_HIGH_YIELD")), ["1 account without one may buy any bond"]),
        ((("A-1", "NO_TOBACCO"), ("A-2", "NO_TOBACCO")), []),
    ],
)
def test_accounts_without_a_restriction_are_counted(restrictions, said):
    found = Fetched({"accounts": ACCOUNTS, "restrictions": {key: key for key in restrictions}})
    assert [note.partition(": ")[2].partition(": ")[2] for note in found.notes] == said


def test_what_could_not_be_taken_comes_first():
    found = Fetched({"accounts": ACCOUNTS, "restrictions": {}}, Counter({"securities: X is left out": 1}))
    assert [note.partition(":")[0] for note in found.notes] == ["securities", "restrictions"]
