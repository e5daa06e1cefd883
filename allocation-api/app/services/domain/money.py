"""Money of a trade of a bond: principal, accrued interest and settlement amount of a face.

Everything that states money of a face takes it from here, so preview, ledger and FIX agree to the cent.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation

from app.core.numbers import CENT

_EXACT = Context(prec=120, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation])
"""Wide enough for every product of face, price and factor, so the cent is the first rounding."""


@dataclass(frozen=True, slots=True)
class TradeMoney:
    """Money of one face in the bond's currency: settlement amount = principal + accrued interest."""

    principal: Decimal
    accrued: Decimal
    settlement: Decimal


def principal(face: int | Decimal, price: Decimal, factor: Decimal) -> Decimal:
    """Return face x clean price / 100 x factor, rounded once to the cent, half to even (R1.2, R12.4).

    Each account is rounded by itself, so the sum may differ from the block's principal by some cents.

    Parameters
    ----------
    face : int or Decimal
        Original face, in the bond's currency.
    price : Decimal
        Clean price per 100 of current face.
    factor : Decimal
        Current over original face.
    """
    return _money(Decimal(face), price, factor)


def trade_money(face: int | Decimal, *, price: Decimal, accrued: Decimal, factor: Decimal) -> TradeMoney:
    """Return the money of a face: principal and settlement amount are rounded once each (R1.2).

    The accrued interest is their difference, so the three add up. `accrued` is per 100 of current face; the
    others are as in `principal`.
    """
    clean = principal(face, price, factor)
    settlement = _money(Decimal(face), _EXACT.add(price, accrued), factor)
    return TradeMoney(clean, settlement - clean, settlement)


def _money(face: Decimal, price: Decimal, factor: Decimal) -> Decimal:
    exact = _EXACT.multiply(_EXACT.multiply(face, price), factor).scaleb(-2, context=_EXACT)
    return exact.quantize(CENT, context=_EXACT)
