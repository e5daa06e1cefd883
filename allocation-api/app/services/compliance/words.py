"""The words of the rules: restriction codes, sectors and limits that reference data may have."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.services.compliance import facts
from app.services.compliance.rules import (
    DEFAULT_LIMITS,
    ISSUE_OWNERSHIP,
    PRICE_DEVIATION,
    RULES,
    IssuerConcentration,
    RestrictionRule,
    SectorRestriction,
    SecurityConcentration,
)
from app.services.domain.account import LimitScope


@dataclass(frozen=True, slots=True)
class LimitWord:
    """A limit that a rule knows: a fraction from 0 to 1, what it is of, and the scopes that it may have."""

    code: str
    meaning: str
    scopes: tuple[LimitScope, ...]
    default: Decimal


_EVERY_SCOPE = tuple(LimitScope)
_OF_ORDERS = (LimitScope.DEFAULT, LimitScope.SECTOR)
"""Scopes of a limit on the order as a whole, which no single account has."""

_LIMITS = (
    (IssuerConcentration.code, "Market value in bonds of one issuer after a buy, of NAV.", _EVERY_SCOPE),
    (SecurityConcentration.code, "Market value in one bond after a buy, of NAV.", _EVERY_SCOPE),
    (ISSUE_OWNERSHIP, "Face held by all accounts of an order, of the amount issued.", _OF_ORDERS),
    (PRICE_DEVIATION, "Distance of a stated price from Aladdin's, of Aladdin's.", _OF_ORDERS),
)

RESTRICTIONS: Mapping[str, str] = {
    rule.code: (inspect.getdoc(rule) or "").partition("\n")[0]
    for rule in RULES
    if isinstance(rule, RestrictionRule)
}
"""Restriction codes, each with what it forbids."""

SECTORS = tuple(sorted(facts.KNOWN_SECTORS))
"""Sectors, in the spelling of the lists; other spellings of the same letters count as well."""

LIMITS: Mapping[str, LimitWord] = {
    code: LimitWord(
        code,
        meaning,
        scopes,
        next(x.value for x in DEFAULT_LIMITS if (x.code, x.scope) == (code, LimitScope.DEFAULT)),
    )
    for code, meaning, scopes in _LIMITS
}
"""Limits by code."""


def is_sector(sector: str | None) -> bool:
    """Say whether the rules know a sector, in whatever spelling."""
    return facts.sector_name(sector) in facts.KNOWN_SECTORS


def about_sector(sector: str) -> str:
    """Return what the rules make of a sector, in words; empty where nothing is special about it."""
    excluding = [
        rule.code for rule in RULES if isinstance(rule, SectorRestriction) and sector in rule.sectors
    ]
    barred = [f"excluded by {' and '.join(excluding)}"] if excluding else []
    free = ["free of concentration limits"] if sector in facts.SOVEREIGN_SECTORS else []
    return ", ".join(barred + free)
