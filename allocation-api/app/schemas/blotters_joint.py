"""Joint splits of blotters: which lines can be split at once, and what it came to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marshmallow import fields

from app.schemas.kit.base import ResponseSchema, doc
from app.schemas.kit.fields import Code, Number, Real
from app.services.allocations.request import PreviewRequest, TargetMetric
from app.services.blotters.types import MAX_JOINT_LINES
from app.services.kernels.allocation.problem import ProofStatus, Solver
from app.services.kernels.allocation.registry import Method
from app.services.kernels.joint.problem import SolverName

COMMON = {
    "parameters": ("target_metric", "weighting", "fairness", "fairness_weight"),
    "constraints": ("respect_cash", "compliance_check", "cash_reserve"),
}
"""What is the same in all lines that are split at once."""


def too_many(lines: int) -> str | None:
    """Say that there are more lines than can be split at once; None where there are not."""
    if lines <= MAX_JOINT_LINES:
        return None
    return f"At most {MAX_JOINT_LINES} lines can be split at once; these are {lines:,}."


def joint_problems(line: PreviewRequest, first: PreviewRequest) -> dict[str, Any]:
    """Return what keeps a line from being split at once with others, the first of which is `first`."""
    found: dict[str, Any] = {}
    if line.method is not Method.MIN_DISPERSION:
        found["allocation_method"] = ["A joint split needs MIN_DISPERSION in every line."]
    for part, name, message in (*_unused(line), *_different(line, first)):
        found.setdefault(part, {}).setdefault(name, [message])
    return found


def _unused(line: PreviewRequest) -> Iterator[tuple[str, str, str]]:
    parameters = line.parameters
    asked = {
        "solver": parameters.solver is not Solver.EXACT,
        "tiers": bool(parameters.tiers),
        "max_dispersion_cost": parameters.max_dispersion_cost is not None,
    }
    for name, is_asked in asked.items():
        if is_asked:
            yield "parameters", name, "A joint split does not know this: leave it out."


def _different(line: PreviewRequest, first: PreviewRequest) -> Iterator[tuple[str, str, str]]:
    for part, names in COMMON.items():
        for name in names:
            if getattr(getattr(line, part), name) != getattr(getattr(first, part), name):
                yield part, name, "A joint split needs the same in every line; the first one has another."


class JointTrySchema(ResponseSchema):
    """One solver's try."""

    solver = Code(SolverName, metadata=doc("Who tried.", example="PIQP"))
    said = fields.String(metadata=doc("What the solver says of it.", example="PIQP_SOLVED"))
    iterations = fields.Integer(metadata=doc("Its iterations.", example=14))
    gap = Real(
        allow_none=True,
        metadata=doc(
            "Difference to its own bound, of squares, for metrics of scale one; null without an answer.",
            example=2.1e-12,
        ),
    )
    accepted = fields.Boolean(metadata=doc("Whether that is near enough.", example=True))


class JointOutcomeSchema(ResponseSchema):
    """A joint split of all lines, beside the same lines one after another (R17.5)."""

    status = Code(
        ProofStatus,
        metadata=doc("What is known of it, as of the minimum dispersion of one order.", example="WITHIN_GAP"),
    )
    metric = Code(
        TargetMetric,
        metadata=doc("The metric whose dispersion is minimised.", example="ACTIVE_SPREAD_DURATION"),
    )
    std_dev_before = Real(
        metadata=doc(
            "Standard deviation before all lines, over the accounts of all of them, in the metric's unit.",
            example=0.52407,
        )
    )
    std_dev = Real(metadata=doc("Standard deviation after all lines.", example=0.37023))
    sequential_std_dev = Real(
        metadata=doc("The same if they were split one after another, by priority.", example=0.41091)
    )
    saved_std_dev = Real(
        metadata=doc(
            "By how much the joint split is less; negative where it places more, which counts first.",
            example=0.04068,
        )
    )
    lower_bound = Real(
        metadata=doc(
            "No split that places as much of each line is below this. It bounds the root of what is "
            "minimised, which with debts is more than the standard deviation.",
            example=0.37019,
        )
    )
    gap = Real(metadata=doc("What may be missing to that bound, as a fraction.", example=0.00011))
    unallocated = Number(metadata=doc("Face that stays of all lines together.", example=0))
    sequential_unallocated = Number(
        metadata=doc("The same if they were split one after another.", example=1500000)
    )
    solver = Code(
        SolverName,
        allow_none=True,
        metadata=doc("Who found the continuous optimum; null where no try was near enough.", example="PIQP"),
    )
    attempts = fields.List(fields.Nested(JointTrySchema), metadata=doc("Every try, in their order."))


class JointReplaySchema(ResponseSchema):
    """Whether a joint split is as it was stored, and recomputes to what was shown."""

    blotter_id = fields.String(metadata=doc("Id of the blotter."))
    confirmed = fields.Boolean(metadata=doc("Whether nothing differs.", example=True))
    split_sha256 = fields.String(
        metadata=doc("Fingerprint of the stored split, which the inputs of each line name.")
    )
    std_dev = Real(
        allow_none=True,
        metadata=doc("Standard deviation, recomputed; null where it cannot be.", example=0.37023),
    )
    std_dev_tolerance = Real(
        allow_none=True, metadata=doc("By how much it may differ from what was shown.", example=1.2e-9)
    )
    lower_bound = Real(
        allow_none=True, metadata=doc("Bound, proved anew; null where it cannot be.", example=0.37019)
    )
    bound_tolerance = Real(
        allow_none=True, metadata=doc("By how much its square may differ.", example=1.4e-8)
    )
    differences = fields.List(fields.String(), metadata=doc("What differs."))
