"""What previews and orders ask the vendor for: once, side by side, from memory, or afresh."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock

import pytest
from sqlalchemy import delete

from aladdin_simulator.wire.operations import TOKEN_PATH
from app.core.errors import Conflict
from app.models import SecurityRow
from app.services.domain.book import AssetFault
from app.services.securities.lookup import SecurityLookup
from tests.support.desk import GOLDEN_BOOK, Desk, FaultyWire

BOND = "912828YW4"
APPLE = "037833100"
MAX_WAIT_SECONDS = 30
"""Seconds after which calls that wait for each other in vain fail."""

POSITIONS, MEMBERS, MASTER, ANALYTICS, NODE = "position", "members", "security-master", "assets", "node"
POST = "order:post"


class CountingWire(FaultyWire):
    """The simulator's wire, which counts and can let calls wait for each other: `rounds` says how many."""

    def __init__(self, app):
        super().__init__(app)
        self.asked = []
        self._lock = Lock()
        self._rounds = []

    def expect(self, *rounds):
        """Let the next calls go only in rounds of these sizes, each call of a round beside the others."""
        self.asked.clear()
        self._rounds = [barrier for size in rounds for barrier in [Barrier(size)] * size]

    def handle_request(self, request):
        if request.url.path == TOKEN_PATH:
            return super().handle_request(request)  # fetched once, before everything else
        with self._lock:
            self.asked.append(request.url.raw_path.decode())
            barrier = self._rounds.pop(0) if self._rounds else None
        if barrier is not None:
            barrier.wait(MAX_WAIT_SECONDS)
        return super().handle_request(request)

    @property
    def rounds_left(self):
        return len(self._rounds)

    @property
    def kinds(self):
        """How often each operation was called since `asked` was cleared."""
        return Counter(path.partition("?")[0].rpartition("/")[2] for path in self.asked)


def book(*groups, bond=None):
    """The golden book with further groups: of the same accounts, or of one other that holds Apple."""
    given = json.loads(GOLDEN_BOOK.read_text())
    known = given["groups"][0]
    given["groups"] += [{**known, "group_id": name, "accounts": ["ACC001"]} for name in groups]
    if bond is not None:
        apple = {"cusip": bond, "ticker": "AAPL", "description": "Apple", "issuer_id": "AAPL", "price": 80.0}
        given["securities"].append({**given["securities"][0], **apple, "issuer": "Apple"})
        other = {"account_id": "OTHER", "account_name": "Other", "positions": [{"cusip": bond, "face": 5000}]}
        given["accounts"].append({**other, "cash": 1000, "currency": "USD", "restrictions": []})
        given["groups"].append({**known, "group_id": "ELSEWHERE", "accounts": ["OTHER"]})
    return given


@pytest.fixture
def make(tmp_path):
    """Make a desk whose calls are counted from now on."""

    def desk_on(given, **settings):
        file = tmp_path / "book.json"
        file.write_text(json.dumps(given))
        wire = CountingWire.over(file)
        desk = Desk(tmp_path, scenario=file, transport=wire, **settings)
        desk.wire = wire
        desk.wire.asked.clear()
        return desk

    return desk_on


def preview(desk, quantity=3_800_000, *, groups=("GOLDEN",), bond=BOND, **more):
    return desk.preview(bond, quantity, groups=groups, **more)


def commit(desk, found, status=200):
    return desk.post(f"allocations/{found['allocation_id']}/commit", status=status)


def without_our_index(desk):
    """Forget the bonds that we know ourselves: every id has to be looked up."""
    with desk.services.database.write() as session:
        session.execute(delete(SecurityRow))


# --- round trips --------------------------------------------------------------------------------------------


def test_a_cold_preview_over_several_groups_is_one_round_trip(make):
    desk = make(book("LEFT", "RIGHT"))
    desk.wire.expect(6)
    preview(desk, groups=["GOLDEN", "LEFT", "RIGHT"])
    assert desk.wire.kinds == {MEMBERS: 3, POSITIONS: 1, MASTER: 1, ANALYTICS: 1}


def test_a_bond_that_only_the_vendor_knows_costs_one_more(make):
    desk = make(book())
    without_our_index(desk)
    # First members, positions and the id; then terms and analytics.
    desk.wire.expect(3, 2)
    preview(desk)
    assert desk.wire.kinds == {MEMBERS: 1, POSITIONS: 1, MASTER: 2, ANALYTICS: 1}


def test_a_bond_that_nobody_of_the_groups_holds_costs_one_more_once(make):
    desk = make(book("EMPTY", bond=APPLE))
    desk.wire.expect(4, 1)
    assert preview(desk, 1_000_000, bond=APPLE)["order"]["price"] == 80.0
    assert desk.wire.kinds == {MEMBERS: 1, POSITIONS: 2, MASTER: 1, ANALYTICS: 1}
    desk.wire.asked.clear()
    preview(desk, 2_000_000, bond=APPLE)
    assert desk.wire.asked == []


def test_three_round_trips_are_the_most_for_flat_groups(make):
    desk = make(book(bond=APPLE))
    without_our_index(desk)
    desk.wire.expect(3, 2, 1)
    preview(desk, 1_000_000, bond=APPLE)
    assert (desk.wire.rounds_left, len(desk.wire.asked)) == (0, 6)


def test_a_level_of_nested_groups_costs_one_round_trip_more(make):
    given = book()
    known = given["groups"][0]
    members = {"TOP": ["LEFT", "RIGHT"], "LEFT": ["ACC001", "ACC002"], "RIGHT": ["ACC003", "ACC004"]}
    given["groups"] = [{**known, "group_id": name, "accounts": under} for name, under in members.items()]
    desk = make(given)
    desk.wire.expect(4, 2)
    assert len(preview(desk, groups=["TOP"])["allocations"]) == 4
    assert desk.wire.kinds == {MEMBERS: 3, POSITIONS: 1, MASTER: 1, ANALYTICS: 1}


class TwoAssets:
    """A book in which one ISIN stands for two assets."""

    def securities(self, ids, id_type):
        return {i: AssetFault(i, "AMBIGUOUS", f"{i}: fits A1, A2") for i in ids}


def test_an_id_that_stands_for_several_assets_is_a_conflict_that_names_them(make):
    lookup = SecurityLookup(make(book()).services.database, TwoAssets())
    with pytest.raises(Conflict, match="A1, A2"):
        lookup.find("US999999AA38")


# --- from memory --------------------------------------------------------------------------------------------


def test_a_warm_preview_asks_the_vendor_for_nothing(make):
    desk = make(book())
    first = preview(desk)
    desk.wire.asked.clear()
    second = preview(desk)
    assert desk.wire.asked == []
    assert second["allocations"] == first["allocations"]


def test_groups_in_another_order_are_warm_too(make):
    desk = make(book("LEFT"))
    preview(desk, groups=["GOLDEN", "LEFT"])
    desk.wire.asked.clear()
    preview(desk, groups=["LEFT", "GOLDEN"])
    assert desk.wire.asked == []


def test_without_lifetimes_every_preview_reads_anew(make):
    cold = {"ALADDIN_POSITIONS_CACHE_SECONDS": "0", "ALADDIN_REFERENCE_CACHE_SECONDS": "0"}
    desk = make(book(), **cold)
    preview(desk)
    preview(desk)
    assert desk.wire.kinds == {MEMBERS: 2, POSITIONS: 2, MASTER: 2, ANALYTICS: 2}


def test_fifty_cold_previews_at_once_read_everything_once(make):
    desk = make(book("LEFT", bond=APPLE))
    together = Barrier(50)
    body = {
        "order": {"security_id": APPLE, "side": "BUY", "quantity": 1_000_000},
        "allocation_method": "PRO_RATA",
    }

    def ask(number):
        client = desk.app.test_client()
        groups = ["GOLDEN", "LEFT"] if number % 2 else ["LEFT", "GOLDEN"]
        together.wait(MAX_WAIT_SECONDS)
        asked = {**body, "portfolio_groups": groups}
        return client.post("/v1/allocations/preview", json=asked, headers=desk.headers)

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(ask, range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.get_json()["allocation_id"] for answer in answers}) == 50
    assert set(Counter(desk.wire.asked).values()) == {1}
    assert desk.wire.kinds == {MEMBERS: 2, POSITIONS: 2, MASTER: 1, ANALYTICS: 1}


def test_an_error_of_the_vendor_is_not_remembered(make):
    desk = make(book())
    desk.wire.rows = {"price": "no number"}
    assert preview(desk, status=502)["code"] == "VENDOR_UNEXPECTED"
    desk.wire.rows = {}
    assert preview(desk)["warnings"] == []


def test_readiness_asks_the_vendor_itself_however_warm_the_book_is(make):
    desk = make(book())
    preview(desk)
    desk.wire.asked.clear()
    assert desk.client.get("/health/ready").status_code == 200
    assert desk.wire.kinds[NODE] == 1


# --- afresh -------------------------------------------------------------------------------------------------


def test_a_commit_reads_everything_afresh_however_warm_the_preview_was(make):
    desk = make(book())
    found = preview(desk)
    desk.wire.asked.clear()
    commit(desk, found)
    assert desk.wire.kinds == {MEMBERS: 1, POSITIONS: 1, MASTER: 1, ANALYTICS: 1, POST: 1}


def test_an_order_that_grows_reads_everything_afresh(make):
    desk = make(book())
    (order_id,) = commit(desk, preview(desk, 380_000))["aladdin_order_ids"]
    preview(desk, 380_000)
    desk.wire.asked.clear()
    desk.call("PUT", f"orders/{order_id}", json={"quantity": 760_000, "comment": ""})
    read = {k: n for k, n in desk.wire.kinds.items() if k in {MEMBERS, POSITIONS, MASTER, ANALYTICS}}
    assert read == {MEMBERS: 1, POSITIONS: 1, MASTER: 1, ANALYTICS: 1}


def cash_of(desk):
    return sum(a["cash"] for a in desk.get("portfolio-groups/GOLDEN/accounts")["accounts"])


def test_the_book_shows_an_order_its_change_and_its_end_at_once(make):
    desk = make(book())
    seen = [cash_of(desk)]
    (order_id,) = commit(desk, preview(desk, 380_000))["aladdin_order_ids"]
    seen.append(cash_of(desk))
    desk.call("PUT", f"orders/{order_id}", json={"quantity": 760_000, "comment": ""})
    seen.append(cash_of(desk))
    desk.call("DELETE", f"orders/{order_id}", json={"reason": "withdrawn"})
    seen.append(cash_of(desk))
    # 380,000 at 98.5 is 374,300.
    assert seen == [17e6, 17e6 - 374_300, 17e6 - 748_600, 17e6]


@pytest.mark.parametrize(
    ("fault", "status"), [("lost", 200), ("away", 503), ("unreached", 503), ("refused", 200)]
)
def test_whatever_becomes_of_an_order_positions_are_read_anew(make, fault, status):
    desk = make(book())
    found = preview(desk)
    desk.wire.faults["/order:post"] = fault
    commit(desk, found, status=status)
    desk.wire.asked.clear()
    preview(desk)
    assert desk.wire.kinds == {POSITIONS: 1}
