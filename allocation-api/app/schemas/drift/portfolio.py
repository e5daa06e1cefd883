"""A portfolio that the caller states, and what it aims at."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema
from marshmallow.validate import Length

from app.schemas.kit.base import RequestSchema, added, repeated
from app.schemas.kit.fields import (
    MAX_AMOUNT,
    Code,
    Entries,
    Number,
    QueryDecimal,
    QueryJson,
    Text,
)
from app.services.drift.targets import DEFAULT_TARGETS, DEFAULT_THRESHOLD, UNCLASSIFIED
from app.services.drift.types import Holding, Portfolio
from app.services.kernels.rebalancing import Mode, TradeRules

MAX_HOLDINGS = 1_000
MAX_CLASSES = 50
WHOLE = Decimal(100)

VALUE = "Value of the portfolio, in money, at least a cent: what percentages are of."
_HOLDINGS = "Holdings by symbol, each with its asset class and its value in money."
THRESHOLD = "Drift in percentage points that is left alone; a class at exactly this is, too."
_EXAMPLE = {"AAPL": {"asset_class": "stocks", "value": 26940}}


class HoldingSchema(RequestSchema):
    """A holding."""

    makes = dict

    asset_class = Text(least=1, most=64, required=True, metadata=added("Its class.", example="stocks"))
    value = Number(
        f"-{MAX_AMOUNT}",
        MAX_AMOUNT,
        required=True,
        metadata=added("Its value in money; below zero for a short position.", example=26940),
    )


def _holdings_field() -> Entries:
    return Entries(
        Text(least=1, most=64),
        fields.Nested(HoldingSchema),
        Length(0, MAX_HOLDINGS, error=f"At most {MAX_HOLDINGS:,} holdings are accepted."),
        required=True,
        metadata=added(_HOLDINGS, example=_EXAMPLE),
    )


def _query_holdings() -> QueryJson:
    text = '{"AAPL":{"asset_class":"stocks","value":26940}}'
    return QueryJson(
        _holdings_field(),
        required=True,
        metadata=added(
            f"{_HOLDINGS} As JSON: addresses are logged and cut off, so prefer POST.",
            example=text,
            format="holdings",
        ),
    )


def _value_field(kind: type[Number] = Number) -> Number:
    return kind("0.01", MAX_AMOUNT, required=True, metadata=added(VALUE, example=183535.63))


def _threshold_field(kind: type[Number] = Number) -> Number:
    return kind("0", "100", load_default=DEFAULT_THRESHOLD, metadata=added(THRESHOLD, example=5.0))


def _targets_field() -> Entries:
    return Entries(
        Text(least=1, most=64),
        Number("0", "100"),
        Length(1, MAX_CLASSES, error=f"Between 1 and {MAX_CLASSES} asset classes are expected."),
        load_default=DEFAULT_TARGETS,
        metadata=added(
            "Target of each asset class in percent, which sum to 100. Without it stocks 50, etfs 15, "
            "commodities 15, crypto 10, futures 5, cash 5."
        ),
    )


class PortfolioSchema(RequestSchema):
    """A portfolio, and what it aims at."""

    makes = Portfolio

    @validates_schema
    def agrees(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse targets that do not sum to 100, and symbols that are the same but for case and blanks."""
        errors: dict[str, Any] = {}
        targets = data.get("targets")
        if targets is not None and sum(targets.values()) != WHOLE:
            errors["targets"] = [f"The targets sum to {sum(targets.values()):f}, not to 100."]
        if targets is not None and UNCLASSIFIED in targets:
            errors["targets"] = [f"{UNCLASSIFIED} is the class of what has no target."]
        strange = [
            name for name in data.get("unit_prices") or {} if targets is not None and name not in targets
        ]
        if strange:
            errors["unit_prices"] = {
                name: ["No asset class of the targets has this name."] for name in strange
            }
        symbols = list(data.get("holdings") or {})
        twice = repeated([symbol.strip().casefold() for symbol in symbols])
        if twice:
            errors["holdings"] = {symbols[i]: ["This symbol is there twice."] for i in twice}
        if errors:
            raise ValidationError(errors)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        """Return the portfolio."""
        holdings = data.pop("holdings", {})
        data["holdings"] = tuple(Holding(symbol, **parts) for symbol, parts in holdings.items())
        return self.makes(**data)


@dataclass(frozen=True, slots=True)
class Calculation:
    """A portfolio, and how its trades are to balance."""

    portfolio: Portfolio
    mode: Mode
    rules: TradeRules


class CalculateSchema(PortfolioSchema):
    """A portfolio, what it aims at, and how trades are to balance."""

    holdings = _holdings_field()
    portfolio_value = _value_field()
    threshold = Number(
        "0",
        "100",
        data_key="rebalancing_threshold",
        load_default=DEFAULT_THRESHOLD,
        metadata=added(THRESHOLD, example=5.0),
    )
    targets = _targets_field()
    mode = Code(
        Mode,
        load_default=Mode.FULL,
        metadata=added(
            "Of balanced_actions. full: every class to its target. to_band: classes that are out to the "
            "edge, with the least turnover. buy_only: free cash alone, never a sale.",
            example="full",
        ),
    )
    minimum_trade = Number(
        "0",
        MAX_AMOUNT,
        load_default=Decimal(0),
        metadata=added("Balanced actions below this much money are left out.", example=1000),
    )
    unit_prices = Entries(
        Text(least=1, most=64),
        Number("0.01", MAX_AMOUNT),
        Length(0, MAX_CLASSES, error=f"At most {MAX_CLASSES} asset classes are accepted."),
        load_default=dict,
        metadata=added("Price of a unit by asset class: its balanced actions are whole units, rounded down."),
    )

    @post_load
    def make(self, data: dict[str, Any], **more: Any) -> Calculation:
        """Return the portfolio with the rules of its trades."""
        rules = TradeRules(data.pop("minimum_trade"), data.pop("unit_prices"))
        mode = data.pop("mode")
        return Calculation(super().make(data, **more), mode, rules)


class DriftBodySchema(PortfolioSchema):
    """A portfolio, and what it aims at."""

    holdings = _holdings_field()
    portfolio_value = _value_field()
    threshold = _threshold_field()
    targets = _targets_field()


class DriftQuerySchema(PortfolioSchema):
    """A portfolio with the default targets."""

    holdings = _query_holdings()
    portfolio_value = _value_field(QueryDecimal)
    threshold = _threshold_field(QueryDecimal)


class TargetsBodySchema(PortfolioSchema):
    """The value of a portfolio, and what it aims at."""

    portfolio_value = _value_field()
    targets = _targets_field()


class TargetsQuerySchema(PortfolioSchema):
    """The value of a portfolio with the default targets."""

    portfolio_value = _value_field(QueryDecimal)
