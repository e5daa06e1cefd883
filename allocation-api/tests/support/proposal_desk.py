"""A desk with two accounts that are out of their bands, and bonds at 98.5 without accrued interest.

East has 60,000,000 face of GOVT and 4,000,000 each of nine industrial issuers: 59.1 and 35.46 million, and
5.44 million of cash, 100 million in all. West is half of that, face for face, but for 10 million of cash in a
NAV of 57.28 million. Targets are 50, 45 and 5 percent with bands of 5, 4.5 and 5 points.
"""

from __future__ import annotations

import json
from pathlib import Path

from stdnum import cusip

from app.core.security import Permission
from tests.support.desk import GOLDEN_BOOK, Desk, FaultyWire
from tests.support.drift_desk import PASSWORD, stated
from tests.support.users import add_user

GOVERNMENT = "912828YW4"
INDUSTRIALS = [f"9128{n:04}"[:8] + cusip.calc_check_digit(f"9128{n:04}") for n in range(9)]


def book_of_two(folder: Path, change=lambda book: None) -> Path:
    """Write the book of both accounts, east in the group EAST, west in WEST, both in ALL, with a change."""
    book = json.loads(GOLDEN_BOOK.read_text())
    (group,) = book["groups"]
    book["groups"] = [
        {**group, "group_id": "ALL", "accounts": ["EAST", "WEST"]},
        {**group, "group_id": "EAST", "accounts": ["ACC001"]},
        {**group, "group_id": "WEST", "accounts": ["ACC002"]},
    ]
    (bond,) = book["securities"]
    for n, name in enumerate(INDUSTRIALS):
        of = {"issuer": f"Issuer {n}", "issuer_id": f"IND{n}", "sector": "INDUSTRIALS"}
        book["securities"].append({**bond, **of, "cusip": name, "country": "US", "rating": "A"})
    book["accounts"] = [a for a in book["accounts"] if a["account_id"] in {"ACC001", "ACC002"}]
    held = ((1, 100_000_000, 5_440_000), (2, 57_280_000, 10_000_000))
    for account, (part, nav, cash) in zip(book["accounts"], held, strict=True):
        faces = {GOVERNMENT: 60_000_000, **dict.fromkeys(INDUSTRIALS, 4_000_000)}
        account["positions"] = [{"cusip": c, "face": face // part} for c, face in faces.items()]
        account["nav"], account["cash"] = nav, cash
    change(book)
    path = folder / "book.json"
    path.write_text(json.dumps(book))
    return path


class ProposalDesk(Desk):
    """Both accounts, with targets that are stated for ALL.

    `change` may change the book, `edit` the vendor's position rows.
    """

    def __init__(self, folder: Path, *, change=lambda book: None, **settings):
        path = book_of_two(folder, change)
        self.edit = lambda row: None
        self.wire = FaultyWire.over(path)
        self.wire.edits["/position"] = lambda rows: [self.edit(row) for row in rows]
        super().__init__(folder, scenario=path, transport=self.wire, **settings)
        self.become("anna")
        self.post("drift/target-sets", stated(scope_id="ALL"))

    def become(self, name, groups=None, permissions=tuple(Permission)):
        """Log in as a user who is made."""
        add_user(self.services, name, PASSWORD, permissions=permissions, groups=groups)
        self.token = self.login(name, PASSWORD)["access_token"]

    def propose(self, status=200, **body):
        """Ask for a proposal, of East where nothing is said."""
        asked = {"scope": "ACCOUNT", "scope_id": "ACC001", **body}
        return self.post("drift/proposals", asked, status=status)
