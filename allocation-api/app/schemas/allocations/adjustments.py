"""What-if edits of previews as they enter and leave the service."""

from __future__ import annotations

from dataclasses import dataclass

from marshmallow import fields

from app.schemas.allocations.parameters import ByAccount
from app.schemas.kit.base import MapSchema, ResponseSchema, added
from app.schemas.kit.fields import MAX_FACE, Code, FaceNumber, Number, Real
from app.services.domain.face import Face
from app.services.kernels.allocation.problem import ProofStatus


@dataclass(frozen=True, slots=True)
class Edits:
    """The face that some accounts are to get, by account id."""

    faces: dict[str, Face]


class EditsSchema(MapSchema):
    """The face that some accounts are to get, by account id; the rest is split again."""

    makes = Edits

    @classmethod
    def entries(cls) -> fields.Dict:
        """Return the field of faces by account id."""
        return ByAccount(FaceNumber(0, MAX_FACE), least=1)


class EditCostSchema(ResponseSchema):
    """What edits cost: the standard deviation after the trade with them, less the least without."""

    unedited_std_dev = Real(metadata=added("Standard deviation without edits.", example=0.1973))
    least_std_dev = Real(
        metadata=added("The least without edits, by MIN_DISPERSION whatever the method.", example=0.1973)
    )
    lower_bound_std_dev = Real(
        allow_none=True,
        metadata=added("No split without edits has a smaller one; null where nothing was proved."),
    )
    status = Code(
        ProofStatus,
        allow_none=True,
        metadata=added("How far the least is proved; null where that is not known."),
    )
    post_trade_std_dev = Real(metadata=added("Standard deviation with the edits.", example=0.1975))
    absolute = Real(metadata=added("With the edits less the least, in the metric's unit.", example=0.0002))
    relative = Real(
        allow_none=True,
        metadata=added("The same as a fraction of the least; null where that is 0.", example=0.001),
    )
    total_difference = Number(metadata=added("Face allocated with edits, less that of the least.", example=0))


class MoveSchema(ResponseSchema):
    """An account whose face the last edit changed."""

    account_id = fields.String(metadata=added("Account id.", example="PPR-001"))
    before = Number(metadata=added("Face before the edit.", example=400000))
    after = Number(metadata=added("Face after it.", example=300000))
    difference = Number(metadata=added("The difference.", example=-100000))


class AdjustmentSchema(ResponseSchema):
    """What an edit fixed and moved, and what it costs."""

    adjusted_from = fields.String(metadata=added("The preview that was edited."))
    unedited_id = fields.String(
        metadata=added("The preview without any edit, where a chain of edits begins.")
    )
    fixed = fields.Dict(
        keys=fields.String(),
        values=Number(),
        metadata=added("Face that edits have fixed, by account id; those of earlier edits stay."),
    )
    cost = fields.Nested(EditCostSchema, metadata=added("What all edits cost together."))
    moved = fields.List(
        fields.Nested(MoveSchema), metadata=added("Accounts whose face the last edit changed.")
    )
