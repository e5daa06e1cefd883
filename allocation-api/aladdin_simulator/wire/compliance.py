"""Compliance of the simulated tenant: violations that the vendor reports before an order is posted.

Two kinds of rules, for purchases only, evaluated account by account:

- `MAX_ISSUER_WEIGHT`, a warning: with the order, the account's holdings of one issuer, orders and trades
  included, are worth more than 8 % of its NAV. Governments and agencies are exempt. A generated account holds
  under 5 % of any other issuer.
- one rule for each restriction of the account, of severity RESTRICTION: the account must not buy the bond. An
  unknown restriction is reported too, as is a bond without the data to judge it.

No rule blocks an order: the simulated tenant has configured all of them to report only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from aladdin_simulator import sectors
from aladdin_simulator.book import HUNDRED, Account, Bond, SecurityKind, SimulatorBook, exact
from aladdin_simulator.ratings import INVESTMENT_GRADE
from aladdin_simulator.universe import mandates
from aladdin_simulator.wire.order_messages import BUY, Detail, Order, Violation, ViolationContribution

MAX_ISSUER_WEIGHT = Decimal("0.08")
"""Of an account's NAV, market value with accrued; more is a warning."""

_ISSUER_RULE = "MAX_ISSUER_WEIGHT"
_WARNING, _RESTRICTION = "COMPLIANCE_SEVERITY_WARNING", "COMPLIANCE_SEVERITY_RESTRICTION"
_FREE_OF_LIMIT = frozenset({SecurityKind.GOVERNMENT, SecurityKind.AGENCY, SecurityKind.SOVEREIGN})
_EUROPE = "AT BE CH DE DK ES FI FR GB GG IE IM IS IT JE LI LU MC NL NO PT SE"
_ELSEWHERE = "AU BM CA HK IL JP KY NZ SG US"
_DEVELOPED_MARKETS = frozenset(f"{_EUROPE} {_ELSEWHERE}".split())

_BREACHES: Mapping[str, Callable[[Bond], bool]] = {
    mandates.INVESTMENT_GRADE_ONLY: lambda bond: bond.rating not in INVESTMENT_GRADE,
    mandates.NO_HIGH_YIELD: lambda bond: bond.rating not in INVESTMENT_GRADE,
    mandates.NO_EMERGING_MARKETS: lambda bond: bond.risk_country not in _DEVELOPED_MARKETS,
    mandates.NO_TOBACCO: lambda bond: bond.sector.upper() == sectors.TOBACCO,
    mandates.ESG_COMPLIANT: lambda bond: bond.sector.upper() in sectors.ESG_EXCLUDED,
}


@dataclass(frozen=True, slots=True)
class _Breach:
    """Violation of a rule by an account, with its description."""

    rule: str
    severity: str
    offender: str
    words: str


class Compliance:
    """Checks orders against the compliance rules."""

    def __init__(self, book: SimulatorBook) -> None:
        self._bonds = book.bond_by_cusip
        self._accounts = {account.account_id: account for account in book.accounts}

    def violations(self, order: Order, elsewhere: Mapping[str, Decimal]) -> list[Violation]:
        """Return the violations of an order, account by account in the order of its slices.

        Parameters
        ----------
        order : Order
            The order to check.
        elsewhere : mapping
            Market value of other orders in bonds of this issuer, by account ticker; sales are negative.
        """
        if order.transaction_type != BUY:
            return []
        bond = self._bonds[order.asset_id or ""]
        parts: dict[str, list[Detail]] = {}
        for detail in order.order_details:
            if detail.quantity:
                parts.setdefault(detail.portfolio_reference.portfolio_ticker or "", []).append(detail)
        limited = bond.kind not in _FREE_OF_LIMIT
        found: list[Violation] = []
        for ticker, details in parts.items():
            account = self._accounts[ticker]
            bought = sum((exact(detail.quantity) for detail in details), Decimal(0))
            breaches = _restricted(account, bond)
            if limited:
                value = bond.market_value(bought) + elsewhere.get(ticker, Decimal(0))
                breaches += self._concentrated(account, bond, value)
            found += [_violation(order, details, breach) for breach in breaches]
        return found

    def _concentrated(self, account: Account, bond: Bond, value: Decimal) -> list[_Breach]:
        """Check the weight of an issuer, of which the account's orders are worth `value`."""
        for position in account.positions:
            other = self._bonds[position.cusip]
            if other.issuer_id == bond.issuer_id:
                value += other.market_value(position.face)
        if value <= MAX_ISSUER_WEIGHT * account.nav:
            return []
        share = f"{value / account.nav * HUNDRED:.2f} % of NAV" if account.nav > 0 else "without a NAV"
        limit = f"{MAX_ISSUER_WEIGHT * HUNDRED:.0f} %"
        words = f"{bond.issuer} would be {value} in {account.account_id}, {share}; the limit is {limit}"
        return [_Breach(_ISSUER_RULE, _WARNING, bond.issuer_id, words)]


def _restricted(account: Account, bond: Bond) -> list[_Breach]:
    breaches: list[_Breach] = []
    for code in account.restrictions:
        breached = _BREACHES.get(code)
        if breached is None:
            words = f"{account.account_id} has a restriction that no rule knows: {code}"
            breaches.append(_Breach(code, _RESTRICTION, bond.cusip, words))
        elif breached(bond):
            facts = f"rating {bond.rating}, country of risk {bond.risk_country}, sector {bond.sector}"
            words = f"{account.account_id} must not buy {bond.description}: {facts}"
            breaches.append(_Breach(code, _RESTRICTION, bond.cusip, words))
    return breaches


def _violation(order: Order, details: Sequence[Detail], breach: _Breach) -> Violation:
    return Violation(
        action_status="Action Required",
        compliance_severity=breach.severity,
        portfolio_id=details[0].portfolio_reference.portfolio_id or "",
        rule_id=breach.rule,
        offender=breach.offender,
        violation_date=order.modify_time.date(),
        violation_description=breach.words,
        violation_contributions=[
            ViolationContribution(
                allocation_id=detail.order_detail_id,
                allocation_quantity=detail.quantity,
                asset_id=order.asset_id or "",
                portfolio_id=detail.portfolio_reference.portfolio_id or "",
                compliance_position_source="COMPLIANCE_POSITION_SOURCE_ORDER",
                transaction_date=order.trade_date,
            )
            for detail in details
        ],
    )
