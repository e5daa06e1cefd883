"""An account's positions are asked for under every id that the rest of the service takes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import pytest

from app.core.errors import NotFound
from app.services.accounts.positions import MarketDataService
from app.services.domain.book import AsOf
from app.services.domain.positions import AccountPositions
from app.services.visibility.visibility import EVERYTHING


class Book:
    """A book that knows every account, and keeps what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def positions(self, names: list[str], as_of: AsOf) -> tuple[AccountPositions, ...]:
        self.asked += names
        return tuple(AccountPositions(name, None, None, "USD", None) for name in names)


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def service(book: Book) -> MarketDataService:
    return MarketDataService(cast("Any", book), ThreadPoolExecutor(1))


@pytest.mark.parametrize("account_id", ["PPR-001", "PPR 001", "R&D+1"])
def test_an_account_is_found_under_any_id(service: MarketDataService, account_id: str) -> None:
    assert service.positions(account_id, AsOf.SOD, EVERYTHING).account_id == account_id


@pytest.mark.parametrize("account_id", ["A,B", "-A", "..", "A/B"])
def test_nobody_is_asked_for_what_is_no_id(service: MarketDataService, book: Book, account_id: str) -> None:
    with pytest.raises(NotFound):
        service.positions(account_id, AsOf.SOD, EVERYTHING)
    assert book.asked == []
