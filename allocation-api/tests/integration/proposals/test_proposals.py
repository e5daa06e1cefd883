"""Proposals through the API, on numbers that can be computed by hand.

ACC001 has a NAV of 100 million: 60 of GOVT, 36 of INDUSTRIALS, 4 of cash. The targets are 50, 45 and 5 percent
with bands of 5, 4.5 and 5 points.
"""

from __future__ import annotations

import pytest

from tests.support.drift_desk import GOVERNMENT, INDUSTRIAL, DriftDesk


@pytest.fixture
def desk(tmp_path):
    found = DriftDesk(tmp_path)
    found.state()
    return found


def propose(desk, status=200, **body):
    asked = {"scope": "ACCOUNT", "scope_id": "ACC001", **body}
    return desk.post("drift/proposals", asked, status=status)


def test_an_account_comes_back(desk):
    found = propose(desk)
    print(found)
    assert found["status"] == "OPTIMAL"
