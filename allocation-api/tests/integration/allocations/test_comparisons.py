"""Several splits of one order side by side, and the choice among them, through the whole service.

Golden shares are worked out by hand from the book: NAV 100, 150, 80 and 50 million, clean 98.5, no accrued;
cash of 1,000,000 buys ACC004 1,015,000 in lots. The least dispersion is that of the allocation rules.
"""

from __future__ import annotations

import csv
import io
import json

import openpyxl
import pytest
from sqlalchemy import select

from app.core.security import Permission
from app.models import ComparisonRow
from app.services.allocations import engine, snapshot
from app.services.allocations.store import load, stored_inputs
from app.services.visibility.visibility import EVERYTHING
from tests.support.desk import GOLDEN_BOOK, Desk, FaultyWire
from tests.support.shown import told
from tests.support.tampering import replace_in

BOND = "912828YW4"
BY_NAV = {"name": "by NAV", "allocation_method": "PRO_RATA"}
LEAST = {"name": "least", "allocation_method": "MIN_DISPERSION"}
NAV_SHARES = {"ACC001": 2_117_000, "ACC002": 3_175_000, "ACC003": 1_693_000, "ACC004": 1_015_000}
LEAST_SHARES = {"ACC001": 0, "ACC002": 6_985_000, "ACC003": 0, "ACC004": 1_015_000}


@pytest.fixture
def desk(tmp_path):
    wire = FaultyWire.over(GOLDEN_BOOK)
    made = Desk(tmp_path, scenario=GOLDEN_BOOK, transport=wire)
    made.wire = wire
    return made


def compare(desk, *variants, quantity=8_000_000, **more):
    return desk.compare(BOND, quantity, *variants, groups=["GOLDEN"], **more)


def choose(desk, compared, variant, status=200):
    path = f"allocations/compare/{compared['comparison_id']}/choose"
    return desk.post(path, {"variant": variant}, status=status)


def refused(desk, *variants, **more):
    return told(compare(desk, *variants, status=422, **more))


def faces(compared, place):
    return {
        row["account_id"]: row["variants"][place]["allocated_quantity"] for row in compared["allocations"]
    }


def stored(desk, allocation_id):
    with desk.services.database.read() as session:
        return load(session, allocation_id, EVERYTHING)


def test_variants_stand_side_by_side(desk):
    # R10.8
    shown = compare(desk, BY_NAV, LEAST)
    assert (faces(shown, 0), faces(shown, 1)) == (NAV_SHARES, LEAST_SHARES)
    assert [(a["account_name"], a["nav"]) for a in shown["allocations"]][3][1] == 50_000_000
    assert [v["name"] for v in shown["variants"]] == ["by NAV", "least"]
    assert [v["problem"] for v in shown["variants"]] == [None, None]
    least = shown["variants"][1]["summary"]
    assert least["dispersion_metrics"]["post_trade_std_dev"] == pytest.approx(0.1972962214, abs=1e-10)
    assert least["optimality"]["status"] == "OPTIMAL"
    # ACC002: 4.8 years, and 6,985,000 x 0.985 x 3.8 / 150,000,000 more
    cell = shown["allocations"][1]["variants"][1]
    assert cell["post_trade_metric"] == pytest.approx(4.8 + 6.985 * 0.985 * 3.8 / 150, abs=1e-12)
    assert cell["pre_trade_metric"] == pytest.approx(4.8, abs=1e-12)
    assert [a["benchmark_metrics"]["spread_duration"] for a in shown["allocations"]] == [
        -5.16257,
        -4.750093333333333,
        -5.47660625,
        -5.0,
    ]
    assert shown["allocations"][0]["variants"][1]["reason"]["code"] == "NOT_OPTIMAL"
    assert all(v["milliseconds"] > 0 for v in shown["variants"])
    assert (shown["order"]["price"], shown["order"]["total_quantity"]) == (98.5, 8_000_000)


def test_a_variant_is_what_a_preview_of_it_alone_is(desk):
    by_duration = {"allocation_method": "PRO_RATA", "parameters": {"target_metric": "DURATION"}}
    shown = compare(desk, BY_NAV, LEAST, by_duration)
    for variant, column in zip((BY_NAV, LEAST, by_duration), shown["variants"], strict=True):
        alone = desk.preview(
            BOND,
            8_000_000,
            groups=["GOLDEN"],
            method=variant["allocation_method"],
            parameters=variant.get("parameters", {}),
        )
        for part in ("allocation_method", "parameters", "constraints", "summary", "warnings"):
            assert column[part] == alone[part], part
        place = shown["variants"].index(column)
        rows = {row["account_id"]: row for row in alone["allocations"]}
        metric = column["parameters"]["target_metric"].lower()
        for row in shown["allocations"]:
            cell, line = row["variants"][place], rows[row["account_id"]]
            assert (cell["allocated_quantity"], cell["reason"]) == (
                line["allocated_quantity"],
                line["reason"],
            )
            assert cell["post_trade_metric"] == line["post_trade_metrics"][metric]


def test_it_is_shown_again_as_it_was_first(desk):
    shown = compare(
        desk,
        BY_NAV,
        LEAST,
        {"allocation_method": "CUSTOM_WEIGHTS", "parameters": {"weights": {"ACC003": 0.25, "ACC001": 0.75}}},
    )
    assert desk.get(f"allocations/compare/{shown['comparison_id']}") == shown
    assert shown["evidence_breaks"] == []
    assert desk.get("allocations/compare/none", status=404)["code"] == "NOT_FOUND"


def test_the_book_is_read_once_however_many_variants_there_are(desk):
    variants = [{"allocation_method": "PRO_RATA"}] * 10

    def calls(*chosen):
        desk.services.aladdin.book.forget_positions()
        before = len(desk.wire.calls)
        compare(desk, *chosen)
        return len(desk.wire.calls) - before

    calls(BY_NAV)  # reference data is cached from here on
    assert calls(*variants) == calls(BY_NAV) > 0


def test_a_variant_states_wishes_of_its_own(desk):
    without = {"constraints": {"exclude_accounts": [{"account_id": "ACC003", "reason": "asked to wait"}]}}
    least = {"constraints": {"min_allocation": 2_000_000}}
    shown = compare(desk, BY_NAV, BY_NAV | {"name": "without"} | without, **least)
    assert faces(shown, 1) == {"ACC001": 2_794_000, "ACC002": 4_191_000, "ACC003": 0, "ACC004": 1_015_000}
    assert faces(shown, 0)["ACC004"] == 0  # 1,015,000 is less than the shared least amount
    assert shown["constraints"]["min_allocation"] == 2_000_000
    assert [v["constraints"]["min_allocation"] for v in shown["variants"]] == [2_000_000, 0]


def test_a_variant_that_fails_does_not_spoil_the_others(desk):
    unknown = {"allocation_method": "CUSTOM_WEIGHTS", "parameters": {"weights": {"ACC009": 1}}}
    shown = compare(desk, unknown, BY_NAV)
    failed, good = shown["variants"]
    assert failed["summary"] is None
    assert failed["warnings"] == []
    assert failed["problem"]["code"] == "INVALID_REQUEST"
    assert [e["field"] for e in failed["problem"]["errors"]] == ["parameters.weights.ACC009"]
    assert good["problem"] is None
    assert [row["variants"][0] for row in shown["allocations"]] == [None] * 4
    assert faces(shown, 1) == NAV_SHARES
    assert choose(desk, shown, "1", status=409)["code"] == "CONFLICT"
    assert choose(desk, shown, "by NAV")["summary"] == good["summary"]


def test_a_metric_that_the_bond_lacks_is_the_problem_of_its_variant(book_desk):
    book = json.loads(GOLDEN_BOOK.read_text())
    book["securities"][0]["oas"] = None
    desk = book_desk(book)
    by_oas = {"allocation_method": "MIN_DISPERSION", "parameters": {"target_metric": "OAS"}}
    shown = compare(desk, by_oas, BY_NAV)
    assert [v["problem"] and v["problem"]["code"] for v in shown["variants"]] == ["DATA_MISSING", None]


def test_a_weight_of_what_is_owed_needs_the_ledger(desk):
    # R16.1; the policy of a new desk is PER_ORDER
    heavy = {"name": "heavy", "allocation_method": "MIN_DISPERSION", "parameters": {"fairness_weight": 1}}
    owed = {"name": "owed", "allocation_method": "PRO_RATA", "parameters": {"fairness": "LEDGER"}}
    shown = compare(desk, heavy, owed, BY_NAV)
    (error,) = shown["variants"][0]["problem"]["errors"]
    assert error["field"] == "parameters.fairness_weight"
    modes = [v["summary"]["fairness"]["mode"] for v in shown["variants"][1:]]
    assert modes == ["LEDGER", "PER_ORDER"]
    # Nothing is owed yet, so both share by NAV.
    assert faces(shown, 1) == faces(shown, 2) == NAV_SHARES


def test_a_request_that_is_wrong_is_refused_with_every_field(desk):
    halves = {"allocation_method": "CUSTOM_WEIGHTS", "parameters": {"weights": {"ACC001": 0.5}}}
    weights = BY_NAV | {"name": "weights", "parameters": {"weights": {"ACC001": 1}}}
    assert set(refused(desk, BY_NAV, BY_NAV, halves, weights, quantity=1.5)) == {
        "order.quantity",
        "variants.1.name",
        "variants.2.parameters.weights",
        "variants.3.parameters.weights",
    }
    assert set(refused(desk)) == set(refused(desk, *[{"allocation_method": "PRO_RATA"}] * 11)) == {"variants"}
    assert set(
        refused(
            desk,
            {"name": "2", **LEAST},
            {"allocation_method": "PRO_RATA"},
            {"name": "2", "allocation_method": "PRO_RATA"},
        )
    ) == {"variants.2.name"}
    gone = {"constraints": {"exclude_accounts": [{"account_id": "ACC009", "reason": "gone"}]}}
    assert set(refused(desk, BY_NAV, **gone)) == {"constraints.exclude_accounts.0.account_id"}


def test_the_chosen_variant_becomes_a_preview_without_another_computation(desk, monkeypatch):
    # R10.9
    shown = compare(desk, BY_NAV, LEAST)
    with desk.services.database.read() as session:
        results = json.loads(session.get(ComparisonRow, shown["comparison_id"]).results)
    with monkeypatch.context() as away:
        away.setattr(engine, "split", None)
        before = len(desk.wire.calls)
        chosen = choose(desk, shown, "least")
        assert len(desk.wire.calls) == before
    assert {a["account_id"]: a["allocated_quantity"] for a in chosen["allocations"]} == LEAST_SHARES
    assert chosen["comparison"] == {"comparison_id": shown["comparison_id"], "variant": "least"}
    assert chosen["expires_at"] == shown["expires_at"]
    kept = stored(desk, chosen["allocation_id"])
    # To the byte what the comparison keeps, and what the snapshot gives.
    assert kept.result == json.dumps(results[1]["result"], separators=(",", ":"), ensure_ascii=False)
    assert kept.result == snapshot.encode(engine.compute(stored_inputs(kept)))
    assert desk.post(f"allocations/{chosen['allocation_id']}/replay")["identical"] is True
    assert desk.get(f"allocations/{chosen['allocation_id']}") == chosen
    assert desk.get("allocations")["allocations"][0]["allocation_id"] == chosen["allocation_id"]
    done = desk.post(f"allocations/{chosen['allocation_id']}/commit", {"override_warnings": True})
    assert done["status"] == "SUCCESS"
    assert desk.get("audit/verify")["breaks"] == []


def test_a_preview_that_was_asked_for_by_itself_names_no_comparison(desk):
    assert desk.preview(BOND, 1_000_000, groups=["GOLDEN"])["comparison"] is None


def test_a_variant_becomes_one_preview_however_often_it_is_chosen(desk):
    shown = compare(desk, BY_NAV, LEAST)
    first = choose(desk, shown, "by NAV")
    assert choose(desk, shown, "by NAV") == first
    other = choose(desk, shown, "least")
    assert other["allocation_id"] != first["allocation_id"]
    again = desk.get(f"allocations/compare/{shown['comparison_id']}")
    assert [v["allocation_id"] for v in again["variants"]] == [first["allocation_id"], other["allocation_id"]]
    desk.clock.ahead += desk.settings.allocations.preview_lifetime
    assert choose(desk, shown, "by NAV")["status"] == "EXPIRED"


def test_an_expired_comparison_is_shown_and_nothing_of_it_can_be_chosen(desk):
    shown = compare(desk, BY_NAV)
    desk.clock.ahead += desk.settings.allocations.preview_lifetime
    assert choose(desk, shown, "by NAV", status=409)["code"] == "PREVIEW_EXPIRED"
    assert desk.get(f"allocations/compare/{shown['comparison_id']}") == shown


def test_an_unknown_variant_is_named(desk):
    shown = compare(desk, BY_NAV, LEAST)
    (error,) = choose(desk, shown, "most", status=422)["errors"]
    assert error == {"field": "variant", "message": "There is no variant 'most'; there are by NAV, least."}


def test_a_key_compares_and_chooses_once(desk):
    body = {
        "order": {"security_id": BOND, "side": "BUY", "quantity": 8_000_000},
        "portfolio_groups": ["GOLDEN"],
        "variants": [BY_NAV],
    }
    once = [
        desk.call("POST", "allocations/compare", json=body, headers={"Idempotency-Key": "one"})
        for _ in range(2)
    ]
    assert once[0] == once[1]
    with desk.services.database.read() as session:
        assert len(session.scalars(select(ComparisonRow.id)).all()) == 1


def test_compliance_is_skipped_only_with_the_permission(desk):
    # R5.7
    skipping = BY_NAV | {"constraints": {"compliance_check": False}}
    desk.log_in_without()
    shown = compare(desk, LEAST, skipping)
    actions = [r["action"] for r in desk.get("audit", entity_type="comparison")["audit_records"]]
    assert actions == ["COMPLIANCE_BYPASS", "COMPARE"]
    desk.log_in_without(Permission.COMPLIANCE_BYPASS)
    assert compare(desk, LEAST, skipping, status=403)["permission"] == "compliance:bypass"
    assert choose(desk, shown, "by NAV", status=403)["permission"] == "compliance:bypass"
    assert choose(desk, shown, "least")["comparison"]["variant"] == "least"


@pytest.mark.parametrize(
    ("permission", "method", "path"),
    [
        (Permission.ALLOCATIONS_PREVIEW, "POST", "allocations/compare"),
        (Permission.ALLOCATIONS_PREVIEW, "POST", "allocations/compare/c/choose"),
        (Permission.ALLOCATIONS_READ, "GET", "allocations/compare/c"),
    ],
)
def test_each_step_needs_its_permission(desk, permission, method, path):
    desk.log_in_without(permission)
    assert desk.call(method, path, status=403, json={})["permission"] == permission


def test_the_trail_names_the_variants_and_where_a_preview_came_from(desk):
    shown = compare(desk, BY_NAV, LEAST)
    chosen = choose(desk, shown, "least")
    (record,) = desk.get("audit", entity_id=shown["comparison_id"])["audit_records"]
    assert record["action"] == "COMPARE"
    assert [v["total_allocated"] for v in record["after"]["variants"]] == [8_000_000, 8_000_000]
    (record,) = desk.get("audit", entity_id=chosen["allocation_id"])["audit_records"]
    assert record["action"] == "PREVIEW"
    assert (record["after"]["comparison_id"], record["after"]["variant"]) == (shown["comparison_id"], "least")


def test_nothing_is_chosen_of_a_comparison_that_was_tampered_with(desk):
    shown = compare(desk, BY_NAV)
    replace_in(desk.services.database, ComparisonRow.results, "2117000", "2118000")
    again = desk.get(f"allocations/compare/{shown['comparison_id']}")
    assert [b["column"] for b in again["evidence_breaks"]] == ["results"]
    assert choose(desk, shown, "by NAV", status=409)["code"] == "EVIDENCE_BROKEN"


def test_the_vendor_is_asked_about_the_chosen_variant_alone(tmp_path):
    # R5.8
    wire = FaultyWire.over(GOLDEN_BOOK)
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK, transport=wire, ALADDIN_WHAT_IF="true")
    wire.faults["/order:post"] = "unreached"
    shown = compare(desk, BY_NAV, LEAST)
    assert wire.count("/order:post") == 0
    chosen = choose(desk, shown, "least")
    assert wire.count("/order:post") == 1
    assert [w["details"]["state"] for w in chosen["warnings"] if w["type"] == "COMPLIANCE"] == ["NOT_ASKED"]
    assert desk.post(f"allocations/{chosen['allocation_id']}/replay")["identical"] is True


def test_a_table_has_three_columns_for_each_variant(desk):
    failing = {"allocation_method": "CUSTOM_WEIGHTS", "parameters": {"weights": {"ACC009": 1}}}
    shown = compare(desk, BY_NAV | {"name": "=1+1"}, LEAST, failing)
    path = f"/v1/allocations/compare/{shown['comparison_id']}"
    answer = desk.client.get(path, query_string={"format": "csv"}, headers=desk.headers)
    header, *lines = csv.reader(io.StringIO(answer.text))
    assert header[:4] == ["account_id", "account_name", "nav", "'=1+1: allocated_quantity"]
    assert header[6:10] == [
        *(f"least: {part}" for part in ("allocated_quantity", "post_trade_metric", "reason")),
        "3: allocated_quantity",
    ]
    by_nav = {line[0]: int(line[3]) for line in lines}
    least = {line[0]: (int(line[6]), line[8]) for line in lines}
    assert by_nav == NAV_SHARES
    assert least["ACC001"] == (0, "NOT_OPTIMAL")
    assert {tuple(line[9:]) for line in lines} == {("", "", "")}
    answer = desk.client.get(path, query_string={"format": "xlsx"}, headers=desk.headers)
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert [c.value for c in sheet[2]][:4] == [
        "ACC001",
        shown["allocations"][0]["account_name"],
        100_000_000,
        2_117_000,
    ]
