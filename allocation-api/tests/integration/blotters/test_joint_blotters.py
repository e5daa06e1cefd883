"""Lines that are split at once: against every split there is, kept once, and gone on with (R17, R17.6)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.models import AllocationRow, BlotterJointRow
from app.services.blotters import joint
from tests.support.blotters import allocations, ask, blotter, codes, commit, faces, statuses, work
from tests.support.joint_desk import CASH, LONG, LOT, SHORT, joint_desk, joint_line, splits, std_dev
from tests.support.saga import LEASE

MOST = [cash // LOT for cash in CASH.values()]
TEN = [joint_line(SHORT, 10 * LOT), joint_line(LONG, 10 * LOT)]


@pytest.fixture
def desk(tmp_path):
    return joint_desk(tmp_path)


def lots(desk, shown):
    """The lots of each account, line by line."""
    return [tuple(face // LOT for face in line.values()) for line in faces(desk, shown)]


def counted_out():
    """The least standard deviation of all 10 and 10 lots that the cash of 10, 10 and 4 lots buys."""
    return min(
        std_dev((SHORT, short, 1), (LONG, long, 1))
        for short in splits(10, MOST)
        for long in splits(10, [m - s for m, s in zip(MOST, short, strict=True)])
    )


def one_after_another():
    """The same, when the short bond is split for itself first; its best split is the only one."""
    best = sorted(splits(10, MOST), key=lambda split: std_dev((SHORT, split, 1)))
    first = best[0]
    assert std_dev((SHORT, best[1], 1)) > std_dev((SHORT, first, 1)) + 1e-9
    left = [m - s for m, s in zip(MOST, first, strict=True)]
    return min(std_dev((SHORT, first, 1), (LONG, long, 1)) for long in splits(10, left))


def test_two_bonds_over_three_accounts_counted_out(desk):
    shown = blotter(desk, *TEN, joint=True)
    found, (short, long) = shown["joint"], lots(desk, shown)
    assert (sum(short), sum(long)) == (10, 10)
    assert all(s + n <= most for s, n, most in zip(short, long, MOST, strict=True))
    assert std_dev((SHORT, short, 1), (LONG, long, 1)) == pytest.approx(counted_out(), abs=1e-12)
    assert found["std_dev"] == pytest.approx(counted_out(), abs=1e-9)
    assert found["std_dev_before"] == pytest.approx(0.849836586, abs=1e-9)
    assert found["sequential_std_dev"] == pytest.approx(one_after_another(), abs=1e-9)
    assert found["sequential_std_dev"] > found["std_dev"] + 0.1
    last = allocations(desk, blotter(desk, *TEN))[1]["summary"]["dispersion_metrics"]
    assert found["sequential_std_dev"] == pytest.approx(last["post_trade_std_dev"], abs=1e-9)
    assert found["saved_std_dev"] == pytest.approx(found["sequential_std_dev"] - found["std_dev"], abs=1e-12)
    assert found["lower_bound"] <= found["std_dev"] * (1 + 1e-12)
    assert (found["metric"], found["unallocated"]) == ("ACTIVE_SPREAD_DURATION", 0)
    assert (found["solver"], found["attempts"][0]["accepted"]) == ("PIQP", True)


def test_a_line_is_an_ordinary_preview_on_the_book_that_earlier_lines_leave(desk):
    shown = blotter(desk, *TEN, joint=True)
    (short, _), (first, second) = lots(desk, shown), allocations(desk, shown)
    cash = [row["available_cash"] for row in second["allocations"]]
    assert cash == [before - got * LOT for before, got in zip(CASH.values(), short, strict=True)]
    assert (first["blotter"]["earlier"], second["blotter"]["earlier"]) == (0, 1)
    assert second["summary"]["dispersion_metrics"]["post_trade_std_dev"] == pytest.approx(
        shown["joint"]["std_dev"], abs=1e-9
    )
    for made in (first, second):
        assert desk.post(f"allocations/{made['allocation_id']}/replay")["identical"] is True


def test_lines_are_committed_as_those_of_any_blotter(desk):
    shown = blotter(desk, *TEN, joint=True)
    seen = [
        {"line": n, "warnings": [w["warning_id"] for w in made["warnings"]]}
        for n, made in enumerate(allocations(desk, shown), start=1)
    ]
    done = commit(desk, shown["blotter_id"], acknowledge=seen)
    assert (done["status"], statuses(done), codes(done)) == ("COMMITTED", ["SUBMITTED"] * 2, [[], []])
    assert [sum(line.values()) for line in faces(desk, done)] == [10 * LOT, 10 * LOT]


def test_what_a_sale_brings_is_shared_by_settlement_date(tmp_path):
    """No cash at all but what the sale of 4 lots on 1 July brings: 4 lots may be bought on that day.

    A purchase for 30 June has none of it. Without the policy nothing is bought.
    """
    desk = joint_desk(tmp_path, cash=dict.fromkeys(CASH, 0))
    sale = joint_line(SHORT, 4 * LOT, "SELL", order={"settlement_date": "2026-07-01"})
    same = joint_line(LONG, 5 * LOT, order={"settlement_date": "2026-07-01"})
    before = joint_line(LONG, 5 * LOT, order={"settlement_date": "2026-06-30"})
    funds = {"policy": {"sales_fund_buys": True}}

    def bought(*lines, **more):
        return lots(desk, blotter(desk, *lines, joint=True, **more))

    buys, sells = bought(same, sale, **funds)
    assert (sum(sells), buys) == (4, sells)
    assert [sum(split) for split in bought(before, sale, **funds)] == [0, 4]
    assert [sum(split) for split in bought(same, sale)] == [0, 4]


def test_an_issuers_limit_holds_over_the_sum(tmp_path):
    """10 % of a NAV of 100 million; 6, 4 and 0 million are held of it: 4 + 6 + 10 lots, cash or not."""
    desk = joint_desk(tmp_path, cash=dict.fromkeys(CASH, 50 * LOT), sector="CORP", issuer_id="ONE")
    found = lots(desk, blotter(desk, joint_line(SHORT, 15 * LOT), joint_line(LONG, 15 * LOT), joint=True))
    assert [sum(pair) for pair in zip(*found, strict=True)] == [4, 6, 10]


def test_purchases_of_one_bond_share_what_may_be_held_of_the_issue(tmp_path):
    """25 % of 60 million, of which 5 are held: 10 lots. The line with priority has its 8, the other 2."""
    desk = joint_desk(tmp_path, amount_issued=60 * LOT)
    pair = joint_line(SHORT, 8 * LOT), joint_line(SHORT, 8 * LOT, priority=1)
    found = blotter(desk, *pair, joint=True)
    assert [sum(split) for split in lots(desk, found)] == [2, 8]


def test_sales_of_one_bond_share_its_position_and_leave_a_tradable_rest(desk):
    """Of 3 and 2 lots one stays in each account, the minimum piece: 3 lots are sold."""
    pair = joint_line(SHORT, 3 * LOT, "SELL"), joint_line(SHORT, 2 * LOT, "SELL")
    found = lots(desk, blotter(desk, *pair, joint=True))
    assert [sum(sold) for sold in zip(*found, strict=True)] == [2, 1, 0]


def test_sales_of_one_bond_may_take_all_of_it_where_no_rest_has_to_stay(desk):
    free = {"constraints": {"leave_tradable": False}}
    pair = joint_line(SHORT, 3 * LOT, "SELL", **free), joint_line(SHORT, 2 * LOT, "SELL", **free)
    found = lots(desk, blotter(desk, *pair, joint=True))
    assert [sum(sold) for sold in zip(*found, strict=True)] == [3, 2, 0]


def test_an_account_outside_a_lines_groups_has_nothing_of_it(tmp_path):
    """The pair's accounts can take all of both lines; the third account alone is in the other group."""
    desk = joint_desk(tmp_path)
    pair = joint_line(SHORT, 4 * LOT, portfolio_groups=["PAIR"])
    found = blotter(desk, pair, joint_line(LONG, 4 * LOT, portfolio_groups=["THIRD"]), joint=True)
    assert [list(line) for line in faces(desk, found)] == [["ACC001", "ACC002"], ["ACC003"]]
    best = min(std_dev((SHORT, (*split, 0), 1), (LONG, (0, 0, 4), 1)) for split in splits(4, MOST[:2]))
    assert found["joint"]["std_dev"] == pytest.approx(best, abs=1e-9)


def test_minima_that_do_not_fit_together_are_every_lines_problem(desk):
    limits = {"constraints": {"account_limits": {"ACC003": {"min": 3 * LOT}}}}
    shown = blotter(
        desk, joint_line(SHORT, 10 * LOT, **limits), joint_line(LONG, 10 * LOT, **limits), joint=True
    )
    assert (shown["status"], shown["joint"]) == ("FAILED", None)
    assert codes(shown) == [["INVALID_REQUEST"], ["INVALID_REQUEST"]]
    (error,), (other,) = (line["errors"] for line in shown["lines"])
    assert (error, error["field"]) == (other, "constraints.account_limits")
    assert "ACC003 in the lines 1 and 2 need more than its cash until 2026-07-01" in error["message"]
    assert desk.get(f"jobs/{shown['preview_job_id']}")["state"] == "SUCCEEDED"


def test_a_line_that_cannot_be_split_takes_no_part(desk):
    limits = {"constraints": {"account_limits": {"ACC003": {"min": 5 * LOT}}}}
    shown = blotter(
        desk, joint_line("000000000", LOT), joint_line(SHORT, 9 * LOT, **limits), *TEN, joint=True
    )
    assert statuses(shown) == ["FAILED", "FAILED", "PREVIEWED", "PREVIEWED"]
    assert [[error["field"] for error in line["errors"]] for line in shown["lines"][:2]] == [
        ["order.security_id"],
        ["constraints.account_limits.ACC003.min"],
    ]
    assert shown["joint"]["std_dev"] == pytest.approx(counted_out(), abs=1e-9)


def test_debts_count_in_every_line(desk):
    ledger = {"parameters": {"fairness": "LEDGER", "fairness_weight": 5.0}}
    shown = blotter(
        desk, joint_line(SHORT, 10 * LOT, **ledger), joint_line(LONG, 10 * LOT, **ledger), joint=True
    )
    assert shown["joint"]["std_dev"] > counted_out() + 0.01
    for made in allocations(desk, shown):
        fairness = made["summary"]["fairness"]
        assert (fairness["effect"], fairness["fairness_weight"]) == ("STEERED", 5.0)
        assert desk.post(f"allocations/{made['allocation_id']}/replay")["identical"] is True


# --- workers ------------------------------------------------------------------------------------------------


class Killed(BaseException):
    """The worker is gone."""


def dying(call):
    """Have a worker die after a call."""

    def wrapped(*args, **kwargs):
        call(*args, **kwargs)
        raise Killed

    return wrapped


def again(desk, job_id):
    """Have another worker go on with a job whose worker is gone."""
    desk.clock.ahead += LEASE
    work(desk, job_id)


@pytest.mark.parametrize("dies", ["before it is kept", "after it is kept", "after a line"])
def test_a_worker_that_dies_leaves_one_joint_split(desk, monkeypatch, dies):
    whole = lots(desk, blotter(desk, *TEN, joint=True))
    asked = ask(desk, *TEN, joint=True)
    with monkeypatch.context() as patched:
        place = {
            "before it is kept": (joint, "split_jointly"),
            "after it is kept": (desk.services.blotters.previews._joint, "split"),
            "after a line": (desk.services.blotters.previews, "run_line"),
        }[dies]
        patched.setattr(*place, dying(getattr(*place)))
        with pytest.raises(Killed):
            work(desk, asked["job_id"])
    if dies != "before it is kept":
        monkeypatch.setattr(joint, "split_jointly", None)
    again(desk, asked["job_id"])
    shown = desk.get(f"blotters/{asked['blotter_id']}")
    assert (statuses(shown), lots(desk, shown)) == (["PREVIEWED"] * 2, whole)
    with desk.services.database.read() as session:
        assert session.query(BlotterJointRow).count() == 2


@pytest.mark.parametrize("phase", ["read", "preview"])
def test_a_cancelled_job_stops_at_the_next_line(desk, monkeypatch, phase):
    asked = ask(desk, *TEN, joint=True)
    previews = desk.services.blotters.previews
    place = (joint, "read_line") if phase == "read" else (previews, "run_line")
    call, calls = getattr(*place), []

    def cancelling(*args, **more):
        calls.append(args)
        desk.call("DELETE", f"jobs/{asked['job_id']}", status=202)
        return call(*args, **more)

    monkeypatch.setattr(*place, cancelling)
    work(desk, asked["job_id"])
    assert len(calls) == 1
    assert desk.get(f"jobs/{asked['job_id']}")["state"] == "ABORTED"
    with desk.services.database.read() as session:
        assert session.query(AllocationRow).count() == 0
        assert session.query(BlotterJointRow).count() == (phase == "preview")


def test_a_face_that_an_account_cannot_take_any_more_is_refused(desk):
    """Cash that went elsewhere since the split: the line says so, and nothing is split in another way."""
    asked = ask(desk, *TEN, joint=True)
    previews, blotter_id = desk.services.blotters.previews, asked["blotter_id"]
    work(desk, asked["job_id"])
    run = previews.begin(blotter_id, 1)
    share = run.joint.shares[2]
    run.joint.shares[2] = replace(share, faces={"ACC003": 10 * LOT})
    previews.run_line(run, 1, desk.services.database.retried)
    second = desk.get(f"blotters/{blotter_id}")["lines"][1]
    assert [error["code"] for error in second["errors"]] == ["BOOK_CHANGED"]
    assert "ACC003" in second["errors"][0]["message"]
