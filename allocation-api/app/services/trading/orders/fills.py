"""Fill allocation: the filled face of a block order, pro rata to its slices, in whole lots (R12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from app.services.kernels.allocation.shares import water_fill


@dataclass(frozen=True, slots=True)
class _Part:
    """One account's slice, its exact share, and the bounds of its filled face.

    `pro_rata` is in proportion to the slice alone; `share`, which is rounded, differs only where bounds bind.
    """

    account_id: str
    face: int
    pro_rata: Fraction
    share: Fraction
    lower: int
    upper: int

    def down(self, lot: int) -> int:
        """Return the share rounded down to a lot, within the bounds."""
        return self.upper if self.share >= self.upper else max(self.lower, self.share // lot * lot)

    def up(self, lot: int) -> int:
        """Return the share rounded up to a lot, within the bounds."""
        return min(self.upper, max(self.down(lot), -(-self.share // lot) * lot))


def allocate_fill(
    slices: Mapping[str, int], filled: int, lot: int, before: Mapping[str, int]
) -> dict[str, int]:
    """Allocate the filled face of a block order to its accounts (R12.1, R12.2, R12.3).

    Tijdeman's rule for the chairman assignment problem (1980): every account gets its share, filled x slice /
    block, rounded to one of the two lots around it, and the lots that are left after rounding down go to the
    accounts whose next lot is due first. A lot is due when the filled part of the block makes the share that
    whole lot. By this order no account gives up face while the block fills and every account stays within one
    lot of its share, however the fills come; another order may make that impossible. A part of the fill that
    is no whole lot goes to one account, which is completed first afterwards.

    Parameters
    ----------
    slices : mapping
        Face by account; the block is their sum.
    filled : int
        Face of the block that is filled, all fills together.
    lot : int
        Grid of face amounts, at least 1. A slice that is off the grid is filled off the grid at its end.
    before : mapping
        Face allocated so far by account; absent means 0.

    Returns
    -------
    dict
        Filled face by account, sorted, for every account with a slice or with something allocated before.
        They add up to `filled`; none exceeds its slice. Where the filled face did not shrink, none shrinks
        but to a slice that did; where it shrank, none grows.

    Raises
    ------
    ValueError
        For a negative face, a lot below 1, or more filled than the block has; the message names it.
    """
    _check(slices, filled, lot, before)
    parts = _parts(slices, filled, before)
    if not sum(p.down(lot) for p in parts) <= filled <= sum(p.up(lot) for p in parts):
        # After a change some accounts are bound away from their shares: the rest is shared within the bounds.
        parts = _within_bounds(parts, filled)
    found = {p.account_id: p.down(lot) for p in parts}
    left = filled - sum(found.values())
    for part in sorted(parts, key=lambda p: _priority(p, lot)):
        more = min(left, part.up(lot) - found[part.account_id])
        found[part.account_id] += more
        left -= more
    return found


def _check(slices: Mapping[str, int], filled: int, lot: int, before: Mapping[str, int]) -> None:
    for name, faces in (("slices", slices), ("before", before)):
        for account, face in faces.items():
            if face < 0:
                raise ValueError(f"{name}: the face of {account} must not be negative, not {face}")
    if lot < 1:
        raise ValueError(f"lot must be at least 1, not {lot}")
    if not 0 <= filled <= sum(slices.values()):
        raise ValueError(f"filled must be between 0 and {sum(slices.values())}, not {filled}")


def _parts(slices: Mapping[str, int], filled: int, before: Mapping[str, int]) -> Sequence[_Part]:
    block = sum(slices.values()) or 1
    accounts = sorted({*slices, *before})
    face = {account: slices.get(account, 0) for account in accounts}
    kept = {account: min(before.get(account, 0), face[account]) for account in accounts}
    shrinks = filled < sum(kept.values())
    shares = {account: Fraction(filled * face[account], block) for account in accounts}
    return [
        _Part(
            account,
            face[account],
            pro_rata=shares[account],
            share=shares[account],
            lower=0 if shrinks else kept[account],
            upper=kept[account] if shrinks else face[account],
        )
        for account in accounts
    ]


def _within_bounds(parts: Sequence[_Part], filled: int) -> Sequence[_Part]:
    """Return the parts with water-filled shares: in proportion to the slices, within the bounds."""
    shares = water_fill(
        np.array([p.face for p in parts], dtype=object),
        np.array([p.lower for p in parts], dtype=np.int64),
        np.array([p.upper for p in parts], dtype=np.int64),
        filled,
    )
    return [
        replace(p, share=Fraction(int(share), shares.divisor))
        for p, share in zip(parts, shares.scaled().tolist(), strict=True)
    ]


def _priority(part: _Part, lot: int) -> tuple[bool, bool, Fraction, Fraction, str]:
    """Return the sort key of the next lot: begun lots first, then by Tijdeman's due time, then by account id.

    Accounts that the lot would lead a lot or more away from pro rata come after all others.
    """
    down, up = part.down(lot), part.up(lot)
    due = Fraction(up, part.face or 1)
    return down % lot == 0, abs(up - part.pro_rata) >= lot, due, down - part.share, part.account_id
