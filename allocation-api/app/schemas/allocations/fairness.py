"""Fairness over time in previews: what may be asked for together, and what is shown of it."""

from __future__ import annotations

from marshmallow import fields

from app.schemas.kit.base import ResponseSchema, added, doc
from app.schemas.kit.fields import Code, IsoDate, Number, Real
from app.services.allocations.fairness_types import FairnessEffect, FairnessSource, WeightSource
from app.services.allocations.request import BaseMetric, Parameters
from app.services.domain.fairness import FairnessMode
from app.services.kernels.allocation.problem import Weighting
from app.services.kernels.allocation.registry import Method


def fairness_problems(method: Method, parameters: Parameters) -> dict[str, str | None]:
    """Return what is wrong with the parameters of fairness, by field; None where nothing is."""
    # R16.2
    asked = {
        "fairness_weight": parameters.fairness_weight,
        "max_dispersion_cost": parameters.max_dispersion_cost,
    }
    given = [name for name, value in asked.items() if value is not None]
    steers = method is Method.MIN_DISPERSION and parameters.fairness is not FairnessMode.PER_ORDER
    problems: dict[str, str | None] = {}
    for name in given:
        if not steers:
            problems[name] = "Only MIN_DISPERSION with fairness LEDGER uses it."
        elif len(given) > 1:
            problems[name] = "Give fairness_weight or max_dispersion_cost, not both."
        elif parameters.tiers and name == "max_dispersion_cost":
            problems[name] = (
                "Tiers are served one after the other, so the cost of all together is not bounded."
            )
    own_base = method is Method.PRO_RATA and parameters.base_metric is not BaseMetric.NAV
    if own_base and parameters.fairness is FairnessMode.LEDGER:
        problems["base_metric"] = (
            f"With fairness LEDGER shares follow what each account is owed, not {parameters.base_metric}: "
            "leave base_metric out, or ask for PER_ORDER."
        )
    return problems


class BalanceSchema(ResponseSchema):
    """What one account is owed, positive, or has had too much, negative."""

    account_id = fields.String(metadata=doc("The account.", example="PPR-001"))
    quantity = Number(metadata=doc("Face; negative where it has had too much.", example=-120000))
    pieces = Real(metadata=doc("The same in minimum pieces of this order.", example=-1.2))


class FairnessSummarySchema(ResponseSchema):
    """What the ledger of entitlements did to this split, and what the split would do to the ledger."""

    mode = Code(
        FairnessMode,
        metadata=added("How the order was split: by itself, or by what accounts are owed.", example="LEDGER"),
    )
    source = Code(
        FairnessSource, metadata=added("Whether the request or the policy said so.", example="POLICY")
    )
    effect = Code(
        FairnessEffect,
        metadata=added(
            "What the ledger did to the split. STEERED: it moved the shares. NOTHING_OWED: no account that "
            "can take part is owed anything, so plain weights hold. RECORDED: the split is as without it; "
            "the ledger only records.",
            example="STEERED",
        ),
    )
    policy_id = fields.String(metadata=added("The fairness policy in force.", example="default"))
    policy_version = fields.Integer(metadata=added("Its version.", example=0))
    scope = fields.String(metadata=added("The ledger: the groups of the order, with SECTOR also its sector."))
    as_of = IsoDate(
        allow_none=True, metadata=added("Date of the last entry of the ledger; null where there is none.")
    )
    fairness_weight = Real(
        allow_none=True,
        metadata=added(
            "lambda of all accounts; null where the ledger did not steer by one, or each has its own (AUTO)."
        ),
    )
    weight_source = Code(
        WeightSource,
        allow_none=True,
        metadata=added(
            "Where lambda comes from. AUTO: one for each account, chosen so that without caps none ends more "
            "than two pieces from what it is owed. DISPERSION_COST: the greatest within max_dispersion_cost."
        ),
    )
    greatest_before = fields.Nested(
        BalanceSchema,
        allow_none=True,
        metadata=added(
            "Greatest balance of the ledger, by size, before the order and its entitlements; null without "
            "accounts."
        ),
    )
    greatest_after = fields.Nested(
        BalanceSchema,
        allow_none=True,
        metadata=added("The same after the order, if it is committed and filled as previewed."),
    )
    least_std_dev = Real(
        allow_none=True,
        metadata=added(
            "Least standard deviation of this order, without ledger and tiers; null where the ledger did not "
            "steer MIN_DISPERSION."
        ),
    )
    dispersion_cost = Real(
        allow_none=True,
        metadata=added("Standard deviation over the least, less 1; null where the least is not known or 0."),
    )


class FrontierPointSchema(ResponseSchema):
    """One split of the order, between the least dispersion and what is owed."""

    fairness_weight = Real(
        allow_none=True,
        metadata=doc("lambda; null for a preview that has none, or one for each account.", example=1),
    )
    post_trade_std_dev = Real(metadata=doc("Standard deviation after the trade.", example=0.1973))
    dispersion_cost = Real(
        allow_none=True, metadata=doc("Standard deviation over the least, less 1; null where that is 0.")
    )
    greatest_after = fields.Nested(
        BalanceSchema, allow_none=True, metadata=doc("Greatest balance after the order, by size.")
    )


class FrontierSchema(ResponseSchema):
    """What fairness costs in dispersion, for one stored preview."""

    allocation_id = fields.String(metadata=doc("The preview."))
    weighting = Code(Weighting, metadata=doc("How accounts count in the dispersion."))
    minimum_piece = Number(metadata=doc("Face of the minimum piece, in which balances are counted."))
    points = fields.List(
        fields.Nested(FrontierPointSchema), metadata=doc("By lambda, from 0 to the split by what is owed.")
    )
    preview = fields.Nested(
        FrontierPointSchema,
        metadata=doc("The preview itself."),
    )
