"""Nested portfolio groups down to their accounts."""

from threading import Barrier

import httpx
import pytest

from app.core.errors import InvalidRequest
from app.services.aladdin.errors import VendorNotFound, VendorUnexpected
from app.services.aladdin.groups import MAX_DEPTH
from app.services.domain.book import GroupMembers, GroupNode
from tests.unit.aladdin.fake_vendor import MEMBERS, NODE, FakeVendor, json_answer


def node(ticker: str, code: int, *children: int) -> dict[str, object]:
    """Return a node as the vendor writes it: its own code an integer, its children's strings."""
    return {"portfolioTicker": ticker, "portfolioId": code, "childPortfolioIds": [str(c) for c in children]}


def test_accounts_come_once_and_sorted(vendor: FakeVendor) -> None:
    vendor.answers(MEMBERS.format("G"), {"nodes": [node("B", 2), node("A", 1), node("B", 2)]})
    assert vendor.book().group_members(["G"]) == (GroupMembers("G", ("A", "B")),)


def test_a_node_may_leave_out_everything_but_its_ticker(vendor: FakeVendor) -> None:
    vendor.answers(MEMBERS.format("G"), {"nodes": [{"portfolioTicker": "A"}]})
    assert vendor.book().group_members(["G"])[0].account_ids == ("A",)


def test_a_subgroup_is_asked_for_its_members(vendor: FakeVendor) -> None:
    vendor.answers(MEMBERS.format("G"), {"nodes": [node("A", 1), node("SUB", 10, 11, 12)]})
    vendor.answers(MEMBERS.format("SUB"), {"nodes": [node("C", 12), node("B", 11), node("A", 1)]})
    assert vendor.book().group_members(["G"])[0].account_ids == ("A", "B", "C")
    assert len(vendor.requests) == 2


def test_a_subgroup_whose_children_are_listed_already_is_not_asked(vendor: FakeVendor) -> None:
    nodes = [node("SUB", 10, 11, 12), node("B", 11), node("C", 12)]
    vendor.answers(MEMBERS.format("G"), {"nodes": nodes})
    assert vendor.book().group_members(["G"])[0].account_ids == ("B", "C")
    assert len(vendor.requests) == 1


def test_groups_that_contain_each_other_end_and_are_no_accounts(vendor: FakeVendor) -> None:
    vendor.answers(MEMBERS.format("G"), {"nodes": [node("SUB", 10, 1, 11), node("G", 9)]})
    vendor.answers(MEMBERS.format("SUB"), {"nodes": [node("G", 9, 10), node("A", 1), node("SUB", 10)]})
    assert vendor.book().group_members(["G"])[0].account_ids == ("A",)
    assert len(vendor.requests) == 2


def test_an_empty_group_has_no_accounts(vendor: FakeVendor) -> None:
    vendor.answers(MEMBERS.format("G"), {"nodes": []})
    assert vendor.book().group_members(["G"])[0].account_ids == ()


def test_groups_nested_without_end_are_an_error_that_names_the_group(vendor: FakeVendor) -> None:
    for level in range(MAX_DEPTH + 2):
        child = node(f"G{level + 1}", level + 1, 1000 + level)
        vendor.answers(MEMBERS.format(f"G{level}"), {"nodes": [child]})
    with pytest.raises(VendorUnexpected, match="group G0 is nested deeper than 10 levels"):
        vendor.book().group_members(["G0"])
    assert len(vendor.requests) == MAX_DEPTH + 1


def test_an_unknown_group_is_not_found(vendor: FakeVendor) -> None:
    vendor.answers(MEMBERS.format("G"), {"code": "NOT_FOUND", "message": "no group G"}, status=404)
    with pytest.raises(VendorNotFound, match="no group G"):
        vendor.book().group_members(["G"])


def test_several_groups_are_walked_together_and_what_they_share_is_asked_for_once(vendor: FakeVendor) -> None:
    vendor.answers(MEMBERS.format("G"), {"nodes": [node("A", 1), node("SUB", 10, 11)]})
    vendor.answers(MEMBERS.format("H"), {"nodes": [node("SUB", 10, 11), node("OTHER", 20, 21)]})
    vendor.answers(MEMBERS.format("SUB"), {"nodes": [node("B", 11)]})
    vendor.answers(MEMBERS.format("OTHER"), {"nodes": [node("C", 21)]})
    found = vendor.book().group_members(["H", "G", "H"])
    assert found == (
        GroupMembers("H", ("B", "C"), ("OTHER", "SUB")),
        GroupMembers("G", ("A", "B"), ("SUB",)),
    )
    assert len(vendor.requests) == 4


def test_a_level_of_nested_groups_costs_one_round_trip(vendor: FakeVendor) -> None:
    """Calls of one level wait for each other: made one after the other they would never end."""
    together = Barrier(3)

    def answer(request: httpx.Request) -> httpx.Response:
        together.wait(30)
        name = request.url.path.split("/")[-2]
        return json_answer({"nodes": [node(f"ACC-{name}", 100)]})

    subgroups = [node(f"S{n}", 10 + n, 50 + n) for n in range(3)]
    vendor.answers(MEMBERS.format("G"), {"nodes": subgroups})
    for n in range(3):
        vendor.replies(MEMBERS.format(f"S{n}"), answer)
    assert vendor.book().group_members(["G"])[0].account_ids == ("ACC-S0", "ACC-S1", "ACC-S2")


def test_the_first_group_in_order_that_fails_is_the_error(vendor: FakeVendor) -> None:
    for name in ("X", "Y"):
        vendor.answers(MEMBERS.format(name), {"code": "NO", "message": f"no {name}"}, status=404)
    vendor.answers(MEMBERS.format("G"), {"nodes": []})
    with pytest.raises(VendorNotFound, match="no X"):
        vendor.book().group_members(["G", "X", "Y"])


def test_a_node_has_its_ticker_its_code_and_its_children(vendor: FakeVendor) -> None:
    vendor.answers(NODE.format("A%2FB"), node("A/B", 9, 10, 11))
    assert vendor.book().node("A/B") == GroupNode("A/B", "9", ("10", "11"))


def test_a_node_may_be_bare(vendor: FakeVendor) -> None:
    vendor.answers(NODE.format("A"), {"portfolioTicker": "A"})
    assert vendor.book().node("A") == GroupNode("A", None, ())


@pytest.mark.parametrize("ticker", ["", " ", "..", ".", "A,B", "-A"])
def test_a_member_that_can_be_no_ticker_is_an_error(vendor: FakeVendor, ticker: str) -> None:
    vendor.answers(MEMBERS.format("G"), {"nodes": [node(ticker, 1)]})
    with pytest.raises(VendorUnexpected, match="cannot be a ticker"):
        vendor.book().group_members(["G"])


@pytest.mark.parametrize("ticker", [".", "..", "A,B", "-A", " "])
def test_a_group_that_can_be_no_ticker_is_not_asked_for(vendor: FakeVendor, ticker: str) -> None:
    with pytest.raises(InvalidRequest):
        vendor.book().node(ticker)
    assert vendor.requests == []
