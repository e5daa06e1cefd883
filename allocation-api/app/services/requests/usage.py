"""Use of the screens: pages that are shown, steps that are done, the time of orders from entry to commit.

An event is a name of a closed list and a duration: never what was on the screen. What is shown of it are sums
over the desk, of no user.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import ceil
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, new_id
from app.models import UsageEventRow
from app.services.domain.caller import Caller
from app.services.requests.queued_rows import QueuedRows
from app.services.visibility.visibility import Visibility
from app.utils.paging import within_days

MAX_MILLISECONDS = 86_400_000
"""Longest duration of an event: a day."""

RESOLUTION_MILLISECONDS = 100
"""Unit to which durations are rounded: finer ones would only make their counts longer."""


class UsageKind(StrEnum):
    """What an event says: a page was shown, a step was done, or an order was committed since its entry."""

    PAGE = "PAGE"
    STEP = "STEP"
    ORDER_TO_COMMIT = "ORDER_TO_COMMIT"


class UsageName(StrEnum):
    """Pages and steps of the screens."""

    LOGIN = "login"
    WORKBENCH = "workbench"
    COMPARE = "compare"
    ORDERS = "orders"
    BLOTTERS = "blotters"
    HISTORY = "history"
    ACCOUNTS = "accounts"
    DRIFT = "drift"
    OPTIMISE = "optimise"
    MARKET_DATA = "market-data"
    BACKTEST = "backtest"
    RISK = "risk"
    MONITOR = "monitor"
    ALERTS = "alerts"
    FAIRNESS = "fairness"
    AUDIT = "audit"
    APPROVALS = "approvals"
    ADMIN = "admin"
    JOBS = "jobs"
    SYSTEM = "system"
    ORDER_ENTRY = "order-entry"
    ALLOCATION_METHOD = "allocation-method"
    PREVIEW = "preview"
    COMMIT = "commit"


STEPS = (UsageName.ORDER_ENTRY, UsageName.ALLOCATION_METHOD, UsageName.PREVIEW, UsageName.COMMIT)
"""Steps of an order, in their sequence."""

PAGES = tuple(name for name in UsageName if name not in STEPS)


@dataclass(frozen=True, slots=True)
class UsageEvent:
    """One use of a screen, with how long it took if that was measured."""

    kind: UsageKind
    name: UsageName
    milliseconds: int | None


@dataclass(frozen=True, slots=True)
class PageUse:
    """How often a page was shown, and to how many users."""

    name: UsageName
    count: int
    users: int


@dataclass(frozen=True, slots=True)
class StepUse:
    """How often a step was done, and the median of its measured durations."""

    name: UsageName
    count: int
    median_seconds: float | None


@dataclass(frozen=True, slots=True)
class OrderTimes:
    """How many orders came from entry to commit, and in which time: half of them, and nine of ten."""

    count: int
    median_seconds: float | None
    p90_seconds: float | None


@dataclass(frozen=True, slots=True)
class Usage:
    """Use of the screens in some days."""

    pages: tuple[PageUse, ...]
    steps: tuple[StepUse, ...]
    order_to_commit: OrderTimes


Durations = Sequence[tuple[int | None, int]]
"""Milliseconds, None where they were not measured, each with the number of events of that duration."""


class UsageService:
    """Notes the use of screens for a limited time, and sums it up; a background job writes it."""

    def __init__(self, database: Database, clock: Clock, lifetime: timedelta, zone: ZoneInfo) -> None:
        self._database = database
        self._clock = clock
        self._lifetime = lifetime
        self._zone = zone
        self._rows = QueuedRows(database, UsageEventRow)

    def note(self, events: Iterable[UsageEvent], caller: Caller) -> int:
        """Queue events of the caller and return how many are kept: a full queue drops them."""
        now = self._clock()
        return sum(
            self._rows.add(
                {
                    "id": new_id(),
                    "at": now,
                    "user_id": caller.user_id,
                    "kind": event.kind.value,
                    "name": event.name.value,
                    "milliseconds": _rounded(event.milliseconds),
                }
            )
            for event in events
        )

    def write(self) -> None:
        """Write what was noted; a batch that cannot be written stays queued for the next run.

        Raises
        ------
        SQLAlchemyError
            When the database fails.
        """
        self._rows.write()

    def forget(self) -> None:
        """Delete the events that are older than their lifetime."""
        self._rows.forget(self._clock() - self._lifetime)

    def show(self, date_from: date | None, date_to: date | None, visible: Visibility) -> Usage:
        """Return the use in the desk's days, both included; a limited user's is the own one."""
        conditions = within_days(UsageEventRow.at, date_from, date_to, self._zone)
        if visible.limited:
            conditions.append(UsageEventRow.user_id == visible.user_id)
        with self._database.read() as session:
            shown = _pages(session, conditions)
            done = _durations(session, UsageKind.STEP, conditions)
            orders = _durations(session, UsageKind.ORDER_TO_COMMIT, conditions)
        committed = [duration for each in orders.values() for duration in each]
        return Usage(
            pages=tuple(PageUse(name, *shown.get(name, (0, 0))) for name in PAGES),
            steps=tuple(
                StepUse(name, _count(done.get(name, ())), _seconds(done.get(name, ()), 50)) for name in STEPS
            ),
            order_to_commit=OrderTimes(_count(committed), _seconds(committed, 50), _seconds(committed, 90)),
        )


def _rounded(milliseconds: int | None) -> int | None:
    if milliseconds is None:
        return None
    return (milliseconds + RESOLUTION_MILLISECONDS // 2) // RESOLUTION_MILLISECONDS * RESOLUTION_MILLISECONDS


def _pages(session: Session, conditions: Sequence[ColumnElement[bool]]) -> dict[str, tuple[int, int]]:
    """Return how often each page was shown, and to how many users."""
    query = (
        select(UsageEventRow.name, func.count(), func.count(UsageEventRow.user_id.distinct()))
        .where(UsageEventRow.kind == UsageKind.PAGE, *conditions)
        .group_by(UsageEventRow.name)
    )
    return {name: (count, users) for name, count, users in session.execute(query)}


def _durations(
    session: Session, kind: UsageKind, conditions: Sequence[ColumnElement[bool]]
) -> dict[str, list[tuple[int | None, int]]]:
    """Return the durations of events of a kind by name: databases have no percentile in common."""
    query = (
        select(UsageEventRow.name, UsageEventRow.milliseconds, func.count())
        .where(UsageEventRow.kind == kind, *conditions)
        .group_by(UsageEventRow.name, UsageEventRow.milliseconds)
    )
    found: dict[str, list[tuple[int | None, int]]] = {}
    for name, milliseconds, count in session.execute(query):
        found.setdefault(name, []).append((milliseconds, count))
    return found


def _count(durations: Durations) -> int:
    return sum(count for _, count in durations)


def _seconds(durations: Durations, percent: int) -> float | None:
    """Return the duration that so many per cent of the measured ones do not exceed (nearest rank)."""
    measured = sorted((milliseconds, count) for milliseconds, count in durations if milliseconds is not None)
    left = ceil(percent * _count(measured) / 100)
    for milliseconds, count in measured:
        left -= count
        if left <= 0:
            return milliseconds / 1000
    return None
