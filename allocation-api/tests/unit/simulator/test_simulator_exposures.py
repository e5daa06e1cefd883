"""What orders come to by issuer is kept up to date, and is what looking at all orders would give."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from aladdin_simulator import SimulatorBook
from aladdin_simulator.book import Bond, exact
from aladdin_simulator.wire.exposures import Exposures
from aladdin_simulator.wire.fills import Fills
from aladdin_simulator.wire.order_messages import DetailInput, Order, OrderInput, PortfolioReference
from aladdin_simulator.wire.order_rules import CANCELED, LIVE_STATUSES, SIGNS, OrderRules
from aladdin_simulator.wire.portfolios import Portfolios
from aladdin_simulator.wire.timeline import Timeline
from tests.unit.simulator.vendor import COMPANY, FILL_SECONDS, START, TREASURY, small_book

YESTERDAY = START.date() - timedelta(days=1)
ACCOUNTS = ("ACC001", "ACC002", "ACC003")


@pytest.fixture
def book(tmp_path) -> SimulatorBook:
    return small_book(tmp_path)


class CountingBonds(Mapping[str, Bond]):
    """Bonds by CUSIP that count how often they are asked for."""

    def __init__(self, bonds: Mapping[str, Bond]) -> None:
        self.bonds = bonds
        self.asked = 0

    def __getitem__(self, cusip: str) -> Bond:
        self.asked += 1
        return self.bonds[cusip]

    def __iter__(self) -> Iterator[str]:
        return iter(self.bonds)

    def __len__(self) -> int:
        return len(self.bonds)


class Desk:
    """Posts and cancels orders as the order desk does, and keeps their timelines."""

    def __init__(self, book: SimulatorBook, exposures: Exposures) -> None:
        self.rules = OrderRules(book, Portfolios(book))
        self.fills = Fills(book.bond_by_cusip, fill_seconds=FILL_SECONDS, seed=1)
        self.exposures = exposures
        self.timelines: dict[str, Timeline] = {}
        self.now = START

    def new(self, cusip: str, side: str, faces: Mapping[str, float], *, day: bool = False) -> Order:
        details = tuple(
            DetailInput(portfolio_reference=PortfolioReference(portfolio_ticker=ticker), quantity=face)
            for ticker, face in faces.items()
        )
        sent = OrderInput(
            id=str(len(self.timelines)),
            asset_id=cusip,
            transaction_type=side,
            expiration_type="Day" if day else None,
            order_details=details,
        )
        return self.rules.new_order(sent, self.now)

    def keep(self, order: Order) -> None:
        before = self.timelines.get(order.id or "")
        future = self.fills.future_states(order)
        today = (self.now.date(),) * (1 + len(future))
        timeline = (before or Timeline((), (), self.now)).touch(order, future, today)
        self.timelines[order.id or ""] = timeline
        self.exposures.replace(before, timeline)


def value_elsewhere(book: SimulatorBook, desk: Desk, order: Order) -> dict[str, Decimal]:
    """Look at every order there is."""
    values = dict.fromkeys(ACCOUNTS, Decimal(0))
    issuer = book.bond_by_cusip[order.asset_id or ""].issuer_id
    for timeline in desk.timelines.values():
        other = timeline.at(desk.now)
        bond = book.bond_by_cusip[other.asset_id or ""]
        if other.id == order.id or bond.issuer_id != issuer:
            continue
        for detail in other.order_details:
            live = other.order_status in LIVE_STATUSES
            face = exact(detail.quantity if live else detail.quantity_booked)
            ticker = detail.portfolio_reference.portfolio_ticker or ""
            values[ticker] += SIGNS[other.transaction_type or ""] * bond.market_value(face)
    return values


@pytest.mark.parametrize("seed", range(20))
def test_they_are_what_looking_at_every_order_gives(book, seed):
    rng = random.Random(seed)
    desk = Desk(book, Exposures(book.bond_by_cusip, YESTERDAY))
    desk.now = START.replace(hour=23, minute=50)
    for _ in range(40):
        desk.now += timedelta(seconds=rng.randint(0, 40))
        faces = {ticker: float(rng.randint(1, 9) * 1000) for ticker in rng.sample(ACCOUNTS, 2)}
        kept = rng.choice([*desk.timelines.values(), None])
        if kept is not None and kept.at(desk.now).order_status in LIVE_STATUSES and rng.random() < 0.5:
            order = kept.at(desk.now)
            status = CANCELED if rng.random() < 0.5 else order.order_status
            changed = desk.rules.changed_order(order, OrderInput(), desk.now)
            desk.keep(replace(changed, order_status=status))
        else:
            cusip, side = rng.choice([TREASURY, COMPANY]), rng.choice(["BUY", "SELL"])
            desk.keep(desk.new(cusip, side, faces, day=rng.random() < 0.5))
        order = rng.choice(list(desk.timelines.values())).at(desk.now)
        found = desk.exposures.elsewhere(order, desk.timelines[order.id or ""], desk.now)
        assert {ticker: found.get(ticker, 0) for ticker in ACCOUNTS} == value_elsewhere(book, desk, order)


def test_the_next_order_does_not_look_at_all_those_before(book):
    bonds = CountingBonds(book.bond_by_cusip)
    desk = Desk(book, Exposures(bonds, YESTERDAY))
    asked = []
    for _ in range(100):
        order = desk.new(COMPANY, "BUY", dict.fromkeys(ACCOUNTS, 1000.0))
        before = bonds.asked
        desk.exposures.elsewhere(order, None, desk.now)
        desk.keep(order)
        asked.append(bonds.asked - before)
    assert asked[-1] == asked[0]
