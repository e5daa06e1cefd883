"""The operations that the simulator serves, under their published names."""

from __future__ import annotations

from dataclasses import dataclass

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request

POSITIONS = "/api/portfolio-mgmt/positions/v1"
ORDERS = "/api/trading/order-management/order/v1"
GROUPS = "/api/portfolio/configuration/portfolio-group/v1"
ANALYTICS = "/api/portfolio-mgmt/security-analytics/v2"
MASTER = "/api/reference-data/securities/v1"
TOKEN_PATH = "/api/oauth2/default/v1/token"  # noqa: S105 - a path, not a secret

GET_NODE = "PortfolioGroupAPI_GetPortfolioGroupNode"
GET_MEMBERS = "PortfolioGroupAPI_GetPortfolioGroupMembers"
GET_POSITIONS = "getPositions"
GET_MASTER = "getSecurityData"
GET_RATINGS = "getRatings"
GET_ANALYTICS = "getAnalytics"
POST_ORDER = "OrderAPI_PostOrder"
CANCEL_ORDER = "OrderAPI_CancelOrder"
FILTER_ORDERS = "OrderAPI_FilterOrders"
FILTER_ORDER_IDS = "OrderAPI_FilterOrderIds"
BATCH_POST = "OrderAPI_BatchPostOrders"
BATCH_CANCEL = "OrderAPI_BatchCancelOrders"
GET_LONG_RUNNING = "OrderAPI_GetLongrunningOperation"
TOKEN = "token"  # noqa: S105 - the name of an operation
UNKNOWN = "unknown"
"""Stands for requests that are none of the operations."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: its published id, its method and its path with werkzeug's placeholders."""

    name: str
    method: str
    path: str


PUBLISHED = (
    Operation(GET_NODE, "GET", f"{GROUPS}/portfolioGroups/<id>/node"),
    Operation(GET_MEMBERS, "GET", f"{GROUPS}/portfolioGroups/<id>/members"),
    Operation(GET_POSITIONS, "GET", f"{POSITIONS}/position"),
    Operation(GET_MASTER, "GET", f"{MASTER}/security-master"),
    Operation(GET_RATINGS, "GET", f"{MASTER}/ratings"),
    Operation(GET_ANALYTICS, "GET", f"{ANALYTICS}/assets"),
    Operation(POST_ORDER, "POST", f"{ORDERS}/order:post"),
    Operation(CANCEL_ORDER, "POST", f"{ORDERS}/order:cancel"),
    Operation(FILTER_ORDERS, "POST", f"{ORDERS}/orders:filter"),
    Operation(FILTER_ORDER_IDS, "POST", f"{ORDERS}/orderIds:filter"),
    Operation(BATCH_POST, "POST", f"{ORDERS}/orders:batchPost"),
    Operation(BATCH_CANCEL, "POST", f"{ORDERS}/orders:batchCancel"),
    Operation(GET_LONG_RUNNING, "GET", f"{ORDERS}/longrunningoperations/<path:id>"),
)
"""What the vendor publishes of what is served here."""

PUBLISHED_NAMES = frozenset(operation.name for operation in PUBLISHED)
NAMES = PUBLISHED_NAMES | {TOKEN}
ORDER_WRITES = frozenset({POST_ORDER, CANCEL_ORDER, BATCH_POST, BATCH_CANCEL})

_ROUTES = Map(
    [
        Rule(operation.path, endpoint=operation.name, methods=[operation.method])
        for operation in (*PUBLISHED, Operation(TOKEN, "POST", TOKEN_PATH))
    ],
    merge_slashes=False,
)


def operation_of(request: Request) -> str:
    """Return the name of the operation that a request asks for, `UNKNOWN` if there is no such operation."""
    try:
        name, _ = _ROUTES.bind_to_environ(request.environ).match()
    except HTTPException:
        return UNKNOWN
    return str(name)
