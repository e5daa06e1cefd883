"""Which bonds a generated account holds."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from aladdin_simulator import sectors
from aladdin_simulator.book import Bond
from aladdin_simulator.ratings import INVESTMENT_GRADE
from aladdin_simulator.universe import mandates
from aladdin_simulator.universe.issuers import EMERGING_MARKETS, Bucket, bucket_of
from aladdin_simulator.universe.mandates import Client, Mandate

_POSITIONS = (24, 42)
_MOST_POSITIONS = 45
_TREASURIES = (6, 9)
_MIDDLE = 6.0
# Grade comes last: it takes the places that restrictions leave empty in the other buckets.
_ORDER = (Bucket.TREASURY, Bucket.AGENCY, Bucket.YIELD, Bucket.EMERGING, Bucket.GRADE)


@dataclass(slots=True)
class Draft:
    """An account while its book is being made.

    `size` is its worth in USD, `cash_share` the part of it kept in cash, `target` the spread duration that it
    aims at, in years.
    """

    client: Client
    mandate: Mandate
    size: float
    cash_share: float
    target: float
    rng: random.Random
    bonds: list[Bond] = field(default_factory=list)

    def may_add(self, bond: Bond) -> bool:
        """Say whether restrictions allow the bond; Treasuries may repeat, another issuer comes only once."""
        return permits(self.client.restrictions, bond) and (
            bond.sector == sectors.GOVERNMENT or all(held.issuer_id != bond.issuer_id for held in self.bonds)
        )


def permits(restrictions: Iterable[str], bond: Bond) -> bool:
    """Say whether an account with these restrictions may hold the bond."""
    barred = {
        mandates.INVESTMENT_GRADE_ONLY: bond.rating not in INVESTMENT_GRADE,
        mandates.NO_HIGH_YIELD: bond.rating not in INVESTMENT_GRADE,
        mandates.NO_EMERGING_MARKETS: bond.risk_country in EMERGING_MARKETS,
        mandates.NO_TOBACCO: bond.sector == sectors.TOBACCO,
        mandates.ESG_COMPLIANT: bond.sector in sectors.ESG_EXCLUDED,
    }
    return not any(barred[restriction] for restriction in restrictions)


def length(bond: Bond) -> float:
    """Return how long a bond is: 0 at a duration of 6 years, 1 at 11, cut off at both ends."""
    return min(max((bond.duration - _MIDDLE) / 5.0, -1.1), 2.0)


def choose_bonds(drafts: Sequence[Draft], bonds: Sequence[Bond], holders: Counter[str]) -> None:
    """Fill the drafts' bonds, so that in the end every bond has a holder.

    `holders` counts the accounts that hold a CUSIP, and is brought up to date.
    """
    buckets: dict[Bucket, list[Bond]] = {bucket: [] for bucket in Bucket}
    for bond in bonds:
        buckets[bucket_of(bond.sector, bond.risk_country, bond.rating)].append(bond)
    for draft in drafts:
        _choose(draft, buckets, holders)
    for bond in bonds:
        if not holders[bond.cusip]:
            takers = [draft for draft in drafts if len(draft.bonds) < _MOST_POSITIONS and draft.may_add(bond)]
            min(takers, key=lambda draft: len(draft.bonds)).bonds.append(bond)
            holders[bond.cusip] += 1


def _choose(draft: Draft, buckets: Mapping[Bucket, Sequence[Bond]], holders: Counter[str]) -> None:
    """Pick a draft's bonds bucket by bucket, those to its taste and those rarely held first."""
    rng = draft.rng
    taste = (draft.target - _MIDDLE) / _MIDDLE
    treasuries = rng.randint(*_TREASURIES)
    others = rng.randint(*_POSITIONS) - treasuries
    wanted = {bucket: round(share * others) for bucket, share in draft.mandate.mix.items()}
    wanted[Bucket.TREASURY] = treasuries
    for bucket in _ORDER:
        room = wanted[bucket]
        appeal = {
            bond.cusip: holders[bond.cusip] + 2.5 * rng.random() - 2.0 * taste * length(bond)
            for bond in buckets[bucket]
        }
        for bond in sorted(buckets[bucket], key=lambda bond: appeal[bond.cusip]):
            if room and draft.may_add(bond):
                draft.bonds.append(bond)
                holders[bond.cusip] += 1
                room -= 1
        if bucket is not Bucket.GRADE:
            wanted[Bucket.GRADE] += room
