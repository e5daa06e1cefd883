"""Opens a simulated desk: a generated one lives today, one from a book file on the file's date."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from aladdin_simulator.app import Simulator, any_first_order_id, create_simulator, utc_now
from aladdin_simulator.book import SimulatorBook
from aladdin_simulator.calendar import last_close
from aladdin_simulator.days.desk_days import DeskDays, PassingDays, StandingDay
from aladdin_simulator.front.fault_kinds import AnyFault
from aladdin_simulator.journal import Journal, MemoryJournal, Story, open_journal, story_of
from aladdin_simulator.scenarios import DESK_ZONE, files_of, load_book


@dataclass(frozen=True, slots=True)
class DeskOptions:
    """What a simulated desk is made of.

    `accounts` and `holdings` are CSV files that add to a book file or are one. `business_date` fixes the
    day of a generated book, which else is the clock's in `zone`. `journal` is the file that keeps the orders,
    None for memory. `seed` is that of the book, its prices and the fills.
    """

    scenario: str
    seed: int
    fill_seconds: float = 0
    business_date: date | None = None
    zone: str = DESK_ZONE
    journal: Path | None = None
    clock: Callable[[], datetime] = utc_now
    accounts: Path | None = None
    holdings: Path | None = None


def open_simulator(
    options: DeskOptions,
    *,
    clients: Mapping[str, str] | None = None,
    api_key: str | None = None,
    faults: tuple[AnyFault, ...] | list[AnyFault] = (),
    admin: bool = False,
) -> Simulator:
    """Return the simulator of a desk, which goes on where its journal ends.

    Raises
    ------
    BookError
        If there is no such scenario, the book file is invalid, or the journal cannot be used.
    """
    book, journal = _opened(options)
    return create_simulator(
        book,
        clock=options.clock,
        first_order_id=any_first_order_id(),
        fill_seconds=options.fill_seconds,
        seed=options.seed,
        clients=clients,
        api_key=api_key,
        faults=faults,
        admin=admin,
        days=days_of(options, book),
        journal=journal,
    )


def days_of(options: DeskOptions, book: SimulatorBook) -> DeskDays:
    """Return the days of a desk: those of a book file stand still."""
    if files_of(options.scenario, options.accounts, options.holdings) is not None:
        return StandingDay(book.as_of)
    return PassingDays(_day_of(options))


def _day_of(options: DeskOptions) -> Callable[[datetime], date]:
    fixed, zone = options.business_date, ZoneInfo(options.zone)
    return lambda moment: fixed or moment.astimezone(zone).date()


def _opened(options: DeskOptions) -> tuple[SimulatorBook, Journal]:
    """Return the journal, and the book that it began with if that is of this scenario and seed."""
    close = last_close(_day_of(options)(options.clock()))
    if options.journal is None:
        return _book(options, close), MemoryJournal()
    files = (Path(options.scenario), options.accounts, options.holdings)
    name = ", ".join([*(file.name for file in files if file is not None), f"seed {options.seed},"])
    told = story_of(options.journal)
    goes_on = told is not None and told.book == name and told.as_of <= close
    book = _book(options, told.as_of if told is not None and goes_on else close)
    if told is not None and goes_on and told.digest != _digest(book):
        # The generator has changed since: its book of that day is another one.
        book = _book(options, close)
    return book, open_journal(options.journal, Story(name, book.as_of, _digest(book)))


def _book(options: DeskOptions, close: date) -> SimulatorBook:
    return load_book(
        options.scenario,
        seed=options.seed,
        as_of=close,
        accounts=options.accounts,
        holdings=options.holdings,
    )


def _digest(book: SimulatorBook) -> str:
    """Return a hash of what orders depend on: terms and prices of bonds, and accounts."""
    parts: list[object] = [book.as_of, *book.accounts]
    parts += [(b.cusip, b.coupon, b.maturity, b.day_count, b.price, b.increment) for b in book.securities]
    return hashlib.sha256("\n".join(map(repr, parts)).encode()).hexdigest()
