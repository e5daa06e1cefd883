"""Every read for a user says what the user may see, and the page on permissions is what is declared."""

from __future__ import annotations

import inspect
import typing
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from app.cli.permissions import MARK, tables
from app.services.visibility.visibility import Visibility
from app.wiring.container import Services

ROOT = Path(__file__).resolve().parents[3]

WITHOUT_GROUPS = {
    "settings": "no service",
    "clock": "no service",
    "database": "no service",
    "passwords": "no service",
    "pool": "no service",
    "transport": "no service",
    "periodic": "background jobs work for the whole desk",
    "aladdin": "the vendor itself; endpoints read it through the rooms",
    "access": "users and sessions belong to no group",
    "ops": "the state of the process",
    "safety": "the emergency stop and the limits on orders are of the whole desk",
    "jobs": "each user sees the own ones; those of all are for users whom no group limits",
    "market_history": "prices by symbol, of no client",
    "regimes": "regimes by prices of no client",
    "risk": "measures weights that the caller states by prices of no client",
    "backtest": "simulations by prices of no client; each user reads the own ones alone",
    "events": "portfolios are read as visible where they are; the rest tells of no client",
    "execution": "accounts at brokers are of users; each user sees the own ones alone",
    "preferences": "each user reads the own ones alone",
    "state": "numbers for metrics, of the whole desk",
}
"""Rooms that tell of no group, each with the reason."""

FOR_ALL = {
    "audit.record": "writes",
    "audit.record_system": "writes",
    "audit.record_for": "writes",
    "audit.record_limits": "writes",
    "audit.has_records": "asked at the start",
    "audit.row_breaks": "within a service, of a thing that was read as visible",
    "audit.allocation_breaks": "within a service, of a thing that was read as visible",
    "audit.verify": "an operation of the whole desk",
    "audit.export": "an operation of the whole desk",
    "requests.activity.note": "writes",
    "requests.activity.write": "writes",
    "requests.activity.forget": "a background job",
    "requests.usage.note": "writes",
    "requests.usage.write": "writes",
    "requests.usage.forget": "a background job",
    "requests.rates.charge": "counts requests of one user",
    "requests.gate.passing": "counts requests",
    "requests.rates.allowance": "counts requests of one user",
    "requests.idempotency.reserve": "keys are of one user; the edge checks what an answer is about",
    "requests.idempotency.keep": "writes",
    "requests.idempotency.release": "writes",
    "requests.idempotency.forget_old": "a background job",
    "accounts.reference.export": "an operation of the whole desk",
    "accounts.reference.load": "an operation of the whole desk",
    "accounts.visibility.of": "it makes what is visible",
    "securities.search": "bonds belong to no group, and a search shows no price",
    "fairness.policies.in_force": "within a service, for a preview",
    "fairness.policies.named": "within a service, of an order that was read as visible",
    "fairness.policies.put": "an operation of the whole desk",
    "fairness.ledger.state": "within a service, of groups that are visible",
    "fairness.ledger.inputs": "within a service, of groups that are visible",
    "fairness.ledger.settle": "writes",
    "allocations.previews.may_skip_compliance": "reads nothing",
    "allocations.previews.split": "computes",
    "allocations.previews.storing": "writes",
    "drift.calculator.report": "measures what the caller states, and reads nothing",
    "drift.calculator.balanced": "measures what the caller states, and reads nothing",
    "drift.calculator.targets": "measures what the caller states, and reads nothing",
    "drift.checks.scheduled": "a background job",
    "drift.checks.forget": "a background job",
    "drift.checks.work": "a job, which sees what its user may see",
    "requests.calculations.calculating": "reads nothing",
    "optimization.assets": "within a service, of portfolios that are monitored",
    "optimization.recalculated": "a job, of a portfolio that was read as visible when it was asked for",
    "reallocation.list": "each user sees the own ones alone",
    "reallocation.get": "each user sees the own ones alone",
    "blotters.previews.begin": "a job, which sees what its user may see",
    "blotters.previews.run_line": "a job, which sees what its user may see",
    "blotters.previews.work": "a job, which sees what its user may see",
    "blotters.commits.commit_line": "a job, which sees what its user may see",
    "blotters.commits.work": "a job, which sees what its user may see",
    "alerts.channels.list": "an operation of the whole desk",
    "alerts.channels.get": "within the service",
    "alerts.channels.create": "an operation of the whole desk",
    "alerts.channels.put": "an operation of the whole desk",
    "alerts.channels.delete": "an operation of the whole desk",
    "alerts.channels.test": "an operation of the whole desk",
    "alerts.deliveries.due_channels": "a background job",
    "alerts.deliveries.claim": "a background job",
    "alerts.deliveries.is_exhausted": "a background job",
    "alerts.deliveries.sent": "a background job",
    "alerts.deliveries.failed": "a background job",
    "alerts.deliveries.cancelled": "a background job",
    "alerts.deliveries.list": "an operation of the whole desk",
    "alerts.deliveries.retry": "an operation of the whole desk",
    "alerts.dispatcher.start_due": "a background job",
    "alerts.dispatcher.end": "a background job",
    "alerts.dispatcher.join": "a background job",
    "alerts.look.run": "a background job",
    "alerts.look.compare": "a background job",
    "optimization.optimise": "computes by prices of no client, and keeps for its user",
    "trading.orders.sync": "within a service, of an allocation that was read as visible",
}
"""Methods of the other rooms that take no visibility, each with the reason."""


def services_of(kind: type, name: str) -> list[tuple[str, type]]:
    """The services in a room: itself, or those that it holds."""
    if is_dataclass(kind) and kind.__module__ == Services.__module__:
        hints = typing.get_type_hints(kind)
        return [(f"{name}.{f.name}", hints[f.name]) for f in fields(kind)]
    return [(name, kind)]


def methods() -> list[tuple[str, typing.Callable[..., object]]]:
    rooms = typing.get_type_hints(Services)
    return [
        (f"{name}.{method}", function)
        for room, kind in rooms.items()
        if room not in WITHOUT_GROUPS
        for name, service in services_of(kind, room)
        for method, function in inspect.getmembers(service, inspect.isfunction)
        if not method.startswith("_")
    ]


def test_every_room_that_is_left_out_is_there():
    assert set(WITHOUT_GROUPS) <= set(typing.get_type_hints(Services))
    assert set(FOR_ALL) <= {name for name, _ in methods()}


@pytest.mark.parametrize(
    ("name", "method"), methods(), ids=lambda found: found if isinstance(found, str) else ""
)
def test_a_method_that_endpoints_reach_takes_what_is_visible(name, method):
    """Without a default: who calls it has to say what the user sees, and mypy sees who does not."""
    parameters = inspect.signature(method).parameters
    takes = [p for p in parameters.values() if p.annotation in {Visibility.__name__, Visibility}]
    assert (len(takes) == 1) is (name not in FOR_ALL)
    assert all(p.default is inspect.Parameter.empty for p in takes)


def test_the_page_has_the_tables_as_declared():
    """`make permissions` renews them."""
    text = (ROOT / "docs" / "permissions.md").read_text()
    assert text.count(MARK) == 1
    assert MARK + text.partition(MARK)[2] == tables()
