"""What a refusal says: every warning in words, and amounts that can really be had."""

from __future__ import annotations

import copy
import json

from tests.support.desk import GOLDEN_BOOK

BOND = "912828YW4"


def book():
    return copy.deepcopy(json.loads(GOLDEN_BOOK.read_text()))


def preview(desk, quantity=3_800_000, **more):
    return desk.preview(BOND, quantity, groups=["GOLDEN"], **more)


def commit(desk, found, status=200, **body):
    return desk.post(f"allocations/{found['allocation_id']}/commit", body, status=status)


def test_warnings_that_were_not_overridden_are_listed_as_errors(golden_desk):
    # R9.2
    found = preview(golden_desk, 38_000_000, constraints={"respect_cash": False})
    refused = commit(golden_desk, found, status=409)
    assert refused["detail"].startswith("The preview carries 4 warnings, see errors.")
    # NAV 100 : 150 : 80 : 50 of 38m is 10m, 15m, 8m and 5m at 98.5, against cash of 5m, 8m, 3m and 1m.
    assert refused["errors"] == [
        {
            "field": "override_warnings",
            "message": f"ACC00{i}: Cash is {cash},000,000.00, the purchase takes {cost}",
        }
        for i, cash, cost in (
            (1, 5, "9,850,000.00"),
            (2, 8, "14,775,000.00"),
            (3, 3, "7,880,000.00"),
            (4, 1, "4,925,000.00"),
        )
    ]


def test_one_warning_is_one_warning(golden_desk):
    far = preview(golden_desk, order={"price": 90.0})
    refused = commit(golden_desk, far, status=409)
    assert refused["detail"].startswith("The preview carries 1 warning, see errors.")
    assert [error["message"] for error in refused["errors"]] == [far["warnings"][0]["message"]]
