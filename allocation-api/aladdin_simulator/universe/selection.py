"""Choice of the bonds of generated accounts."""

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
_MAX_POSITIONS = 45
_TREASURIES = (6, 9)
_MIDDLE = 6.0
# Grade comes last: it takes the places that restrictions leave empty in the other buckets.
_ORDER = (Bucket.TREASURY, Bucket.AGENCY, Bucket.YIELD, Bucket.EMERGING, Bucket.GRADE)


@dataclass(slots=True)
class Draft:
    """A generated account before its positions are sized.

    `size` is its NAV in USD, `cash_share` the part of it in cash, `target` its spread duration in years.
    """

    client: Client
    mandate: Mandate
    size: float
    cash_share: float
    target: float
    rng: random.Random
    bonds: list[Bond] = field(default_factory=list)

    def may_add(self, bond: Bond) -> bool:
        """Return whether restrictions allow the bond, and its issuer is new or the Treasury."""
        return permits(self.client.restrictions, bond) and (
            bond.sector == sectors.GOVERNMENT or all(held.issuer_id != bond.issuer_id for held in self.bonds)
        )


def permits(restrictions: Iterable[str], bond: Bond) -> bool:
    """Return whether an account with these restrictions may hold the bond."""
    barred = {
        mandates.INVESTMENT_GRADE_ONLY: bond.rating not in INVESTMENT_GRADE,
        mandates.NO_HIGH_YIELD: bond.rating not in INVESTMENT_GRADE,
        mandates.NO_EMERGING_MARKETS: bond.risk_country in EMERGING_MARKETS,
        mandates.NO_TOBACCO: bond.sector == sectors.TOBACCO,
        mandates.ESG_COMPLIANT: bond.sector in sectors.ESG_EXCLUDED,
    }
    return not any(barred[restriction] for restriction in restrictions)


def length(bond: Bond) -> float:
    """Return the bond's duration on a scale of 0 at 6 years and 1 at 11, clipped to [-1.1, 2]."""
    return min(max((bond.duration - _MIDDLE) / 5.0, -1.1), 2.0)


def choose_bonds(drafts: Sequence[Draft], bonds: Sequence[Bond], holders: Counter[str]) -> None:
    """Choose the drafts' bonds, such that every bond has a holder.

    `holders` counts the accounts that hold a CUSIP, and is updated.
    """
    buckets: dict[Bucket, list[Bond]] = {bucket: [] for bucket in Bucket}
    for bond in bonds:
        buckets[bucket_of(bond.sector, bond.risk_country, bond.rating)].append(bond)
    for draft in drafts:
        _choose(draft, buckets, holders)
    for bond in bonds:
        if not holders[bond.cusip]:
            takers = [draft for draft in drafts if len(draft.bonds) < _MAX_POSITIONS and draft.may_add(bond)]
            min(takers, key=lambda draft: len(draft.bonds)).bonds.append(bond)
            holders[bond.cusip] += 1


def _choose(draft: Draft, buckets: Mapping[Bucket, Sequence[Bond]], holders: Counter[str]) -> None:
    """Choose a draft's bonds bucket by bucket, first those near its target duration and those rarely held."""
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
