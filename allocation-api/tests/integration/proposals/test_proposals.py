"""Proposals through the API, on numbers that can be computed by hand (see `ProposalDesk`)."""

from __future__ import annotations

from math import inf
from threading import Event

import pytest
from sqlalchemy import text

from app.core.security import Permission
from app.services.jobs.jobs import JobService
from app.services.kernels.proposals import propose
from app.services.proposals import service
from tests.support.drift_desk import stated
from tests.support.proposal_desk import GOVERNMENT, INDUSTRIALS, ProposalDesk


@pytest.fixture
def desk(tmp_path):
    return ProposalDesk(tmp_path)


def orders(found):
    return [(each["security_id"], each["side"], each["quantity"]) for each in found["outcome"]["orders"]]


def stages(found):
    return {each["name"]: (each["reached"], each["bound"]) for each in found["outcome"]["stages"]}


def accounts(found):
    return {each["account_id"]: each for each in found["outcome"]["accounts"]}


def test_an_account_comes_back_with_two_trades(desk):
    """R20.1: 59.1 to 55 and 35.46 to 40.5 percent: 4,100,000 are sold and 5,040,000 bought, in whole lots."""
    found = desk.propose()
    assert (found["status"], found["accounts_back"], found["account_count"]) == ("OPTIMAL", 1, 1)
    (sold, bought) = orders(found)
    assert sold == (GOVERNMENT, "SELL", 4_163_000)
    assert bought[1:] == ("BUY", 5_117_000)
    assert bought[0] in INDUSTRIALS
    (east,) = found["outcome"]["accounts"]
    assert (east["is_back_before"], east["is_back"], east["obstacle"]) == (False, True, None)
    after = {each["key"]: (each["after"], each["outcome"]) for each in east["classes"]}
    assert after == {
        "GOVT": (54.999445, "BACK"),
        "Industrials": (40.500245, "BACK"),
        "cash": (4.50031, "WITHIN"),
    }
    assert east["turnover"] == (4_100_555 + 5_040_245) / 2
    assert stages(found)["block_orders"] == (2, 2)
    assert east["explanation"] == "2 trades bring it back."
    words = "59.10 %, between 45.00 and 55.00 % wanted: less by 4,100,555.00 to 55.00 %."  # R20.9
    assert east["classes"][0]["explanation"] == words
    assert desk.get(f"drift/proposals/{found['proposal_id']}") == found
    (listed,) = desk.get("drift/proposals")["proposals"]
    assert listed == {name: value for name, value in found.items() if name != "outcome"}


def test_a_proposal_becomes_one_blotter_whose_previews_give_each_account_its_face(desk):
    """R20.10."""
    found = desk.propose(scope="GROUP", scope_id="ALL")
    path = f"drift/proposals/{found['proposal_id']}/blotter"
    made = desk.post(path, status=202)
    assert desk.post(path, status=202) == made
    assert desk.get(f"drift/proposals/{found['proposal_id']}")["blotter_id"] == made["blotter_id"]
    assert desk.services.jobs.executor.run(made["job_id"], Event(), lambda: None)
    blotter = desk.get(f"blotters/{made['blotter_id']}")
    assert [line["status"] for line in blotter["lines"]] == ["PREVIEWED"] * len(orders(found))
    for line, order in zip(blotter["lines"], found["outcome"]["orders"], strict=True):
        assert (line["security_id"], line["side"]) == (order["security_id"], order["side"])
        preview = desk.get(f"allocations/{line['allocation_id']}")
        assert preview["warnings"] == []  # R4.8: also of accounts that the order is not for
        rows = {r["account_id"]: r["allocated_quantity"] for r in preview["allocations"]}
        wanted = {each["account_id"]: each["quantity"] for each in order["accounts"]}
        assert {a: q for a, q in rows.items() if q} == wanted


def test_two_who_ask_at_once_get_the_same_blotter(desk, monkeypatch):
    """R20.10: the second one has looked for it before the first one stored it."""
    path = f"drift/proposals/{desk.propose()['proposal_id']}/blotter"
    submit, first = JobService.submit, []

    def after_another(*args, **options):
        monkeypatch.setattr(JobService, "submit", submit)
        first.append(desk.post(path, status=202))
        return submit(*args, **options)

    monkeypatch.setattr(JobService, "submit", after_another)
    assert [desk.post(path, status=202)] == first
    trail = desk.get("audit", entity_type="proposal")["audit_records"]
    assert [each["action"] for each in trail] == ["PROPOSAL_BLOTTER_MADE", "PROPOSAL_MADE"]
    assert trail[0]["after"] == {"blotter_id": first[0]["blotter_id"]}
    assert desk.get("audit/verify")["whole"] is True


def test_a_proposal_of_another_day_becomes_no_blotter_but_its_own_stays(desk):
    """R20.10"""
    made, other = (desk.propose()["proposal_id"] for _ in range(2))
    first = desk.post(f"drift/proposals/{made}/blotter", status=202)
    yesterday = text("UPDATE proposals SET business_date = '2026-06-29'")
    desk.services.database.retried(lambda session: session.execute(yesterday))
    refused = desk.post(f"drift/proposals/{other}/blotter", status=409)
    assert refused["code"] == "PROPOSAL_STALE"
    assert "2026-06-29" in refused["detail"]
    assert desk.post(f"drift/proposals/{made}/blotter", status=202) == first


def test_a_proposal_by_targets_of_before_becomes_no_blotter(desk):
    """R20.10"""
    path = f"drift/proposals/{desk.propose()['proposal_id']}/blotter"
    desk.post("drift/target-sets", stated(scope_id="ALL", version=1))
    assert desk.post(path, status=409)["code"] == "PROPOSAL_STALE"


def test_a_second_blotter_of_a_scope_is_made_where_that_is_said(desk):
    """R20.10"""
    one, two = (f"drift/proposals/{desk.propose()['proposal_id']}/blotter" for _ in range(2))
    group = desk.propose(scope="GROUP", scope_id="ALL")["proposal_id"]
    first = desk.post(one, status=202)
    refused = desk.post(two, status=409)
    assert (refused["code"], refused["blotter_id"]) == ("BLOTTER_MADE", first["blotter_id"])
    second = desk.post(two, {"in_addition": True}, status=202)
    assert second["blotter_id"] != first["blotter_id"]
    assert desk.post(two, status=202) == second
    desk.post(f"drift/proposals/{group}/blotter", status=202)


def test_a_group_shares_block_orders(desk):
    """R20.4: East sells GOVT, and buys one of the two industrials that West needs.

    West lacks 5.47 million, 9.5 percent of its NAV, and has room for 6.6 percent in one issuer.
    """
    found = desk.propose(scope="GROUP", scope_id="ALL")
    assert (found["status"], found["accounts_back"], found["order_count"]) == ("OPTIMAL", 2, 3)
    assert stages(found)["allocations"] == (4, 4)


def test_cash_is_raised(desk):
    """R20.2: 5.44 million are there, 8 are to leave: 2,560,000 or more are sold, and nothing is bought."""
    found = desk.propose(mode="cash_raise", amount=8_000_000)
    assert {side for _, side, _ in orders(found)} == {"SELL"}
    (east,) = found["outcome"]["accounts"]
    assert east["cash_after"] >= 0
    assert stages(found)["shortfall"] == (0, 0)


def test_accounts_in_two_currencies_have_no_proposal_together(desk):
    """R20.2: an amount over 100 million dollars and 57.28 million yen would be one of no currency."""
    desk.edit = lambda row: row.update(baseCcy="JPY") if row["portfolioName"] == "ACC002" else None
    found = desk.propose(status=422, scope="GROUP", scope_id="ALL", mode="cash_raise", amount=1_000_000)
    assert [each["field"] for each in found["errors"]] == ["scope_id"]
    assert "(JPY, USD)" in found["errors"][0]["message"]
    assert desk.propose()["status"] == "OPTIMAL"


def test_an_account_whose_part_is_all_that_it_is_worth_raises_nothing(desk):
    """R20.2: a part of any amount is a cent or more, and West is worth one."""
    cent = {"portfolioNAV": 0.01, "portfolioNAVComputed": 0.01}
    desk.edit = lambda row: row.update(cent) if row["portfolioName"] == "ACC002" else None
    found = desk.propose(scope="GROUP", scope_id="ALL", mode="cash_raise", amount=8_000_000)
    left = {each["id"]: each["code"] for each in found["outcome"]["left_out"]}
    assert left == {"ACC002": "TOO_SMALL"}
    assert (list(accounts(found)), stages(found)["shortfall"]) == (["ACC001"], (0, 0))
    alone = desk.propose(status=422, scope_id="ACC002", mode="cash_raise", amount=0.005)
    assert [each["field"] for each in alone["errors"]] == ["amount"]


def test_what_stands_in_the_way_is_said(desk):
    """R20.6: a turnover of 1 percent is 1 million, where 4.57 are needed."""
    found = desk.propose(maximum_turnover_percent=1)
    (east,) = found["outcome"]["accounts"]
    assert (found["status"], east["is_back"], east["obstacle"]) == ("INFEASIBLE", False, "TURNOVER")
    assert "maximum_turnover_percent" in east["explanation"]
    assert east["turnover"] <= 1_000_000


def test_nothing_is_sold_with_buy_only_and_one_bond_is_all_there_is(desk):
    """R20.1: 5.04 of 5.44 million of cash."""
    found = desk.propose(
        mode="buy_only", candidates="buy_list", security_ids=[INDUSTRIALS[3]], scope_id="ACC002"
    )
    assert {(name, side) for name, side, _ in orders(found)} == {(INDUSTRIALS[3], "BUY")}
    one = desk.propose(candidates="one", security_ids=[GOVERNMENT])
    assert orders(one) == [(GOVERNMENT, "SELL", 4_163_000)]
    assert accounts(one)["ACC001"]["obstacle"] == "SEVERAL"


def test_all_contradictions_are_named_at_once(desk):
    found = desk.propose(status=422, mode="full", amount=5, maximum_cost=3, security_ids=[GOVERNMENT])
    assert {each["field"] for each in found["errors"]} == {"amount", "cost_per_100", "security_ids"}
    unknown = desk.propose(status=422, candidates="one", security_ids=["000000000"])
    assert [each["field"] for each in unknown["errors"]] == ["security_ids.0"]
    listed = [INDUSTRIALS[3], "000000AA1", "000000AA2"]
    unknown = desk.propose(status=422, candidates="buy_list", security_ids=listed)
    assert [each["field"] for each in unknown["errors"]] == ["security_ids.1", "security_ids.2"]


def test_proposals_are_visible_as_their_scope_is(desk):
    found = desk.propose()
    desk.become("wanda", groups=["WEST"])
    assert desk.get("drift/proposals")["proposals"] == []
    path = f"drift/proposals/{found['proposal_id']}"
    assert desk.get(path, status=404)["code"] == "NOT_FOUND"
    assert desk.post(f"{path}/blotter", status=404)["code"] == "NOT_FOUND"
    assert desk.propose(status=404)["code"] == "NOT_FOUND"


def test_a_proposal_by_the_targets_of_a_hidden_group_is_hidden(desk):
    """R20.9: East is in EAST, and measured by the targets of ALL until EAST has its own."""
    hidden = desk.propose()["proposal_id"]
    desk.post("drift/target-sets", stated(scope_id="EAST"))
    shown = desk.propose()["proposal_id"]
    desk.become("olga", groups=["ALL"])
    assert [each["proposal_id"] for each in desk.get("drift/proposals")["proposals"]] == [shown, hidden]
    desk.become("nora", groups=["EAST"])
    assert [each["proposal_id"] for each in desk.get("drift/proposals")["proposals"]] == [shown]
    desk.get(f"drift/proposals/{hidden}", status=404)
    desk.post(f"drift/proposals/{hidden}/blotter", status=404)
    assert desk.get("audit", entity_type="proposal")["audit_records"][0]["entity_id"] == shown


def test_a_proposal_needs_the_permission_to_preview(desk):
    rest = [p for p in Permission if p is not Permission.ALLOCATIONS_PREVIEW]
    desk.become("rita", permissions=rest)
    assert desk.propose(status=403)["code"] == "FORBIDDEN"


def test_a_proposal_is_in_the_trail(desk):
    found = desk.propose()
    trail = desk.get("audit", entity_type="proposal")["audit_records"]
    assert [each["action"] for each in trail] == ["PROPOSAL_MADE"]
    assert (trail[0]["entity_id"], trail[0]["after"]["status"]) == (found["proposal_id"], "OPTIMAL")
    assert desk.get("audit/verify")["whole"] is True


def test_reading_ends_with_its_part_of_the_time_limit(desk, monkeypatch):
    """R20.7: the bond of the largest value is read in any case."""
    monkeypatch.setattr(desk.services.proposals._candidates, "_monotonic", lambda: inf)
    found = desk.propose()
    left = {each["id"]: each["code"] for each in found["outcome"]["left_out"]}
    assert left == dict.fromkeys(INDUSTRIALS, "TIME_LIMIT")
    assert [bond for bond, *_ in orders(found)] == [GOVERNMENT]


def test_the_search_has_what_reading_leaves_of_the_time_limit(desk, monkeypatch):
    """R20.7: 5 seconds, of which 3 are over; a tenth is for the answer."""
    moments = iter([100.0, 103.0])
    asked = []

    def search(problem, *, seconds, gap):
        asked.append(seconds)
        return propose(problem, seconds=30, gap=gap)

    monkeypatch.setattr(service, "monotonic", lambda: next(moments))
    monkeypatch.setattr(service, "propose", search)
    monkeypatch.setattr(desk.services.proposals._candidates, "_monotonic", lambda: 0)
    assert desk.propose(time_limit_seconds=5)["accounts_back"] == 1
    assert asked == [pytest.approx(1.5)]


def test_a_proposal_for_an_account_reads_what_is_in_other_groups_once(tmp_path):
    desk = ProposalDesk(tmp_path, ALADDIN_REFERENCE_CACHE_SECONDS="0")
    desk.wire.paths.clear()
    desk.propose(candidates="one", security_ids=[GOVERNMENT])
    listed = [path.rsplit("/", 2)[1] for path in desk.wire.paths if path.endswith("/members")]
    assert (listed.count("ALL"), listed.count("WEST")) == (1, 1)
    assert listed.count("EAST") == 3  # besides, a preview of each side reads it
