"""The book kept in Redis: read once by one process, for all; nothing from before an order of any of them."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Event
from uuid import uuid4

import pytest
from redis.exceptions import ConnectionError as RedisGone

from app.core.errors import FieldError
from app.core.redis_link import RedisAway, RedisLink
from app.services.aladdin import shared_cache
from app.services.aladdin.answer_cache import AnswerKind, OwnCaches
from app.services.aladdin.answer_codec import AnswerCodec
from app.services.aladdin.cached_book import CachedBook
from app.services.aladdin.errors import VendorFailed, VendorNotFound
from app.services.aladdin.mapping.securities import IdType
from app.services.aladdin.shared_cache import SharedCaches
from app.services.domain.book import (
    AgencyRating,
    Analytics,
    AsOf,
    AssetFault,
    GroupMembers,
    GroupNode,
    Holding,
    Price,
    Ratings,
    Security,
)
from app.services.domain.positions import AccountPositions
from tests.support.redis_server import NOBODY, RedisServer
from tests.unit.aladdin.clocks import FakeTime

SOD = AsOf.SOD
LONG_SECONDS = 30

HOLDING = Holding(
    "ACC-1",
    "912828YW4",
    None,
    Decimal("1000000.00"),
    Decimal(-5),
    None,
    Price(Decimal("99.015625"), date(2026, 6, 30), "VENDOR"),
    4.1,
    0.1 + 0.2,
    None,
)
ACCOUNT = AccountPositions("ACC-1", Decimal("100.10"), None, "USD", date(2026, 6, 30), (HOLDING,))
BOND = Security(
    "912828YW4", "US912828YW42", None, "T 1 5/8", "US", "I-1", None, "US", "AA+", "USD", Decimal("1.625"), 2,
    "ACT/ACT", date(2019, 12, 31), None, 100, 100, None, 1, Decimal("0.875"), pays_at_month_end=False,
)  # fmt: skip
RISK = Analytics("912828YW4", None, 4.25, None, -3.5, 1e-300, 4.0, Decimal("0.1"))
RATED = Ratings("912828YW4", "AA+", (AgencyRating(1, "Aa1", date(2025, 5, 16)),))


@pytest.fixture(scope="module")
def redis(tmp_path_factory):
    server = RedisServer.start(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


class Vendor:
    """Counts what is read of it; a gate holds reads, an error fails them."""

    def __init__(self):
        self.reads = []
        self.gate = None
        self.reading = Event()
        self.error = None

    def positions(self, tickers, as_of):
        number = self._read("positions", tickers)
        return (AccountPositions(f"{'+'.join(tickers)}-{number}"),)

    def analytics(self, ids):
        number = self._read("analytics", ids)
        return {
            i: AssetFault(i, "NOT_FOUND" if i == "NONE" else "500", "no") if i in ("NONE", "BAD")
            else Analytics(i, None, float(number), None, None, None, None, None)
            for i in ids
        }  # fmt: skip

    def node(self, ticker):
        self._read("node", [ticker])
        raise VendorNotFound("There is none", errors=[FieldError("x", "y")], extra={"request_id": "r-1"})

    def _read(self, what, names):
        self.reads.append((what, tuple(names)))
        number = len(self.reads)
        self.reading.set()
        if self.gate is not None:
            assert self.gate.wait(LONG_SECONDS)
        if self.error is not None:
            raise self.error
        return number


class Desk:
    """Processes with a cached book each, over one vendor and one Redis."""

    def __init__(self, url, *, seconds=15, clock=time.monotonic):
        self.vendor = Vendor()
        self.prefix = f"test:{uuid4()}"
        self.links = [RedisLink(url, monotonic=clock) for _ in range(2)]
        self.books = [
            CachedBook(
                self.vendor,
                SharedCaches(link, self.prefix),
                positions_seconds=seconds,
                reference_seconds=300,
                unknown_seconds=30,
            )
            for link in self.links
        ]


@pytest.fixture
def desk(redis):
    return Desk(redis.url)


@pytest.fixture
def crowd():
    with ThreadPoolExecutor(8) as pool:
        yield pool


@pytest.mark.parametrize(
    ("of", "answer"),
    [
        (tuple[AccountPositions, ...], (ACCOUNT, AccountPositions("ACC-2"))),
        (GroupNode, GroupNode("G", None, ("A", "B"))),
        (GroupMembers, GroupMembers("G", ("A",), ())),
        (Security, BOND),
        (Analytics, RISK),
        (Ratings, RATED),
        (Security, AssetFault("X", "NOT_FOUND", "no")),
    ],
)
def test_answers_are_the_same_after_the_way_through_redis(of, answer):
    codec = AnswerCodec(of)
    assert codec.decode(codec.encode(answer)) == answer


def test_what_was_computed_of_positions_is_not_kept():
    codec = AnswerCodec(tuple[AccountPositions, ...])
    used = AccountPositions("ACC-1", Decimal(100), holdings=(HOLDING,))
    before = codec.encode((used,))
    assert used.unvalued == ("912828YW4",)
    assert used.of_security("912828YW4")
    assert codec.encode((used,)) == before


@pytest.mark.parametrize("content", [b"", b"nothing of ours", b"\x80\x04K\x01."])
def test_what_others_wrote_is_no_answer(content):
    assert AnswerCodec(Security).decode(content) is None


def test_what_one_process_reads_serves_the_others(desk):
    ours, theirs = desk.books
    assert ours.positions(["B", "A"], SOD) == theirs.positions(["A", "B"], SOD)
    assert ours.analytics(["X"]) == theirs.analytics(["X"])
    assert theirs.analytics(["Y", "X"])["Y"].duration == 3.0
    assert desk.vendor.reads == [("positions", ("A", "B")), ("analytics", ("X",)), ("analytics", ("Y",))]


def test_that_something_is_unknown_serves_the_others_and_other_faults_do_not(desk):
    for book in desk.books:
        with pytest.raises(VendorNotFound) as caught:
            book.node("NOBODY")
        assert (caught.value.detail, caught.value.errors) == ("There is none", (FieldError("x", "y"),))
        assert caught.value.extra == {"request_id": "r-1"}
        assert book.analytics(["NONE"])["NONE"].code == "NOT_FOUND"
        assert book.analytics(["BAD"])["BAD"].code == "500"
    names = [name for _, (name,) in desk.vendor.reads]
    assert names == ["NOBODY", "NONE", "BAD", "BAD"]


def test_an_order_of_one_process_is_seen_by_the_others(desk):
    ours, theirs = desk.books
    before = theirs.positions(["A"], SOD)
    assert ours.positions(["A"], SOD) == before
    risk = theirs.analytics(["X"])
    ours.forget_positions()
    after = theirs.positions(["A"], SOD)
    assert after != before
    assert ours.positions(["A"], SOD) == after
    assert ours.analytics(["X"]) == risk
    assert len(desk.vendor.reads) == 3


def test_a_read_from_before_an_order_of_another_process_serves_nobody_after_it(desk, crowd):
    ours, theirs = desk.books
    desk.vendor.gate = gate = Event()
    before = crowd.submit(theirs.positions, ["A"], SOD)
    assert desk.vendor.reading.wait(LONG_SECONDS)
    ours.forget_positions()
    desk.vendor.gate = None
    after = ours.positions(["A"], SOD)
    gate.set()
    assert before.result(LONG_SECONDS) == (AccountPositions("A-1"),)
    assert after == (AccountPositions("A-2"),)
    assert [book.positions(["A"], SOD) for book in desk.books] == [after, after]
    assert len(desk.vendor.reads) == 2


def test_processes_that_ask_at_once_cause_one_read(desk, crowd):
    desk.vendor.gate = Event()
    answers = [crowd.submit(book.positions, ["A"], SOD) for book in desk.books for _ in range(3)]
    assert desk.vendor.reading.wait(LONG_SECONDS)
    time.sleep(3 * shared_cache.POLL_SECONDS)
    desk.vendor.gate.set()
    assert {each.result(LONG_SECONDS) for each in answers} == {(AccountPositions("A-1"),)}
    assert len(desk.vendor.reads) == 1


def test_after_a_read_that_failed_another_process_reads(desk, crowd):
    ours, theirs = desk.books
    desk.vendor.gate, desk.vendor.error = Event(), VendorFailed("no")
    gate = desk.vendor.gate
    failing = crowd.submit(ours.positions, ["A"], SOD)
    assert desk.vendor.reading.wait(LONG_SECONDS)
    waiting = crowd.submit(theirs.positions, ["A"], SOD)
    time.sleep(3 * shared_cache.POLL_SECONDS)
    assert len(desk.vendor.reads) == 1
    desk.vendor.gate = None
    gate.set()
    for each in (failing, waiting):
        with pytest.raises(VendorFailed):
            each.result(LONG_SECONDS)
    assert len(desk.vendor.reads) == 2
    desk.vendor.error = None
    assert theirs.positions(["A"], SOD) == (AccountPositions("A-3"),)


def test_nobody_waits_for_long_for_a_process_that_has_died(desk, monkeypatch):
    monkeypatch.setattr(shared_cache, "LOCK_SECONDS", 0.3)
    ours, theirs = desk.books
    desk.vendor.error = KeyboardInterrupt()
    monkeypatch.setattr(shared_cache, "UNLOCK", "return 1")  # the lock stays, as that of a killed process
    with pytest.raises(KeyboardInterrupt):
        ours.positions(["A"], SOD)
    desk.vendor.error = None
    began = time.monotonic()
    assert theirs.positions(["A"], SOD) == (AccountPositions("A-2"),)
    assert 0.2 < time.monotonic() - began < 2


def test_an_answer_of_redis_lives_no_longer_than_one_that_was_read(redis):
    desk = Desk(redis.url, seconds=0.6)
    ours, theirs = desk.books
    first = ours.positions(["A"], SOD)
    time.sleep(0.4)
    assert theirs.positions(["A"], SOD) == first
    time.sleep(0.3)
    assert theirs.positions(["A"], SOD) == (AccountPositions("A-2"),)


def test_a_cache_that_is_switched_off_shares_nothing(redis):
    kind = AnswerKind("positions", tuple[AccountPositions, ...], 0, lambda _: 0.0, 10, changes=True)
    made = SharedCaches(RedisLink(redis.url), "test").make(kind)
    assert type(made) is type(OwnCaches().make(kind))


def test_what_is_in_redis_ends_by_itself_and_its_names_name_nobody(desk, redis):
    desk.books[0].positions(["ACCOUNT-OF-SOMEBODY"], SOD)
    desk.books[0].analytics(["912828YW4"])
    client = redis.client()
    keys = client.keys(f"{desk.prefix}*")
    assert len(keys) == 3
    assert not [key for key in keys if b"SOMEBODY" in key or b"912828" in key]
    assert all(client.pttl(key) > 0 for key in keys)
    kinds = {key.decode().split(":")[2] for key in keys}
    assert kinds == {"positions", "analytics"}
    client.close()


def test_an_answer_that_is_too_large_is_kept_by_its_process(desk, monkeypatch):
    monkeypatch.setattr(shared_cache, "MAX_BYTES", 10)
    for _ in range(2):
        assert [book.positions(["A"], SOD) for book in desk.books] == [
            (AccountPositions("A-1"),),
            (AccountPositions("A-2"),),
        ]


# --- Redis away ---------------------------------------------------------------------------------------------


def test_without_redis_each_process_keeps_answers_for_itself():
    desk = Desk(NOBODY)
    for _ in range(2):
        found = [book.positions(["A"], SOD) for book in desk.books]
        assert found == [(AccountPositions("A-1"),), (AccountPositions("A-2"),)]
    desk.books[0].forget_positions()
    assert desk.books[0].positions(["A"], SOD) == (AccountPositions("A-3"),)


def test_an_order_that_could_not_be_told_is_told_as_soon_as_redis_is_back(desk, monkeypatch):
    def away(*_, **__):
        raise RedisAway

    ours, theirs = desk.books
    first = ours.positions(["A"], SOD)
    assert theirs.positions(["A"], SOD) == first
    with monkeypatch.context() as cut:
        cut.setattr(desk.links[0], "ask", away)
        ours.forget_positions()
        second = ours.positions(["A"], SOD)
        assert second != first
    third = ours.positions(["A"], SOD)
    assert theirs.positions(["A"], SOD) == third
    assert third not in (first, second)


def test_an_order_that_could_not_be_told_is_told_where_its_process_asks_no_more(redis, monkeypatch):
    class Cut:
        def set(self, *_, **__):
            raise RedisGone

    clock = FakeTime()
    desk = Desk(redis.url, clock=clock)
    ours, theirs = desk.books
    first = ours.positions(["A"], SOD)
    assert theirs.positions(["A"], SOD) == first
    with monkeypatch.context() as cut:
        cut.setattr(desk.links[0], "_client", Cut())
        ours.forget_positions()
    clock.now += 10
    assert desk.links[0].answers()  # as the link's own thread asks
    assert theirs.positions(["A"], SOD) != first


def test_a_redis_that_does_not_answer_is_left_alone(tmp_path):
    server, clock = RedisServer.start(tmp_path), FakeTime()
    ours = Desk(server.url, clock=clock).books[0]
    try:
        first = ours.positions(["A"], SOD)
        server.freeze()
        began = time.monotonic()
        assert all(ours.positions(["A"], SOD) == (AccountPositions("A-2"),) for _ in range(50))
        assert time.monotonic() - began < 1
        server.thaw()
        clock.now += 10
        assert ours.positions(["A"], SOD) == first
    finally:
        server.thaw()
        server.stop()


def test_a_redis_that_was_started_again_serves_nothing_old(tmp_path):
    server, clock = RedisServer.start(tmp_path), FakeTime()
    desk = Desk(server.url, clock=clock)
    ours, theirs = desk.books
    try:
        assert ours.positions(["A"], SOD) == theirs.positions(["A"], SOD)
        server.stop()
        assert ours.positions(["A"], SOD) == (AccountPositions("A-2"),)
        ours.forget_positions()
        server.again()
        clock.now += 10
        found = [book.positions(["A"], SOD) for book in desk.books]
        assert found == [(AccountPositions("A-3"),)] * 2
        assert [link.answers() for link in desk.links] == [True, True]
    finally:
        server.stop()


def test_securities_are_kept_by_the_kind_of_their_id(redis):
    class Master(Vendor):
        def securities(self, ids, id_type):
            self._read(str(id_type), ids)
            return dict.fromkeys(ids, BOND)

    desk = Desk(redis.url)
    vendor = Master()
    for book in desk.books:
        book._book = vendor
        for id_type in (IdType.CUSIP, IdType.ISIN):
            assert book.securities(["912828YW4"], id_type) == {"912828YW4": BOND}
    assert len(vendor.reads) == 2
