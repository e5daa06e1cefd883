"""The book kept for a while: one call for many askers, nothing stale after an order, no error kept."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Event, Lock, Thread
from types import FrameType
from typing import Any

import pytest

from app.services.aladdin import cached_book
from app.services.aladdin.answer_cache import OwnCaches
from app.services.aladdin.cached_book import CachedBook
from app.services.aladdin.errors import VendorFailed, VendorNotFound
from app.services.aladdin.mapping.securities import IdType
from app.services.domain.book import AsOf, AssetFault, GroupMembers, GroupNode, Holding
from app.services.domain.positions import AccountPositions

SOD, ORDERS = AsOf.SOD, AsOf.TRADES_AND_ORDERS
MAX_WAIT_SECONDS = 30
"""Seconds after which a test that hangs fails."""


class FakeBook:
    """Counts what is read; every answer is a new one. A gate can hold reads, an error can fail them."""

    def __init__(self) -> None:
        self.reads: list[tuple[str, tuple[str, ...]]] = []
        self.gate: Event | None = None
        self.reading = Event()
        self.errors: dict[str, Exception] = {}
        self.faults: set[str] = set()
        self.fault_code = "NO"
        self._lock = Lock()

    def node(self, ticker: str) -> GroupNode:
        return GroupNode(ticker, str(self._read("node", [ticker])), ())

    def group_members(self, group_ids: Sequence[str]) -> tuple[GroupMembers, ...]:
        number = self._read("members", group_ids)
        return tuple(GroupMembers(group_id, (f"{group_id}-{number}",)) for group_id in group_ids)

    def positions(self, tickers: Sequence[str], as_of: AsOf) -> tuple[AccountPositions, ...]:
        number = self._read(as_of, tickers)
        return (account(str(number)),)

    def securities(self, ids: Sequence[str], id_type: IdType = IdType.CUSIP) -> Any:
        return self._by_id(f"securities {id_type}", ids)

    def analytics(self, ids: Sequence[str]) -> Any:
        return self._by_id("analytics", ids)

    def ratings(self, ids: Sequence[str]) -> Any:
        return self._by_id("ratings", ids)

    def _by_id(self, what: str, ids: Sequence[str]) -> dict[str, object]:
        number = self._read(what, ids)
        return {i: AssetFault(i, self.fault_code, "no") if i in self.faults else f"{i}-{number}" for i in ids}

    def _read(self, what: str, names: Sequence[str]) -> int:
        with self._lock:
            self.reads.append((what, tuple(names)))
            number, gate = len(self.reads), self.gate
        self.reading.set()
        if gate is not None:
            assert gate.wait(MAX_WAIT_SECONDS)
        for name in names:
            if name in self.errors:
                raise self.errors[name]
        return number


class Timer:
    """Seconds, moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def account(account_id: str, holdings: tuple[Holding, ...] = ()) -> AccountPositions:
    return AccountPositions(account_id, None, None, None, None, holdings)


@pytest.fixture
def vendor() -> FakeBook:
    return FakeBook()


@pytest.fixture
def timer() -> Timer:
    return Timer()


@pytest.fixture
def book(vendor: FakeBook, timer: Timer) -> CachedBook:
    return CachedBook(
        vendor, OwnCaches(timer), positions_seconds=15, reference_seconds=300, unknown_seconds=30
    )


def uncached(vendor: FakeBook) -> CachedBook:
    return CachedBook(vendor, OwnCaches(), positions_seconds=0, reference_seconds=0, unknown_seconds=0)


def is_waiting(thread: Thread) -> bool:
    """Whether a thread waits for a read of another's; a dead one's id may be a new one's by now."""
    if not thread.is_alive():
        return False
    frame: FrameType | None = sys._current_frames().get(thread.ident or 0)
    names = []
    while frame is not None:
        names.append(frame.f_code.co_qualname)
        frame = frame.f_back
    return "Future.exception" in names


class Crowd:
    """Threads that ask, each for one thing."""

    def __init__(self) -> None:
        self._threads: list[Thread] = []

    def ask(self, question: Callable[[], object]) -> Future[Any]:
        answer: Future[Any] = Future()

        def run() -> None:
            try:
                answer.set_result(question())
            except Exception as error:  # noqa: BLE001
                answer.set_exception(error)

        thread = Thread(target=run, daemon=True)
        self._threads.append(thread)
        thread.start()
        return answer

    def wait_until_waiting(self, count: int) -> None:
        """Return when so many of the threads wait for a read of another's."""
        tick = Event()
        for _ in range(MAX_WAIT_SECONDS * 1000):
            if sum(is_waiting(thread) for thread in self._threads) == count:
                return
            tick.wait(0.001)
        raise AssertionError(f"there are never {count} threads that wait")


# --- what is kept -------------------------------------------------------------------------------------------

READS: dict[str, tuple[Callable[[CachedBook], object], float]] = {
    "positions": (lambda book: book.positions(["A", "B"], SOD), 15),
    "members": (lambda book: book.group_members(["A", "B"]), 300),
    "node": (lambda book: book.node("A"), 300),
    "securities": (lambda book: book.securities(["A", "B"], IdType.ISIN), 300),
    "analytics": (lambda book: book.analytics(["A", "B"]), 300),
    "ratings": (lambda book: book.ratings(["A", "B"]), 300),
}


@pytest.mark.parametrize("kind", READS)
def test_an_answer_lives_for_its_time_and_no_longer(
    kind: str, book: CachedBook, vendor: FakeBook, timer: Timer
) -> None:
    read, life = READS[kind]
    first = read(book)
    timer.now += life - 0.001
    assert read(book) == first
    assert len(vendor.reads) == 1
    timer.now += 0.001
    assert read(book) != first
    assert len(vendor.reads) == 2


@pytest.mark.parametrize("kind", READS)
def test_without_a_lifetime_nothing_is_kept(kind: str, vendor: FakeBook) -> None:
    read, _ = READS[kind]
    book = uncached(vendor)
    assert read(book) != read(book)
    assert len(vendor.reads) == 2


def test_the_same_groups_in_another_order_are_the_same_positions(book: CachedBook, vendor: FakeBook) -> None:
    first = book.positions(["B", "A"], SOD)
    assert book.positions(["A", "B", "A"], SOD) == first
    assert vendor.reads == [(SOD, ("A", "B"))]


def test_other_positions_are_read_by_themselves(book: CachedBook, vendor: FakeBook) -> None:
    for groups, as_of in ((["A", "B"], SOD), (["A"], SOD), (["A", "B"], ORDERS)):
        book.positions(groups, as_of)
    assert len(vendor.reads) == 3


@pytest.mark.parametrize(
    ("read", "name"),
    [
        (lambda book, ids: book.group_members(ids), "members"),
        (lambda book, ids: book.securities(ids), "securities CUSIP"),
        (lambda book, ids: book.analytics(ids), "analytics"),
        (lambda book, ids: book.ratings(ids), "ratings"),
    ],
)
def test_questions_that_overlap_share_answers(
    read: Callable[[CachedBook, list[str]], object], name: str, book: CachedBook, vendor: FakeBook
) -> None:
    read(book, ["A", "B"])
    read(book, ["C", "B"])
    read(book, ["C", "A"])
    assert vendor.reads == [(name, ("A", "B")), (name, ("C",))]


def test_answers_come_in_the_order_of_the_question(book: CachedBook) -> None:
    book.group_members(["B"])
    assert [m.group_id for m in book.group_members(["C", "B", "A", "C"])] == ["C", "B", "A"]
    book.analytics(["B"])
    assert list(book.analytics(["C", "B", "A"])) == ["C", "B", "A"]


def test_an_id_is_another_one_under_another_type(book: CachedBook, vendor: FakeBook) -> None:
    book.securities(["A"], IdType.CUSIP)
    book.securities(["A"], IdType.ALADDIN)
    assert [what for what, _ in vendor.reads] == ["securities CUSIP", "securities ALADDIN_SEC_ID"]


def test_nothing_asked_is_nothing_read(book: CachedBook, vendor: FakeBook) -> None:
    assert book.analytics([]) == {}
    assert book.group_members([]) == ()
    assert vendor.reads == []


def test_errors_are_not_kept(book: CachedBook, vendor: FakeBook) -> None:
    vendor.errors["A"] = VendorFailed("down")
    with pytest.raises(VendorFailed):
        book.positions(["A"], SOD)
    vendor.errors.clear()
    assert book.positions(["A"], SOD)


def test_faults_of_single_ids_are_not_kept(book: CachedBook, vendor: FakeBook) -> None:
    vendor.faults = {"A"}
    assert isinstance(book.analytics(["A", "B"])["A"], AssetFault)
    vendor.faults.clear()
    assert book.analytics(["A", "B"]) == {"A": "A-2", "B": "B-1"}
    assert [ids for _, ids in vendor.reads] == [("A", "B"), ("A",)]


def test_what_is_kept_has_a_bound(vendor: FakeBook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cached_book, "MAX_POSITION_ROWS", 5)
    monkeypatch.setattr(cached_book, "MAX_REFERENCE_ANSWERS", 2)
    book = CachedBook(vendor, OwnCaches(), positions_seconds=15, reference_seconds=300, unknown_seconds=30)
    for name in "ABC":  # each answer weighs 2: itself and one account
        book.positions([name], SOD)
        book.node(name)
    vendor.reads.clear()
    for name in "CBA":
        book.positions([name], SOD)
        book.node(name)
    assert vendor.reads == [(SOD, ("A",)), ("node", ("A",))]


def test_an_answer_above_the_bound_is_given_and_not_kept(
    vendor: FakeBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cached_book, "MAX_POSITION_ROWS", 1)
    book = CachedBook(vendor, OwnCaches(), positions_seconds=15, reference_seconds=300, unknown_seconds=30)
    assert book.positions(["A"], SOD) != book.positions(["A"], SOD)


# --- many at once -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", READS)
def test_fifty_askers_make_one_call_even_without_a_cache(kind: str, vendor: FakeBook) -> None:
    read, _ = READS[kind]
    book, crowd = uncached(vendor), Crowd()
    vendor.gate = Event()
    answers = [crowd.ask(lambda: read(book)) for _ in range(50)]
    crowd.wait_until_waiting(49)
    vendor.gate.set()
    found = [answer.result(MAX_WAIT_SECONDS) for answer in answers]
    assert len(vendor.reads) == 1
    assert all(answer == found[0] for answer in found)


def test_all_who_wait_get_the_error_and_the_next_one_asks_again(book: CachedBook, vendor: FakeBook) -> None:
    crowd, vendor.gate = Crowd(), Event()
    vendor.errors["A"] = VendorFailed("down")
    answers = [crowd.ask(lambda: book.positions(["A"], SOD)) for _ in range(50)]
    crowd.wait_until_waiting(49)
    vendor.gate.set()
    assert {str(answer.exception(MAX_WAIT_SECONDS)) for answer in answers} == {"down"}
    assert len(vendor.reads) == 1
    vendor.errors.clear()
    assert book.positions(["A"], SOD)


def test_whatever_ends_a_read_ends_the_waiting(book: CachedBook, vendor: FakeBook) -> None:
    crowd, vendor.gate = Crowd(), Event()
    vendor.errors["A"] = ZeroDivisionError("a mistake of ours")
    answers = [crowd.ask(lambda: book.node("A")) for _ in range(2)]
    crowd.wait_until_waiting(1)
    vendor.gate.set()
    assert {type(answer.exception(MAX_WAIT_SECONDS)) for answer in answers} == {ZeroDivisionError}


def test_nobody_gets_the_error_of_what_he_did_not_ask_for(book: CachedBook, vendor: FakeBook) -> None:
    crowd, vendor.gate = Crowd(), Event()
    vendor.errors["BAD"] = VendorNotFound("no BAD")
    both = crowd.ask(lambda: book.group_members(["A", "BAD"]))
    assert vendor.reading.wait(MAX_WAIT_SECONDS)
    good = crowd.ask(lambda: book.group_members(["A"]))
    crowd.wait_until_waiting(1)
    vendor.gate.set()
    assert isinstance(both.exception(MAX_WAIT_SECONDS), VendorNotFound)
    assert [m.group_id for m in good.result(MAX_WAIT_SECONDS)] == ["A"]
    assert [names for _, names in vendor.reads] == [("A", "BAD"), ("A",)]


def test_who_needs_more_reads_only_the_rest(book: CachedBook, vendor: FakeBook) -> None:
    crowd, vendor.gate = Crowd(), Event()
    first = crowd.ask(lambda: book.analytics(["A", "B"]))
    assert vendor.reading.wait(MAX_WAIT_SECONDS)
    vendor.reading.clear()
    second = crowd.ask(lambda: book.analytics(["B", "C"]))
    assert vendor.reading.wait(MAX_WAIT_SECONDS)
    vendor.gate.set()
    assert first.result(MAX_WAIT_SECONDS) == {"A": "A-1", "B": "B-1"}
    assert second.result(MAX_WAIT_SECONDS) == {"B": "B-1", "C": "C-2"}
    assert vendor.reads == [("analytics", ("A", "B")), ("analytics", ("C",))]


# --- after an order -----------------------------------------------------------------------------------------


def test_positions_are_forgotten_at_once_and_nothing_else(book: CachedBook, vendor: FakeBook) -> None:
    stale, node = book.positions(["A"], SOD), book.node("A")
    book.forget_positions()
    assert book.positions(["A"], SOD) != stale
    assert book.node("A") == node


def test_a_read_from_before_an_order_serves_nobody_after_it(book: CachedBook, vendor: FakeBook) -> None:
    crowd, vendor.gate = Crowd(), Event()
    gate = vendor.gate
    before = crowd.ask(lambda: book.positions(["A"], SOD))
    assert vendor.reading.wait(MAX_WAIT_SECONDS)
    book.forget_positions()
    vendor.gate = None
    after = book.positions(["A"], SOD)
    gate.set()
    assert before.result(MAX_WAIT_SECONDS) == (account("1"),)
    assert after == (account("2"),)
    # The old answer landed last, and still it is the new one that is kept.
    assert book.positions(["A"], SOD) == after
    assert len(vendor.reads) == 2


def test_a_read_from_before_an_order_is_not_put_back(book: CachedBook, vendor: FakeBook) -> None:
    crowd, vendor.gate = Crowd(), Event()
    before = crowd.ask(lambda: book.positions(["A"], SOD))
    assert vendor.reading.wait(MAX_WAIT_SECONDS)
    book.forget_positions()
    vendor.gate.set()
    assert before.result(MAX_WAIT_SECONDS) == (account("1"),)
    assert book.positions(["A"], SOD) == (account("2"),)


def test_an_old_read_that_lands_does_not_take_a_new_one_off_the_list(
    book: CachedBook, vendor: FakeBook
) -> None:
    crowd, vendor.gate = Crowd(), Event()
    old = vendor.gate
    before = crowd.ask(lambda: book.positions(["A"], SOD))
    assert vendor.reading.wait(MAX_WAIT_SECONDS)
    book.forget_positions()
    vendor.gate = Event()
    vendor.reading.clear()
    after = crowd.ask(lambda: book.positions(["A"], SOD))
    assert vendor.reading.wait(MAX_WAIT_SECONDS)
    old.set()
    before.result(MAX_WAIT_SECONDS)
    late = crowd.ask(lambda: book.positions(["A"], SOD))
    crowd.wait_until_waiting(1)
    vendor.gate.set()
    assert late.result(MAX_WAIT_SECONDS) == after.result(MAX_WAIT_SECONDS) == (account("2"),)
    assert len(vendor.reads) == 2


# --- unknown ids --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["NOT_FOUND", "5", "404", "NOT_ANSWERED"])
@pytest.mark.parametrize("read", ["securities", "analytics", "ratings"])
def test_an_unknown_id_is_remembered_for_a_while(
    book: CachedBook, vendor: FakeBook, timer: Timer, read: str, code: str
) -> None:
    vendor.faults, vendor.fault_code = {"B"}, code
    for _ in range(3):
        assert isinstance(getattr(book, read)(["B"])["B"], AssetFault)
    timer.now += 29
    getattr(book, read)(["B"])
    assert len(vendor.reads) == 1
    timer.now += 1
    vendor.faults = set()
    assert not isinstance(getattr(book, read)(["B"])["B"], AssetFault)


@pytest.mark.parametrize(
    "read",
    [
        lambda book: book.node("G"),
        lambda book: book.group_members(["G"]),
        lambda book: book.positions(["G"], SOD),
    ],
    ids=["node", "members", "positions"],
)
def test_an_unknown_ticker_is_remembered_for_a_while(
    book: CachedBook, vendor: FakeBook, timer: Timer, read: Callable[[CachedBook], object]
) -> None:
    vendor.errors["G"] = VendorNotFound("no G", extra={"operation": "any"})
    for _ in range(3):
        with pytest.raises(VendorNotFound, match="no G") as caught:
            read(book)
        assert caught.value.extra == {"operation": "any"}
    assert len(vendor.reads) == 1
    timer.now += 30
    vendor.errors = {}
    read(book)
    assert len(vendor.reads) == 2


def test_a_group_is_not_unknown_because_another_is(book: CachedBook, vendor: FakeBook) -> None:
    vendor.errors["G"] = VendorNotFound("no G")
    with pytest.raises(VendorNotFound):
        book.group_members(["G", "H"])
    assert book.group_members(["H"])[0].group_id == "H"


def test_without_the_negative_cache_unknown_ids_are_read_each_time(vendor: FakeBook) -> None:
    book = uncached(vendor)
    vendor.faults, vendor.fault_code = {"B"}, "NOT_FOUND"
    book.securities(["B"])
    book.securities(["B"])
    assert len(vendor.reads) == 2


def test_unknown_ids_take_bounded_room(book: CachedBook, vendor: FakeBook) -> None:
    vendor.fault_code = "NOT_FOUND"
    names = [f"U{n}" for n in range(cached_book.MAX_REFERENCE_ANSWERS + 5)]
    vendor.faults = set(names)
    for name in names:
        book.securities([name])
    assert len(book._securities._cache) == cached_book.MAX_REFERENCE_ANSWERS
