"""The compiled dump of every schema of an answer is, byte for byte, the schema's own."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from marshmallow import Schema, fields, post_dump

from app.api.kit.routes import routes
from app.api.namespaces import AT_ROOT, VERSIONED
from app.schemas.alerts_channels import TimeOfDay
from app.schemas.allocations.answers import AllocationSchema
from app.schemas.kit.base import ResponseSchema
from app.schemas.kit.dump import compiled
from app.schemas.kit.fields import JsonNumber, Number
from app.schemas.market_history_fields import Column
from app.services.allocations.engine import compute
from app.services.allocations.request import Constraints, Parameters, TargetMetric
from app.services.allocations.store import CommitLine, CommitResult, StoredAllocation
from app.services.domain.book import AssetFault, Benchmark
from app.services.domain.side import Side
from app.services.kernels.allocation.registry import Method
from tests.support.builders import account, inputs, security

ANSWERS = sorted(
    {
        type(declared.returns)
        for route in routes((*VERSIONED, *AT_ROOT))
        for declared in route.endpoint.operations.values()
        if declared.returns is not None
    },
    key=lambda kind: kind.__name__,
)

NUMBERS = (
    *(Decimal(text) for text in ("0", "-0.00", "1E+3", "1.50", "123456789012345678.01", "-7")),
    *(0, -3, 10**18, 0.0, -0.0, 1.5, 1e-7, 1e22, 0.1 + 0.2),
)
TEXTS = ("", "plain", "Zürich \u2028 \U0001f4b6", '\x7f "quoted" <&>', Side.BUY, TargetMetric.DTS, 7)
LEAVES: tuple[tuple[type[fields.Field[Any]], Sequence[Any]], ...] = (
    (JsonNumber, NUMBERS),
    (fields.Float, (0.0, 1e-7, 2, Decimal("0.1"))),
    (fields.Integer, (0, -1, 10**20, True, 2.0)),
    (fields.Boolean, (True, False)),
    (fields.Date, (date(2026, 6, 30),)),
    (fields.DateTime, (datetime(2026, 6, 30, 14, 30, 0, 4, UTC), datetime(2026, 6, 30, tzinfo=UTC))),
    (TimeOfDay, (time(0), time(22, 5), time(7, 30, 59))),
    (fields.String, TEXTS),
)
"""What the attribute of a field may hold: its own type, and types near it. The first that fits holds."""


def a_value(rng: random.Random, field: fields.Field[Any]) -> Any:
    """Return what the attribute of a field may hold, None included."""
    if rng.random() < 0.15:
        return None
    match field:
        case fields.Nested():
            return an_object(rng, field.schema)
        case Column():
            return [rng.choice((None, 0.1 + 0.2, -1e22, 7)) for _ in range(rng.randint(0, 3))]
        case fields.List():
            return tuple(a_value(rng, field.inner) for _ in range(rng.randint(0, 3)))
        case fields.Dict():
            plain = field.value_field is None
            return {
                f"{i}": rng.choice([1, 0.5, "a", None]) if plain else a_value(rng, field.value_field)
                for i in range(rng.randint(0, 3))
            }
        case fields.Enum():
            return rng.choice(list(field.enum))
    return rng.choice(next(found for kind, found in LEAVES if isinstance(field, kind)))


def an_object(rng: random.Random, schema: Schema) -> Any:
    """Return an object that has what the schema reads, now and then a mapping, or less an attribute."""
    found, is_mapping = SimpleNamespace(), rng.random() < 0.05
    for name, field in schema.dump_fields.items():
        if not is_mapping and rng.random() < 0.01:
            continue
        owner, (*path, last) = found, (field.attribute or name).split(".")
        for step in path:
            if not hasattr(owner, step):
                setattr(owner, step, SimpleNamespace())
            owner = getattr(owner, step)
        setattr(owner, last, a_value(rng, field))
    return vars(found) if is_mapping else found


def same(schema: Schema, answer: Any) -> None:
    assert json.dumps(compiled(schema)(answer)) == json.dumps(schema.dump(answer))


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_answer_is_dumped_as_its_schema_dumps_it(kind):
    rng, schema = random.Random(kind.__name__), kind()
    for _ in range(100):
        same(schema, an_object(rng, schema))


def maybe(rng: random.Random, value: Any) -> Any:
    return None if rng.random() < 0.1 else value


def preview(rng: random.Random) -> StoredAllocation:
    """Return a preview of a random book; the engine makes the numbers, some of the book is unknown."""
    accounts = [
        account(
            f"A{i:03}",
            account_name=rng.choice(["Plain", "Zürich \u2028 \U0001f4b6", "\x7f quoted \"'<&>", ""]),
            nav=maybe(rng, Decimal(rng.randint(0, 10**11)) / 100),
            cash=maybe(rng, Decimal(rng.randint(-(10**8), 10**9)) / 1000),
            spread_duration=maybe(rng, rng.uniform(-3, 15)),
            duration=maybe(rng, rng.uniform(-3, 15)),
            oas=maybe(rng, rng.uniform(-1e-5, 300)),
            dts=maybe(rng, rng.uniform(-1e17, 1e17)),
            benchmark=Benchmark(maybe(rng, rng.uniform(0, 9))),
            held_face=Decimal(rng.choice([0, 500, 1_000_000])),
            settled_face=Decimal(rng.choice([0, 500, 1_000_000])),
            restrictions=rng.choice([(), ("NO_TOBACCO",), ("UNHEARD_OF",)]),
        )
        for i in range(rng.randint(1, 40))
    ]
    weights = {a.account_id: Decimal(1) / len(accounts) for a in accounts}
    given = inputs(
        accounts,
        quantity=rng.choice([1, 1_000_000, 77_777_777]),
        side=rng.choice(list(Side)),
        method=rng.choice(list(Method)),
        parameters=Parameters(weights=weights, target_metric=rng.choice(list(TargetMetric))),
        constraints=Constraints(
            respect_cash=rng.random() < 0.7,
            round_to_denomination=rng.random() < 0.7,
            compliance_check=rng.random() < 0.9,
        ),
        bond=security(sector=rng.choice(["GOVT", "TOBACCO", None])),
    )
    result = compute(given)
    line = CommitLine("A000", 1000, maybe(rng, "ORD-1"), "SUBMITTED", "Sent")
    commit = CommitResult("id", "SUCCESS", ("ORD-1",), (line,), "audit", "Sent")
    now = datetime(2026, 6, 30, 14, rng.randint(0, 59), tzinfo=UTC)
    errors = rng.choice([(), (AssetFault("X", "NOT_FOUND", "not known"),)])
    return StoredAllocation(
        "id",
        "PREVIEWED",
        now,
        now,
        "demo_user",
        given.request,
        replace(result, errors=errors),
        rng.choice([None, commit]),
    )


def test_previews_are_dumped_as_their_schema_dumps_them():
    rng = random.Random(10)
    for _ in range(300):
        same(AllocationSchema(), preview(rng))


class DoubledSchema(ResponseSchema):
    """A schema with a way of its own to dump."""

    number = Number()

    @post_dump
    def double(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {"number": 2 * data["number"]}


class OuterSchema(ResponseSchema):
    """One that nests it."""

    inner = fields.List(fields.Nested(DoubledSchema))


def test_a_schema_with_a_hook_dumps_by_itself():
    answer = SimpleNamespace(inner=[SimpleNamespace(number=Decimal("1.5")), SimpleNamespace(number=2)])
    assert compiled(OuterSchema())(answer) == {"inner": [{"number": 3.0}, {"number": 4}]}


def test_what_leaves_out_a_field_is_dumped_without_it():
    class PairSchema(ResponseSchema):
        one = fields.String()
        other = fields.Integer()

    pair = compiled(PairSchema())
    assert pair(SimpleNamespace(one="a")) == {"one": "a"}
    assert pair({"one": Side.BUY, "other": 2.0}) == {"one": "BUY", "other": 2}
    assert pair(SimpleNamespace(one=None, other=True)) == {"one": None, "other": 1}
