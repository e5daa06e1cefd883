"""Blotters: their previews over the cached book, and their commits through the saga."""

from __future__ import annotations

import math
from collections.abc import Callable

from app.core.jobs.embedded import Job, Where
from app.services.aladdin.shared_orders import SharedOrders, unshared
from app.services.allocations.inputs import InputsLoader
from app.services.blotters.book import TradedBook
from app.services.blotters.commits import BlotterCommits
from app.services.blotters.previews import BlotterPreviews
from app.services.blotters.retention import BlotterRetention
from app.services.blotters.service import BlotterService
from app.services.blotters.types import COMMIT, PREVIEW
from app.services.jobs.kinds import Handler
from app.wiring.allocations import ERASURE_SECONDS, inputs_over, reservations_of
from app.wiring.container import Blotters, Room, Services


def build(house: Services) -> Room[Blotters]:
    """Build the services, and the kinds of jobs that preview and commit."""
    database = house.database
    users, visibility = house.access.users.user, house.accounts.visibility.of
    previews = BlotterPreviews(
        database,
        house.aladdin.job_book,
        _inputs(house),
        house.allocations.previews,
        house.safety.limits,
        users,
        visibility,
        house.clock,
        house.settings.allocations.preview_lifetime,
    )
    commits = BlotterCommits(database, house.trading.job_commits, users, visibility)
    service = BlotterService(database, house.allocations.previews, house.jobs.service, house.clock)
    retention = BlotterRetention(
        database, house.audit, house.clock, house.settings.allocations.preview_retention
    )
    return Room(
        Blotters(service, previews, commits),
        jobs=(Job("forget-blotters", ERASURE_SECONDS, retention.forget, Where.SCHEDULE),),
        handlers=(Handler(PREVIEW, previews.work), Handler(COMMIT, commits.work)),
    )


def _inputs(house: Services) -> Callable[[TradedBook], InputsLoader]:
    """Return what loads lines from a book; an order is looked up once for each reading of positions."""
    orders = house.aladdin.job_orders
    common = inputs_over(house, house.aladdin.book, unshared(orders), house.pool)

    def over(book: TradedBook) -> InputsLoader:
        seen = SharedOrders(orders, seconds=math.inf)
        book.on_reading.append(seen.forget)
        return common.over(book, book.after, reservations_of(house, seen.see).of)

    return over
