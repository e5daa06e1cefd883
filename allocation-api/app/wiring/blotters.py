"""Blotters: their previews over the cached book, and their commits through the saga."""

from __future__ import annotations

from app.services.blotters.commits import BlotterCommits
from app.services.blotters.previews import BlotterPreviews
from app.services.blotters.service import BlotterService
from app.services.blotters.types import COMMIT, PREVIEW
from app.services.jobs.kinds import Handler
from app.wiring.allocations import inputs_over
from app.wiring.container import Blotters, Room, Services


def build(house: Services) -> Room[Blotters]:
    """Build the services, and the kinds of jobs that preview and commit."""
    database, book = house.database, house.aladdin.book
    users, visibility = house.access.users.user, house.accounts.visibility.of
    previews = BlotterPreviews(
        database,
        book,
        inputs_over(house, book, house.aladdin.ordinary_orders, house.pool),
        house.allocations.previews,
        house.safety.limits,
        users,
        visibility,
        house.clock,
        house.settings.allocations.preview_lifetime,
    )
    commits = BlotterCommits(database, house.trading.commits, users, visibility)
    service = BlotterService(database, house.allocations.previews, house.jobs.service, house.clock)
    return Room(
        Blotters(service, previews, commits),
        handlers=(Handler(PREVIEW, previews.work), Handler(COMMIT, commits.work)),
    )
