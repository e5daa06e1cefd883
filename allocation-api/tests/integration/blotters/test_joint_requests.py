"""Which lines can be split at once: everything that does not fit is named, by line and field (R17)."""

from __future__ import annotations

import pytest

from tests.support.blotters import ask, line
from tests.support.desk import GOLDEN_BOOK, Desk


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path, scenario=GOLDEN_BOOK)


def joint_line(**more):
    parameters = {"target_metric": "DURATION", **more.pop("parameters", {})}
    return {**line("BUY", 1_000_000), "allocation_method": "MIN_DISPERSION", "parameters": parameters, **more}


def refused(desk, *lines, **more):
    """The fields that are refused, checked and asked for alike."""
    body = {"lines": list(lines), "joint": True, **more}
    checked = desk.call("POST", "blotters", status=422, json=body, query_string={"dry_run": "true"})
    assert ask(desk, *lines, joint=True, status=422, **more)["errors"] == checked["errors"]
    return {error["field"] for error in checked["errors"]}


def test_all_that_does_not_fit_is_named_at_once(desk):
    found = refused(
        desk,
        joint_line(),
        line("BUY", 1_000),
        joint_line(parameters={"target_metric": "OAS", "weighting": "NAV", "fairness": "LEDGER"}),
        joint_line(parameters={"solver": "SLSQP", "tiers": [["ACC001"]]}),
        joint_line(constraints={"respect_cash": False}),
        joint_line(constraints={"cash_reserve": {"amount": 5}}),
        joint_line(parameters={"fairness": "LEDGER", "max_dispersion_cost": 0.1}),
        joint_line(order={"security_id": "912828YW4", "side": "HOLD", "quantity": 1}),
    )
    assert found == {
        "lines.1.allocation_method",
        "lines.1.parameters.target_metric",
        "lines.2.parameters.target_metric",
        "lines.2.parameters.weighting",
        "lines.2.parameters.fairness",
        "lines.3.parameters.solver",
        "lines.3.parameters.tiers",
        "lines.4.constraints.respect_cash",
        "lines.5.constraints.cash_reserve",
        "lines.6.parameters.fairness",
        "lines.6.parameters.max_dispersion_cost",
        "lines.7.order.side",
    }


def test_what_comes_from_the_defaults_is_named_there(desk):
    own = {"order": {"security_id": "912828YW4", "side": "BUY", "quantity": 1_000}}
    defaults = {"allocation_method": "PRO_RATA", "portfolio_groups": ["GOLDEN"]}
    assert refused(desk, own, own, defaults=defaults) == {"defaults.allocation_method"}


def test_more_lines_than_can_be_split_at_once_are_refused(desk):
    assert refused(desk, *[joint_line()] * 201) == {"joint"}


def test_a_flag_is_true_or_false(desk):
    answer = ask(desk, joint_line(), joint="yes", status=422)
    assert [error["field"] for error in answer["errors"]] == ["joint"]


def test_the_same_lines_one_after_another_may_differ(desk):
    assert ask(desk, joint_line(), line("BUY", 1_000))["line_count"] == 2


def upload(desk, rows, status):
    return desk.call(
        "POST",
        "blotters/file",
        status=status,
        data="security_id,side,quantity,allocation_method,portfolio_groups,target_metric\n" + rows,
        headers={"Content-Type": "text/csv"},
        query_string={"joint": "true"},
    )


def test_a_file_is_refused_by_row_and_column(desk):
    rows = "912828YW4,BUY,1000,MIN_DISPERSION,GOLDEN,DURATION\n912828YW4,BUY,1000,PRO_RATA,GOLDEN,OAS\n"
    assert [error["field"] for error in upload(desk, rows, 422)["errors"]] == [
        "file.3.allocation_method",
        "file.3.target_metric",
    ]


def test_a_file_may_be_split_at_once(desk):
    rows = "912828YW4,BUY,1000,MIN_DISPERSION,GOLDEN,DURATION\n" * 2
    asked = upload(desk, rows, 202)
    shown = desk.get(f"blotters/{asked['blotter_id']}")
    assert (shown["split_jointly"], shown["joint"]) == (True, None)
