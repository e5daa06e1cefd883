"""The target of a reallocation in cents by asset: as given, of a stored target set, or optimised."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from app.core.errors import FieldError, InvalidRequest
from app.services.drift.errors import NoTargets
from app.services.drift.target_sets import TargetSets
from app.services.kernels.rebalancing.balance import in_cents
from app.services.kernels.risk import RiskError
from app.services.market_history.errors import NotMeasurable, TooFewPrices, UnknownAsset
from app.services.market_history.service import MarketHistory
from app.services.reallocation.measured import sample
from app.services.reallocation.money import cents, money
from app.services.reallocation.types import MAX_ASSETS, ReallocationRequest, TargetObjective
from app.services.visibility.visibility import Visibility

SUM_TOLERANCE = Decimal("0.000001")
"""Distance from 1 that the sum of stated weights may have."""


class Targets:
    """Finds targets; stored sets are those that the user may see."""

    def __init__(self, history: MarketHistory, sets: TargetSets) -> None:
        self._history = history
        self._sets = sets

    def of(self, asked: ReallocationRequest, visible: Visibility) -> dict[str, int]:
        """Return the cents of each asset, which are worth what is held and the free cash together.

        Raises
        ------
        NotFound
            When there is no such target set, or it is not visible.
        NoTargets
            When nothing of it holds today, or it is of metrics.
        InvalidRequest
            Where values or weights do not add up, or nothing is best.
        UnknownAsset, TooFewPrices, NotMeasurable
            When an optimised target lacks returns.
        """
        total = sum(map(cents, asked.current.values())) + cents(asked.cash)
        if asked.target is not None:
            return _given(asked.target, total)
        if asked.target_weights is not None:
            return _shared(_stated(asked.target_weights), total)
        if asked.target_set_id is not None:
            return _shared(self._stored(asked.target_set_id, visible), total)
        return _shared(self._optimised(asked, asked.target_objective or TargetObjective.MIN_RISK), total)

    def _stored(self, target_set_id: str, visible: Visibility) -> Mapping[str, Fraction]:
        version = self._sets.get(target_set_id, visible).in_force
        targets = version.content.targets if version else ()
        if not targets:
            raise NoTargets("The target set has no targets of classes that hold today")
        if len(targets) > MAX_ASSETS:
            raise NoTargets(f"The target set has more than {MAX_ASSETS} classes")
        return {each.key: Fraction(each.target_percent) for each in targets}

    def _optimised(self, asked: ReallocationRequest, objective: TargetObjective) -> Mapping[str, Fraction]:
        # Their solvers take a while to load.
        from app.services.kernels.optimization import (  # noqa: PLC0415
            Objective,
            OptimizationError,
            Problem,
            optimise,
        )

        assets = tuple(asked.current)
        objectives = {TargetObjective.MIN_RISK: Objective.MIN_RISK, TargetObjective.SHARPE: Objective.SHARPE}
        try:
            returns = sample(self._history, asked, assets)
            free_rate = asked.risk_free_rate / returns.data.periods_per_year
            found = optimise(
                Problem(
                    assets, objectives[objective], returns=returns.panel.returns, risk_free_rate=free_rate
                )
            )
        except (UnknownAsset, TooFewPrices) as error:
            errors = [FieldError("current", each.message) for each in error.errors]
            raise type(error)(str(error), errors=errors) from error
        except RiskError as error:
            raise NotMeasurable(str(error), errors=[FieldError("current", str(error))]) from error
        except OptimizationError as error:
            raise _wrong("target_objective", f"Nothing is best: {error}.") from error
        return {
            asset: Fraction(max(each, 0.0))
            for asset, each in zip(assets, found.weights.tolist(), strict=True)
        }


def _given(target: Mapping[str, Decimal], total: int) -> dict[str, int]:
    values = {asset: cents(each) for asset, each in target.items()}
    if (stated := sum(values.values())) != total:
        words = (
            f"The targets add up to {money(stated):,.2f}; what is held and the cash are {money(total):,.2f}."
        )
        raise _wrong("target", words)
    return values


def _stated(weights: Mapping[str, Decimal]) -> Mapping[str, Fraction]:
    whole = sum(weights.values(), Decimal(0))
    if abs(whole - 1) > SUM_TOLERANCE:
        raise _wrong("target_weights", f"The weights add up to {whole:.8g}; 1 is expected.")
    return {asset: Fraction(each) for asset, each in weights.items()}


def _shared(weights: Mapping[str, Fraction], total: int) -> dict[str, int]:
    whole = sum(weights.values(), Fraction(0))
    parts = in_cents([each * total / whole for each in weights.values()], total)
    return dict(zip(weights, parts, strict=True))


def _wrong(field: str, message: str) -> InvalidRequest:
    return InvalidRequest.of(FieldError(field, message))
