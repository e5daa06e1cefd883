"""Settings of order sizes: what the screens warn of, and what no order may exceed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.config.reader import Reader

MAX_FACE = 1_000_000_000_000
"""Largest face that an order may have, whatever the settings say."""

DEFAULT_WARN_ABOVE = 50_000_000


class QuantityM(StrEnum):
    """What `m` behind a typed quantity means: `5m` is five million, or five thousand."""

    MILLION = "million"
    THOUSAND = "thousand"


@dataclass(frozen=True, slots=True)
class SafetySettings:
    """How quantities are typed, and sizes of orders in face; None is no warning, and no maximum."""

    quantity_m: QuantityM
    warn_above: int | None
    max_quantity: int | None


def safety_settings(read: Reader) -> SafetySettings:
    """Read the section; a warning above the maximum would never be seen."""
    most = read.optional_integer("ORDER_MAX", 1, MAX_FACE)
    warn = read.integer("ORDER_WARN_ABOVE", min(DEFAULT_WARN_ABOVE, most or MAX_FACE), 0, MAX_FACE)
    if most is not None and warn > most:
        read.fail(f"ORDER_WARN_ABOVE ({warn}) must be at most ORDER_MAX ({most})")
    return SafetySettings(
        quantity_m=QuantityM(read.choice("QUANTITY_M", tuple(QuantityM), QuantityM.MILLION)),
        warn_above=warn or None,
        max_quantity=most,
    )
