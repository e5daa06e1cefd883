"""What a user may see: the user's groups, resolved by the members that Aladdin lists."""

from __future__ import annotations

import pytest

from app.core.errors import InvalidRequest
from app.services.accounts.visibility import VisibilityService
from app.services.aladdin.errors import VendorNotFound, VendorUnavailable
from app.services.domain.book import GroupMembers
from app.services.domain.caller import User
from app.services.visibility.errors import VisibilityUnknown
from app.services.visibility.visibility import EVERYTHING, Visibility

MEMBERS = {
    "TOP": GroupMembers("TOP", ("A1", "B1", "B2"), ("SUB",)),
    "SUB": GroupMembers("SUB", ("B1", "B2")),
    "ELSE": GroupMembers("ELSE", ("C1",)),
}


class Book:
    """Members of groups; it keeps what it was asked."""

    def __init__(self, error=None):
        self.error = error
        self.asked = []

    def group_members(self, group_ids):
        self.asked.append(tuple(group_ids))
        if self.error:
            raise self.error
        unknown = [group for group in group_ids if group not in MEMBERS]
        if unknown:
            raise VendorNotFound(f"no group {unknown}")
        return tuple(MEMBERS[group] for group in group_ids)


def of(groups, book=None):
    found = User(id="u", username="ann", permissions=(), groups=groups)
    return VisibilityService(book or Book()).of(found)


def test_a_user_without_limits_sees_everything_and_nothing_is_read():
    book = Book(error=VendorUnavailable("away"))
    assert of(None, book) is EVERYTHING
    assert book.asked == []


def test_nested_groups_and_their_accounts_are_visible():
    seen = of(frozenset({"TOP"}))
    assert seen.groups == {"TOP", "SUB"}
    assert seen.accounts == {"A1", "B1", "B2"}
    assert (seen.user_id, seen.username) == ("u", "ann")
    assert not seen.group("ELSE")
    assert not seen.account("C1")


def test_the_group_above_is_not_visible():
    seen = of(frozenset({"SUB"}))
    assert seen.groups == {"SUB"}
    assert not seen.all_groups(["TOP", "SUB"])
    assert seen.all_groups(["SUB"])
    assert not seen.all_groups([])


def test_a_group_that_aladdin_does_not_know_leaves_the_others():
    book = Book()
    seen = of(frozenset({"GONE", "SUB"}), book)
    assert seen.accounts == {"B1", "B2"}
    assert book.asked == [("GONE", "SUB"), ("GONE",), ("SUB",)]


@pytest.mark.parametrize("groups", [frozenset(), frozenset({"GONE"}), frozenset({"no, ticker"})])
def test_without_a_known_group_nothing_is_visible(groups):
    seen = of(groups)
    assert seen.limited
    assert seen.accounts == frozenset()
    assert not seen.group("TOP")


def test_what_is_not_known_is_refused():
    with pytest.raises(VisibilityUnknown) as refused:
        of(frozenset({"TOP"}), Book(error=VendorUnavailable("away")))
    assert refused.value.retry_after == 5


def test_each_group_that_is_not_visible_is_named():
    service = VisibilityService(Book())
    seen = Visibility(frozenset({"SUB"}), frozenset())
    service.check_groups(["SUB"], seen)
    service.check_groups(["SUB", "TOP"], EVERYTHING)
    with pytest.raises(InvalidRequest) as refused:
        service.check_groups(["TOP", "SUB", "ELSE"], seen)
    assert [e.field for e in refused.value.errors] == ["portfolio_groups.0", "portfolio_groups.2"]
