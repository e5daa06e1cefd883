"""A desk with two accounts whose numbers are round, for drift from targets."""

from __future__ import annotations

import json
from pathlib import Path

from app.core.security import Permission
from tests.support.desk import GOLDEN_BOOK, Desk, FaultyWire
from tests.support.users import add_user

PASSWORD = "correct horse battery staple"
GOVERNMENT, INDUSTRIAL = "912828YW4", "912828ZT0"
VALUES = {
    ("ACC001", GOVERNMENT): 60_000_000,
    ("ACC001", INDUSTRIAL): 36_000_000,
    ("ACC002", GOVERNMENT): 20_000_000,
    ("ACC002", INDUSTRIAL): 20_000_000,
}
NAVS, CASH = {"ACC001": 100_000_000, "ACC002": 50_000_000}, {"ACC001": 4_000_000, "ACC002": 10_000_000}
SECTORS = [
    {"key": "GOVT", "target_percent": 50, "band_absolute": 5},
    {"key": "Industrials", "target_percent": 45, "band_absolute": 10, "band_relative": 10},
    {"key": "cash", "target_percent": 5},
]
CLASSES = [{"key": "bonds", "target_percent": 95}, {"key": "cash", "target_percent": 5}]


def stated(scope="GROUP", scope_id="EAST", dimension="SECTOR", *, version=0, **more):
    """A body of `stateTargets`."""
    targets = {} if dimension == "METRIC" else {"targets": SECTORS if dimension == "SECTOR" else CLASSES}
    body = {"scope": scope, "scope_id": scope_id, "dimension": dimension, "version": version}
    return {**body, "comment": "The guideline", **targets, **more}


class DriftDesk(Desk):
    """The accounts ACC001 and ACC002 in the group EAST, ACC003 in WEST, all in ALL.

    `more_groups` has further groups with their accounts. `edit` may change the vendor's position rows once
    more.
    """

    def __init__(self, folder: Path, *, more_groups=None, **settings):
        book = json.loads(GOLDEN_BOOK.read_text())
        (group,) = book["groups"]
        book["groups"] = [
            {**group, "group_id": "ALL", "accounts": ["EAST", "WEST"]},
            {**group, "group_id": "EAST", "accounts": ["ACC001", "ACC002"]},
            {**group, "group_id": "WEST", "accounts": ["ACC003"]},
            *({**group, "group_id": name, "accounts": ids} for name, ids in (more_groups or {}).items()),
        ]
        (bond,) = book["securities"]
        industrial = {"cusip": INDUSTRIAL, "issuer_id": "IND", "sector": "INDUSTRIALS", "country": "GB"}
        book["securities"].append({**bond, **industrial, "rating": "BBB"})
        book["accounts"] = [a for a in book["accounts"] if a["account_id"] != "ACC004"]
        for account in book["accounts"]:
            account["positions"] = [{"cusip": c, "face": 1_000_000} for c in (GOVERNMENT, INDUSTRIAL)]
            account["nav"] = NAVS.get(account["account_id"], account["nav"])
            account["cash"] = CASH.get(account["account_id"], account["cash"])
        path = folder / "book.json"
        path.write_text(json.dumps(book))
        self.wire = FaultyWire.over(path)
        self.wire.edits["/position"] = self._valued
        self.edit = lambda row: None
        super().__init__(folder, scenario=path, transport=self.wire, **settings)
        self.become("anna")

    def _valued(self, rows):
        for row in rows:
            row["mktValue"] = VALUES.get((row["portfolioName"], row["assetId"]), row["mktValue"])
            self.edit(row)

    def become(self, name, groups=None, permissions=tuple(Permission)):
        """Log in as a user who is made where there is none of this name."""
        add_user(self.services, name, PASSWORD, permissions=permissions, groups=groups)
        self.token = self.login(name, PASSWORD)["access_token"]

    def again(self, name):
        """Log in once more as a user who is there."""
        self.token = self.login(name, PASSWORD)["access_token"]

    def state(self, *args, status=200, **more):
        """State targets."""
        return self.post("drift/target-sets", stated(*args, **more), status=status)
