"""Compliance rules: small classes behind one protocol, listed in the registry `RULES`.

A rule takes one account and one order, and excludes the account, caps its face, flags it, or has no finding.
Rules fail closed: where data is missing for a judgement, the account is excluded (R5.3).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from functools import cached_property, partial
from typing import ClassVar, Protocol

from msgspec import Struct, field

from app.services.compliance import facts
from app.services.domain.account import AccountInput, Limit, LimitScope
from app.services.domain.book import Security
from app.services.domain.side import Side


class FindingKind(StrEnum):
    """Effect of a finding on the account."""

    EXCLUDED = "EXCLUDED"
    CAPPED = "CAPPED"
    FLAGGED = "FLAGGED"


class Explanation(Struct, frozen=True):
    """Grounds of a finding or a bound: a message for people, and details for programs."""

    message: str
    details: dict[str, int | float | str | None] = field(default_factory=dict)


class Finding(Struct, frozen=True):
    """Result of a rule for one account; `cap` is the face that may still be bought, for CAPPED only.

    `explain` gives the explanation on demand: most findings are only ever compared by their cap. Findings are
    structs, because a preview makes several for each account and a frozen dataclass is slow to make.
    """

    rule: str
    kind: FindingKind
    explain: Callable[[], Explanation]
    cap: int | None = None

    @property
    def message(self) -> str:
        """Message for people."""
        return self.explain().message

    @property
    def details(self) -> dict[str, int | float | str | None]:
        """Numbers behind the finding, for programs."""
        return self.explain().details


@dataclass(frozen=True)
class OrderContext:
    """Facts of the order for the rules: `cost` is the settlement amount of one unit of face."""

    side: Side
    security: Security
    cost: Decimal
    limits: tuple[Limit, ...]

    def limit(self, code: str, account_id: str) -> Decimal:
        """Return the narrowest limit of that code: the account's, else the sector's, else the default (R5.6).

        A code without any row has its limit of `DEFAULT_LIMITS`: to lift a limit, set it to 1.
        """
        if code not in self._of_code:
            self._of_code[code] = self._narrowed(code)
        by_account, otherwise = self._of_code[code]
        return by_account.get(account_id, otherwise)

    @cached_property
    def _of_code(self) -> dict[str, tuple[dict[str, Decimal], Decimal]]:
        return {}

    def _narrowed(self, code: str) -> tuple[dict[str, Decimal], Decimal]:
        """Return the limits of that code by account, and the limit of all other accounts."""
        known = [x for x in self.limits if x.code == code] or [x for x in DEFAULT_LIMITS if x.code == code]
        wide = {(x.scope, x.scope_id): x.value for x in known}
        sector = (LimitScope.SECTOR, facts.sector_name(self.security.sector))
        otherwise = wide.get(sector, wide.get((LimitScope.DEFAULT, "*"), Decimal(0)))
        return {x.scope_id: x.value for x in known if x.scope is LimitScope.ACCOUNT}, otherwise


class Rule(Protocol):
    """A compliance rule: judges one account at a time; None means no finding."""

    def judge(self, account: AccountInput, order: OrderContext) -> Finding | None:
        """Return the finding against this account, or None."""


def _excluded(rule: str, message: str, **details: float | str | None) -> Finding:
    return Finding(rule, FindingKind.EXCLUDED, lambda: Explanation(message, dict(details)))


class RestrictionRule:
    """Base of the rules that an account's restriction code activates. They bind buys only (R5.1)."""

    code: ClassVar[str]

    def judge(self, account: AccountInput, order: OrderContext) -> Finding | None:
        """Exclude the account when it has the restriction and the bond violates it."""
        if self.code not in account.restrictions or order.side is Side.SELL:
            return None
        return self.breach(order.security)

    def breach(self, security: Security) -> Finding | None:
        """Return the exclusion if the bond violates the restriction, else None."""
        raise NotImplementedError


class InvestmentGradeOnly(RestrictionRule):
    """Only bonds with an investment grade rating; an unrated bond has none."""

    code = "INVESTMENT_GRADE_ONLY"

    def breach(self, security: Security) -> Finding | None:
        """Exclude a bond that is not rated BBB- or better."""
        if security.rating in facts.INVESTMENT_GRADE:
            return None
        shown = security.rating or "none"
        return _excluded(self.code, f"Only investment grade is allowed; the rating is {shown}", rating=shown)


class NoHighYield(RestrictionRule):
    """No bonds rated below investment grade; an unrated bond counts as such."""

    code = "NO_HIGH_YIELD"

    def breach(self, security: Security) -> Finding | None:
        """Exclude high yield and unrated bonds."""
        if security.rating in facts.INVESTMENT_GRADE:
            return None
        shown = security.rating or "none"
        return _excluded(self.code, f"High yield is not allowed; the rating is {shown}", rating=shown)


class NoEmergingMarkets(RestrictionRule):
    """No bonds whose country of risk is not a developed market."""

    code = "NO_EMERGING_MARKETS"

    def breach(self, security: Security) -> Finding | None:
        """Exclude emerging and unknown countries of risk."""
        if security.country in facts.DEVELOPED_MARKETS:
            return None
        shown = security.country or "unknown"
        return _excluded(
            self.code, f"Emerging markets are not allowed; the country of risk is {shown}", country=shown
        )


class SectorRestriction(RestrictionRule):
    """Base of the restrictions on sectors."""

    sectors: ClassVar[frozenset[str]]
    words: ClassVar[str]

    def breach(self, security: Security) -> Finding | None:
        """Exclude the listed sectors, and a sector that is unknown or in no list (R5.3)."""
        sector = facts.sector_name(security.sector)
        if sector not in facts.KNOWN_SECTORS:
            return self._unknown(security.sector)
        if sector not in self.sectors:
            return None
        return _excluded(self.code, f"{self.words}; the sector is {security.sector}", sector=security.sector)

    def _unknown(self, sector: str | None) -> Finding:
        named = f"Unknown sector {sector}" if sector else "Unknown sector: the bond has none"
        message = f"{named}; so {self.code} bars the bond. Reference data can give it a sector that is known"
        return _excluded(self.code, message, sector=sector or "unknown")


class NoTobacco(SectorRestriction):
    """No bonds of tobacco issuers."""

    code = "NO_TOBACCO"
    sectors = facts.TOBACCO_SECTORS
    words = "Tobacco is not allowed"


class EsgCompliant(SectorRestriction):
    """No bonds of sectors that the ESG policy excludes."""

    code = "ESG_COMPLIANT"
    sectors = facts.ESG_EXCLUDED_SECTORS
    words = "The ESG policy excludes this sector"


class KnownRestrictionsOnly:
    """Exclusion of accounts with a restriction code that no rule implements (R5.2)."""

    code = "UNKNOWN_RESTRICTION"

    def judge(self, account: AccountInput, order: OrderContext) -> Finding | None:  # noqa: ARG002
        """Exclude the account, in either direction."""
        unknown = sorted(set(account.restrictions) - KNOWN_RESTRICTIONS)
        if not unknown:
            return None
        codes = ", ".join(unknown)
        return _excluded(self.code, f"The account has restrictions that no rule knows: {codes}", codes=codes)


class Concentration:
    """Base of the limits on market value after the trade, as a fraction of NAV. Buys only (R5.4)."""

    code: ClassVar[str]
    what: ClassVar[str]

    def judge(self, account: AccountInput, order: OrderContext) -> Finding | None:
        """Cap the face so that the value after the trade stays within the limit."""
        if order.side is Side.SELL or account.nav is None or account.nav <= 0:
            return None
        limit = order.limit(self.code, account.account_id)
        held = self.held(account, order)
        if held is None:
            return _excluded(self.code, f"The {self.what} limit cannot be checked: the issuer is unknown")
        room = max(limit * account.nav - held, Decimal(0))
        cap = int((room / order.cost).to_integral_value(ROUND_FLOOR))
        explain = partial(self._explained, limit, held / account.nav, cap)
        return Finding(self.code, FindingKind.CAPPED, explain, cap)

    def _explained(self, limit: Decimal, weight: Decimal, cap: int) -> Explanation:
        return Explanation(
            f"At most {limit:.2%} of NAV may be in one {self.what}; {weight:.2%} is already",
            {"limit": float(limit), "weight_before": float(weight), "max_quantity": cap},
        )

    def held(self, account: AccountInput, order: OrderContext) -> Decimal | None:
        """Return the market value that counts against the limit before the trade."""
        raise NotImplementedError


class IssuerConcentration(Concentration):
    """All bonds of one issuer, as a fraction of NAV."""

    code = "ISSUER_CONCENTRATION"
    what = "issuer"

    def held(self, account: AccountInput, order: OrderContext) -> Decimal | None:
        """Return the market value of the issuer's bonds."""
        return account.issuer_market_value if order.security.issuer_id else None


class SecurityConcentration(Concentration):
    """One bond, as a fraction of NAV."""

    code = "SECURITY_CONCENTRATION"
    what = "security"

    def held(self, account: AccountInput, order: OrderContext) -> Decimal | None:  # noqa: ARG002
        """Return the market value of the bond."""
        return account.held_market_value


RULES: tuple[Rule, ...] = (
    KnownRestrictionsOnly(),
    InvestmentGradeOnly(),
    NoHighYield(),
    NoEmergingMarkets(),
    NoTobacco(),
    EsgCompliant(),
    IssuerConcentration(),
    SecurityConcentration(),
)
"""Registry of the rules, in the order in which findings are reported."""

KNOWN_RESTRICTIONS = frozenset(rule.code for rule in RULES if isinstance(rule, RestrictionRule))

ISSUE_OWNERSHIP = "ISSUE_OWNERSHIP"
PRICE_DEVIATION = "PRICE_DEVIATION"

DEFAULT_LIMITS: tuple[Limit, ...] = (
    Limit(IssuerConcentration.code, LimitScope.DEFAULT, "*", Decimal("0.10")),
    Limit(SecurityConcentration.code, LimitScope.DEFAULT, "*", Decimal("0.10")),
    Limit(ISSUE_OWNERSHIP, LimitScope.DEFAULT, "*", Decimal("0.25")),
    Limit(PRICE_DEVIATION, LimitScope.DEFAULT, "*", Decimal("0.05")),
    *(
        Limit(code, LimitScope.SECTOR, sector, Decimal(1))
        for code in (IssuerConcentration.code, SecurityConcentration.code)
        for sector in sorted(facts.SOVEREIGN_SECTORS)
    ),
)
"""Limits that a new database gets; each code also applies while `compliance_limits` has no row of it."""
