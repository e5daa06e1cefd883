"""Search, terms and analytics of bonds."""

from __future__ import annotations

from app.services.securities.lookup import SecurityLookup
from app.services.securities.service import SecurityService
from app.wiring.container import Room, Services


def build(house: Services) -> Room[SecurityService]:
    """Build the service over the cached book."""
    book = house.aladdin.book
    lookup = SecurityLookup(house.database, book)
    return Room(SecurityService(house.database, book, lookup, house.pool))
