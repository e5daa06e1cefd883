"""The rules. Each is a small class; to add one, write it here and put it into `RULES`.

A rule looks at one account and one order and says nothing, or finds a reason to exclude the account, to cap
its face, or to flag it. What a rule cannot judge for want of data it excludes: compliance fails closed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import ClassVar, Protocol

from app.services.compliance import facts
from app.services.domain.account import AccountInput, Limit, LimitScope
from app.services.domain.book import Security
from app.services.domain.side import Side


class FindingKind(StrEnum):
    """What a finding does to the account."""

    EXCLUDED = "EXCLUDED"
    CAPPED = "CAPPED"
    FLAGGED = "FLAGGED"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says of one account; `cap` is the face that may still be bought, for CAPPED only."""

    rule: str
    kind: FindingKind
    message: str
    cap: int | None = None
    details: dict[str, int | float | str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OrderContext:
    """What the rules know of the order: `cost` is what one unit of face costs, accrued included."""

    side: Side
    security: Security
    cost: Decimal
    limits: tuple[Limit, ...]

    def limit(self, code: str, account_id: str) -> Decimal:
        """Return the narrowest limit of that code: the account's, else the sector's, else the default (R5.6).

        A code of which the desk has no row has the limit that a desk starts with: to lift one, set it to 1.
        """
        wanted = (
            (LimitScope.ACCOUNT, account_id),
            (LimitScope.SECTOR, facts.sector_name(self.security.sector)),
            (LimitScope.DEFAULT, "*"),
        )
        known = {(x.scope, x.scope_id): x.value for x in self.limits if x.code == code}
        known = known or {(x.scope, x.scope_id): x.value for x in DEFAULT_LIMITS if x.code == code}
        return next((known[key] for key in wanted if key in known), Decimal(0))


class Rule(Protocol):
    """One account at a time; None means that the rule has nothing against the trade."""

    def judge(self, account: AccountInput, order: OrderContext) -> Finding | None:
        """Return what stands against this account taking part."""


def _excluded(rule: str, message: str, **details: float | str | None) -> Finding:
    return Finding(rule, FindingKind.EXCLUDED, message, details=dict(details))


class RestrictionRule:
    """Base of the rules that an account's restriction codes switch on. They bind buys only (R5.1)."""

    code: ClassVar[str]

    def judge(self, account: AccountInput, order: OrderContext) -> Finding | None:
        """Exclude the account when it has the restriction and the bond falls under it."""
        if self.code not in account.restrictions or order.side is Side.SELL:
            return None
        return self.breach(order.security)

    def breach(self, security: Security) -> Finding | None:
        """Say how the bond breaches the restriction."""
        raise NotImplementedError


class InvestmentGradeOnly(RestrictionRule):
    """Only bonds with an investment grade rating; an unrated bond has none."""

    code = "INVESTMENT_GRADE_ONLY"

    def breach(self, security: Security) -> Finding | None:
        """Exclude whatever is not rated BBB- or better."""
        if security.rating in facts.INVESTMENT_GRADE:
            return None
        shown = security.rating or "none"
        return _excluded(self.code, f"Only investment grade is allowed; the rating is {shown}", rating=shown)


class NoHighYield(RestrictionRule):
    """No bonds rated below investment grade; an unrated bond might be one."""

    code = "NO_HIGH_YIELD"

    def breach(self, security: Security) -> Finding | None:
        """Exclude high yield, and what cannot be told from it."""
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
        """Exclude the listed sectors, and a bond whose sector is unknown or a word in no list (R5.3)."""
        sector = facts.sector_name(security.sector)
        known = facts.CLEAN_SECTORS | facts.ESG_EXCLUDED_SECTORS
        if sector in known and sector not in self.sectors:
            return None
        shown = security.sector or "unknown"
        return _excluded(self.code, f"{self.words}; the sector is {shown}", sector=shown)


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
    """An account with a restriction code that no rule reads takes no part: nobody can say what it forbids."""

    # R5.2

    code = "UNKNOWN_RESTRICTION"

    def judge(self, account: AccountInput, order: OrderContext) -> Finding | None:  # noqa: ARG002
        """Exclude the account, in either direction."""
        unknown = sorted(set(account.restrictions) - KNOWN_RESTRICTIONS)
        if not unknown:
            return None
        codes = ", ".join(unknown)
        return _excluded(self.code, f"The account has restrictions that no rule knows: {codes}", codes=codes)


class Concentration:
    """Base of the limits on a market value after the trade as a fraction of NAV. They bind buys only."""

    # R5.4

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
        return Finding(
            self.code,
            FindingKind.CAPPED,
            f"At most {limit:.2%} of NAV may be in one {self.what}; {held / account.nav:.2%} is already",
            cap=cap,
            details={
                "limit": float(limit),
                "weight_before": float(held / account.nav),
                "max_quantity": cap,
            },
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
"""The registry; the order is the order in which findings are reported."""

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
"""What a desk starts with; the table `compliance_limits` is the desk's to change."""
