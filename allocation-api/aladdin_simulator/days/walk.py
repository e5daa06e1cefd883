"""Prices of later days: an autoregressive walk (AR(1)) of the curve's level and of every bond's OAS.

Each step is a hash of seed, name and day turned into a normal number, so a price is a pure function of book,
seed, CUSIP and date, whoever asks and in whatever order. Prices follow from the OAS on the moved curve, hence
pull to par, and the risk numbers fit them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b
from statistics import NormalDist

from aladdin_simulator.book import Bond, SecurityKind, SimulatorBook
from aladdin_simulator.calendar import business_days
from aladdin_simulator.pricing import SETTLE_DAYS_OF_CLOSE, BondNumbers, Market, quoted

MAX_KEPT_MARKETS = 64
MAX_KEPT_NUMBERS = 65_536
_LEVEL = "level of the curve"
_LEVEL_SIGMA = 0.0004
_LEVEL_PERSISTENCE = 0.995
_SPREAD_PERSISTENCE = 0.99
# A spread moves by a part of itself, and by a little even where there is none.
_SPREAD_SIGMA, _MIN_SPREAD_SIGMA_BP = 0.012, 0.3
_PAR = Decimal(100)
_NORMAL = NormalDist()


class PriceWalk:
    """Prices and numbers of a book's bonds at any close from the book's own on.

    Parameters
    ----------
    book : SimulatorBook
        The book at whose date the walk begins, with its own prices.
    seed : int
        Seed of the walk.
    """

    def __init__(self, book: SimulatorBook, seed: int) -> None:
        self._book = book
        self._seed = seed
        self._market = lru_cache(MAX_KEPT_MARKETS)(self._market_of)
        # Many orders are in one bond on one day.
        self.price = lru_cache(MAX_KEPT_NUMBERS)(self._price_of)
        self.accrued = lru_cache(MAX_KEPT_NUMBERS)(self._accrued_of)

    def bonds(self, as_of: date) -> tuple[Bond, ...]:
        """Return all bonds with the prices and numbers of a close; at the book's date, its own."""
        if as_of <= self._book.as_of:
            return self._book.securities
        return tuple(self._moved(bond, as_of) for bond in self._book.securities)

    def _price_of(self, cusip: str, as_of: date) -> Decimal:
        """Return a bond's clean price at a close, per 100 of face."""
        bond = self._book.bond_by_cusip[cusip]
        return bond.price if as_of <= self._book.as_of else self._price(bond, as_of)

    def _accrued_of(self, cusip: str, as_of: date, settles: date | None) -> Decimal:
        """Return the accrued interest, per 100 of face, of a trade on the business day after a close.

        Parameters
        ----------
        settles : date or None
            The trade's settlement date; None is the standard one.
        """
        bond = self._book.bond_by_cusip[cusip]
        if as_of > self._book.as_of:
            market = self._market(as_of)
            matured = bond.maturity <= market.settlement
            accrued = Decimal(0) if matured else market.accrued(bond.terms)
            bond = replace(bond, settlement=market.settlement, accrued=accrued)
        return bond.settling(settles).accrued

    def _moved(self, bond: Bond, as_of: date) -> Bond:
        market, price = self._market(as_of), self._price(bond, as_of)
        if bond.maturity <= market.settlement:
            found = BondNumbers(Decimal(0), 0.0, 0.0, 0.0, 0.0, 0.0)
        else:
            found = market.numbers(bond.terms, price)
        return replace(
            bond,
            price=price,
            settlement=market.settlement,
            accrued=found.accrued,
            yield_to_maturity=found.yield_to_maturity,
            duration=found.duration,
            spread_duration=found.spread_duration,
            convexity=found.convexity,
            oas=found.oas,
        )

    def _price(self, bond: Bond, as_of: date) -> Decimal:
        market = self._market(as_of)
        if bond.maturity <= market.settlement:
            return _PAR
        spread = (bond.oas or 0.0) + self._spread(bond, as_of)
        treasury = bond.kind is SecurityKind.GOVERNMENT
        return quoted(market.clean_price(bond.terms, spread), treasury=treasury)

    def _spread(self, bond: Bond, as_of: date) -> float:
        """Return the move of a bond's OAS since the book's date, in basis points."""
        sigma = max(_SPREAD_SIGMA * abs(bond.oas or 0.0), _MIN_SPREAD_SIGMA_BP)
        return sigma * self._walked(bond.cusip, business_days(self._book.as_of, as_of), _SPREAD_PERSISTENCE)

    def _market_of(self, as_of: date) -> Market:
        days = business_days(self._book.as_of, as_of)
        level = _LEVEL_SIGMA * self._walked(_LEVEL, days, _LEVEL_PERSISTENCE)
        return Market(as_of, settle_days=SETTLE_DAYS_OF_CLOSE, shift=level)

    def _walked(self, name: str, days: Sequence[date], persistence: float) -> float:
        reached = 0.0
        for day in days:
            reached = persistence * reached + self._shock(name, day)
        return reached

    def _shock(self, name: str, day: date) -> float:
        """Return a standard normal number of seed, name and day."""
        digest = blake2b(f"{self._seed} {name} {day}".encode(), digest_size=6).digest()
        return _NORMAL.inv_cdf((int.from_bytes(digest, "big") + 0.5) / 2**48)
