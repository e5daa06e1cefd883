"""Bonds with `*`, `@` or `#` in their CUSIP, and what FIX cannot name, from preview to message."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from sqlalchemy import update

from app.models import AccountRow
from tests.support.desk import GOLDEN_BOOK, Desk, FaultyWire
from tests.support.fix_reader import read

PRIVATE = ("00800*AA0", "00800@AA8", "00800#AA6")
"""Check digits by hand; see tests/unit/domain/test_security_ids.py."""


def book(*cusips):
    """The golden book with further bonds."""
    found = json.loads(GOLDEN_BOOK.read_text())
    (treasury,) = found["securities"]
    for number, cusip in enumerate(cusips):
        more = {"ticker": f"PP{number}", "description": f"Private {number} 5 2033", "issuer_id": f"P{number}"}
        found["securities"].append(treasury | more | {"cusip": cusip, "sector": "TECHNOLOGY"})
        found["accounts"][0]["positions"].append({"cusip": cusip, "face": 500_000})
    return found


@pytest.fixture
def private_desk(book_desk):
    return book_desk(book(*PRIVATE), FLASK_ENV="development")


def commit(desk, previewed, status=200, **more):
    return desk.post(f"allocations/{previewed['allocation_id']}/commit", more, status=status)


@pytest.mark.parametrize("cusip", PRIVATE)
def test_a_private_placement_is_sold_and_reported(private_desk, cusip):
    # R14.4
    desk = private_desk
    shown = desk.get(f"securities/{quote(cusip, safe='')}")
    assert (shown["cusip"], shown["isin"]) == (cusip, None)
    order = {"side": "SELL"}
    previewed = desk.preview(cusip.lower(), 100_000, groups=["GOLDEN"], order=order)
    assert previewed["warnings"] == []
    commit(desk, previewed)
    answer = desk.client.get(f"/v1/allocations/{previewed['allocation_id']}/fix", headers=desk.headers)
    body = read(answer.get_data()).body
    assert (body["48"], body["22"]) == (cusip, "1")


@pytest.mark.parametrize(
    "pasted",
    [
        *("912828yw4", " 912828YW4 ", "912828-YW-4", "us912828yw42", "US 9128 28YW 42", "US912828YW42\u00a0"),
        *("US\u2212912828YW4\u22122", "912828YW4\t"),
    ],
)
def test_a_pasted_id_is_found_everywhere(golden_desk, pasted):
    desk, wanted = golden_desk, "912828YW4"
    previewed = desk.preview(pasted, 1_000_000, groups=["GOLDEN"])
    assert previewed["order"]["security_id"] == wanted
    commit(desk, previewed)
    assert [s["cusip"] for s in desk.get("securities/search", query=pasted)["securities"]] == [wanted]
    assert desk.get(f"securities/{quote(pasted)}")["cusip"] == wanted
    assert desk.get(f"securities/{quote(pasted)}/analytics")["cusip"] == wanted
    assert [o["security_id"] for o in desk.get("orders", security_id=pasted)["orders"]] == [wanted]
    assert len(desk.get("allocations", security_id=pasted)["allocations"]) == 1
    assert len(desk.get("reports/allocation-history", security_id=pasted)["lines"]) == 4


def renamed_bond(answer):
    """Make the vendor's record one of a bond without ISIN."""
    for by_type in answer["assetByAssetId"].values():
        for record in by_type.values():
            if isinstance(record, dict):
                record.pop("cusip2Set", None)


class Renamed(FaultyWire):
    """A vendor that calls the golden bond by an id of its own, with a wrong check digit, and has no ISIN."""

    def handle_request(self, request):
        request.url = request.url.copy_with(raw_path=request.url.raw_path.replace(b"912828YW5", b"912828YW4"))
        response = super().handle_request(request)
        content = response.read().replace(b"912828YW4", b"912828YW5")
        return type(response)(response.status_code, content=content, request=request)


def test_a_bond_that_fix_cannot_name_is_not_committed(tmp_path):
    # R14.4; 912828YW4 is the Treasury's CUSIP, so 912828YW5 has a wrong check digit.
    wire = Renamed.over(GOLDEN_BOOK)
    wire.edits["/security-master"] = renamed_bond
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK, transport=wire)
    previewed = desk.preview("912828YW5", 1_000_000, groups=["GOLDEN"])
    (warning,) = previewed["warnings"]
    assert (warning["type"], warning["account_id"]) == ("MISSING_DATA", None)
    assert "neither a valid ISIN nor a valid CUSIP" in warning["message"]
    refused = commit(desk, previewed, 422, override_warnings=True)
    assert refused["code"] == "DATA_MISSING"
    assert [e["field"] for e in refused["errors"]] == ["order.security_id"]
    assert wire.count("/order:post") == 0
    (record,) = desk.get("audit", action="COMMIT_REFUSED")["audit_records"]
    assert record["after"]["code"] == "DATA_MISSING"
    assert desk.get(f"allocations/{previewed['allocation_id']}")["status"] == "PREVIEWED"


class Accented(FaultyWire):
    """A vendor that calls the account ACC002 FONDS-É."""

    def handle_request(self, request):
        body = request.read().replace("FONDS-É".encode(), b"ACC002")
        if request.method == "POST":
            headers = {k: v for k, v in request.headers.items() if k.lower() != "content-length"}
            request = type(request)(request.method, request.url, headers=headers, content=body)
        response = super().handle_request(request)
        content = response.read().replace(b"ACC002", "FONDS-É".encode())
        return type(response)(response.status_code, content=content, request=request)


def test_an_account_that_fix_cannot_name_gets_no_slice(tmp_path):
    # R14.4
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK, transport=Accented.over(GOLDEN_BOOK))
    with desk.services.database.write() as session:
        known = update(AccountRow).where(AccountRow.account_id == "ACC002")
        session.execute(known.values(account_id="FONDS-É"))
    previewed = desk.preview("912828YW4", 3_800_000, groups=["GOLDEN"])
    named = [w for w in previewed["warnings"] if "FIX" in w["message"]]
    assert [(w["type"], w["account_id"]) for w in named] == [("MISSING_DATA", "FONDS-É")]
    refused = commit(desk, previewed, 422, override_warnings=True)
    assert [e["field"] for e in refused["errors"]] == ["allocations.FONDS-É"]
