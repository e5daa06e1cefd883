"""The limits of the vault on a reallocation: on its target, and the trades that it asks for (R25.9)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from app.services.compliance.vault import FULL, VaultReallocation, VaultSeverity, check_vault
from app.services.kernels.rebalancing.drift import PERCENT, decimal
from app.services.reallocation.evaluation import Evaluation
from app.services.reallocation.money import money
from app.services.reallocation.types import VaultReport


def vault_report(found: Evaluation) -> VaultReport | None:
    """Return what the limits say, None where they are not asked for."""
    if not found.asked.vault_limits:
        return None
    current = _percents({each.asset: each.current for each in found.holdings})
    start = found.asked.day_start_weights
    wanted = found.plan.wanted if found.plan else (0,) * len(found.holdings)
    rooms = found.liquidity.rooms
    findings = check_vault(
        VaultReallocation(
            proposed=_percents({each.asset: each.target for each in found.holdings}),
            current=current,
            day_start=current if start is None else {asset: each * FULL for asset, each in start.items()},
            transactions={
                each.asset: money(abs(trade))
                for each, trade in zip(found.holdings, wanted, strict=True)
                if trade
            },
            liquidity={asset: money(room) for asset, room in rooms.items() if room is not None},
        )
    )
    allowed = all(each.severity is not VaultSeverity.VIOLATION for each in findings)
    return VaultReport(allowed, findings)


def _percents(values: Mapping[str, int]) -> dict[str, Decimal]:
    total = sum(values.values())
    return {asset: decimal(Fraction(value * PERCENT, total)) for asset, value in values.items() if total}
