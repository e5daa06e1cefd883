"""The wish to commit a blotter, as it enters the service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, fields, post_load
from marshmallow.validate import Length

from app.schemas.allocations.decisions import warning_ids
from app.schemas.kit.base import RequestSchema, doc, repeated
from app.schemas.kit.fields import Flag, Text, WholeNumber
from app.services.blotters.types import MAX_LINES, SeenWarnings


@dataclass(frozen=True, slots=True)
class BlotterCommit:
    """The wish to commit a blotter."""

    lines: tuple[int, ...] | None
    comment: str
    override_warnings: bool
    acknowledge: tuple[SeenWarnings, ...]


class LineWarningsSchema(RequestSchema):
    """Warnings of one line that were reviewed."""

    makes = SeenWarnings

    line = WholeNumber(1, MAX_LINES, required=True, metadata=doc("Number of the line.", example=1))
    warnings = warning_ids()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> SeenWarnings:
        """Turn the validated fields into the value object."""
        return SeenWarnings(data["line"], tuple(data["warnings"]))


class BlotterCommitSchema(RequestSchema):
    """The wish to commit lines that have an open preview."""

    makes = BlotterCommit

    lines = fields.List(
        WholeNumber(1, MAX_LINES),
        load_default=None,
        validate=Length(1, MAX_LINES, error=f"Between 1 and {MAX_LINES:,} lines are expected."),
        metadata=doc(
            "Numbers of the lines that you agree to, each once: those that you have seen with an open "
            "preview. Only they are sent; while another one has an open preview, the commit is refused as "
            "BLOTTER_CHANGED. Without it all lines that have one when you ask.",
            example=[1, 2],
        ),
    )
    comment = Text(most=1000, load_default="", metadata=doc("Why, for the audit trail.", example="Agreed"))
    override_warnings = Flag(
        load_default=False,
        metadata=doc("Accept the warnings of all lines; needs allocations:override-warnings.", example=True),
    )
    acknowledge = fields.List(
        fields.Nested(LineWarningsSchema),
        load_default=list,
        validate=Length(max=MAX_LINES),
        metadata=doc("Warnings that you have reviewed and accept, by line; each line once."),
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> BlotterCommit:
        """Turn the validated fields into the value object."""
        seen: list[SeenWarnings] = data["acknowledge"]
        lines: list[int] | None = data["lines"]
        twice = ["The line is named twice."]
        errors: dict[str, dict[int, Any]] = {
            "lines": dict.fromkeys(repeated([str(line) for line in lines or ()]), twice),
            "acknowledge": {place: {"line": twice} for place in repeated([str(each.line) for each in seen])},
        }
        if lines is not None:
            others = ["The line is not among lines."]
            among = set(lines)
            for place, each in enumerate(seen):
                if each.line not in among:
                    errors["acknowledge"].setdefault(place, {"line": others})
        if any(errors.values()):
            raise ValidationError({name: found for name, found in errors.items() if found})
        return BlotterCommit(
            None if lines is None else tuple(lines), data["comment"], data["override_warnings"], tuple(seen)
        )
