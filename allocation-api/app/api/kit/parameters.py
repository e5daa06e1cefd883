"""What identifies things in paths."""

from __future__ import annotations

from collections.abc import Mapping

from marshmallow import ValidationError
from werkzeug.routing import BaseConverter

from app.core.errors import NotFound
from app.schemas.kit.base import doc
from app.schemas.kit.fields import Identifier, SecurityId


class AllocationId(BaseConverter):
    """An allocation's id in a URL: anything but `preview`, `compare` and `capacity`, which are operations."""

    regex = r"(?!(?:preview|compare|capacity)\Z)[^/]+"


class AlertId(BaseConverter):
    """An alert's id in a URL: anything but `summary`, `read`, `channels` and `deliveries`."""

    regex = r"(?!(?:summary|read|channels|deliveries)\Z)[^/]+"


class BlotterId(BaseConverter):
    """A blotter's id in a URL: anything but `file` and `template`, which are operations."""

    regex = r"(?!(?:file|template)\Z)[^/]+"


class BacktestId(BaseConverter):
    """A backtest's id in a URL: anything but `run`, `grids` and `comparison`, which are operations."""

    regex = r"(?!(?:run|grids|comparison)\Z)[^/]+"


class ReallocationId(BaseConverter):
    """A reallocation's id in a URL: anything but `evaluate`, which is an operation."""

    regex = r"(?!evaluate\Z)[^/]+"


class PortfolioId(BaseConverter):
    """An optimised portfolio's id in a URL: anything but `optimize`, which is an operation."""

    regex = r"(?!optimize\Z)[^/]+"


CONVERTERS: dict[str, type[BaseConverter]] = {
    "alert": AlertId,
    "allocation": AllocationId,
    "backtest": BacktestId,
    "blotter": BlotterId,
    "portfolio": PortfolioId,
    "reallocation": ReallocationId,
}
"""Ids beside operations in the same place of a path, by their name in routes."""

_PATH_FIELDS = {
    "group_id": Identifier(
        "portfolio-group-id", metadata=doc("Id of the portfolio group.", example="PUBLICPRE")
    ),
    "account_id": Identifier("account-id", metadata=doc("Id of the account.", example="PPR-001")),
    "security_id": SecurityId(metadata=doc("CUSIP or ISIN of the bond.", example="91282CKF7")),
    "allocation_id": Identifier("allocation-id", metadata=doc("Id of the preview.")),
    "comparison_id": Identifier("comparison-id", metadata=doc("Id of the comparison.")),
    "order_id": Identifier("order-id", metadata=doc("Aladdin's id of the order.")),
    "blotter_id": Identifier("blotter-id", metadata=doc("Id of the blotter.")),
    "backtest_id": Identifier("backtest-id", metadata=doc("Id of the backtest.")),
    "grid_id": Identifier("backtest-grid-id", metadata=doc("Id of the grid of backtests.")),
    "portfolio_id": Identifier("portfolio-id", metadata=doc("Id of the optimised portfolio.")),
    "proposal_id": Identifier("proposal-id", metadata=doc("Id of the proposal.")),
    "reallocation_id": Identifier("reallocation-id", metadata=doc("Id of the reallocation.")),
    "broker_account_id": Identifier(
        "broker-account-id", metadata=doc("Id of the account at a broker, as this service calls it.")
    ),
    "broker_order_id": Identifier(
        "broker-order-id", metadata=doc("Id of the order to a broker, as this service calls it.")
    ),
    "alert_id": Identifier("alert-id", metadata=doc("Id of the alert.")),
    "channel_id": Identifier("alert-channel-id", metadata=doc("Id of the channel.")),
    "delivery_id": Identifier("alert-delivery-id", metadata=doc("Id of the message.")),
    "target_set_id": Identifier("target-set-id", metadata=doc("Id of the target set.")),
    "message_id": Identifier("fix-message-id", metadata=doc("AllocID (70) of the message.")),
    "reference_file": Identifier(
        "reference-file",
        metadata=doc("groups, accounts, restrictions, benchmarks, securities or limits.", example="accounts"),
    ),
    "session_id": Identifier("session-id", metadata=doc("Id of the session.")),
    "job_id": Identifier("job-id", metadata=doc("Id of the job.")),
    "audit_id": Identifier("audit-id", metadata=doc("Id of the audit record.")),
    "preference_name": Identifier(
        "preference-name", metadata=doc("Name of the preference.", example="orders.columns")
    ),
    "user_id": Identifier("user-id", metadata=doc("Id of the user.")),
}


def path_field(name: str) -> Identifier:
    """Return the field behind a name in a path; a name that nobody described is an error at start-up."""
    return _PATH_FIELDS[name]


def read_path(path: Mapping[str, str]) -> dict[str, str]:
    """Return the ids of a path by name, as their fields read them.

    Raises
    ------
    NotFound
        When nothing can have such an id.
    """
    ids: dict[str, str] = {}
    for name, value in path.items():
        try:
            ids[name] = _PATH_FIELDS[name].deserialize(value)
        except ValidationError:
            raise NotFound(f"No {name.removesuffix('_id').replace('_', ' ')} can have this id") from None
    return ids
