"""Operations of the simulator, with their published names and paths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request

POSITIONS = "/api/portfolio-mgmt/positions/v1"
ORDERS = "/api/trading/order-management/order/v1"
GROUPS = "/api/portfolio/configuration/portfolio-group/v1"
ANALYTICS = "/api/portfolio-mgmt/security-analytics/v2"
MASTER = "/api/reference-data/securities/v1"
ACCOUNT_INFO = "/api/investment-operations/reference-data/account-info/v1"
TOKEN_PATH = "/api/oauth2/default/v1/token"  # noqa: S105 - a path, not a secret

GET_NODE = "PortfolioGroupAPI_GetPortfolioGroupNode"
GET_MEMBERS = "PortfolioGroupAPI_GetPortfolioGroupMembers"
GET_PARENTS = "PortfolioGroupAPI_GetPortfolioGroupParents"
GET_ANCESTORS = "PortfolioGroupAPI_GetPortfolioGroupAncestors"
IS_CHILD = "PortfolioGroupAPI_IsChild"
IS_PARENT = "PortfolioGroupAPI_IsParent"
IS_DESCENDANT = "PortfolioGroupAPI_IsDescendant"
IS_ANCESTOR = "PortfolioGroupAPI_IsAncestor"
GET_POSITIONS = "getPositions"
GET_MASTER = "getSecurityData"
GET_RATINGS = "getRatings"
GET_COUPONS = "getCoupons"
GET_FACTORS = "getFactors"
GET_ANALYTICS = "getAnalytics"
FILTER_ACCOUNT_INFOS = "AccountInfoAPI_FilterAccountInfos"
SEARCH_ACCOUNT_INFOS = "AccountInfoAPI_SearchAccountInfos"
POST_ORDER = "OrderAPI_PostOrder"
CANCEL_ORDER = "OrderAPI_CancelOrder"
FILTER_ORDERS = "OrderAPI_FilterOrders"
FILTER_ORDER_IDS = "OrderAPI_FilterOrderIds"
BATCH_POST = "OrderAPI_BatchPostOrders"
BATCH_CANCEL = "OrderAPI_BatchCancelOrders"
GET_LONG_RUNNING = "OrderAPI_GetLongrunningOperation"
TOKEN = "token"  # noqa: S105 - the name of an operation
UNKNOWN = "unknown"
"""Name for requests that match no operation."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: its published id, its method and its path with werkzeug's placeholders."""

    name: str
    method: str
    path: str


PUBLISHED = (
    Operation(GET_NODE, "GET", f"{GROUPS}/portfolioGroups/<ticker>/node"),
    Operation(GET_MEMBERS, "GET", f"{GROUPS}/portfolioGroups/<ticker>/members"),
    Operation(GET_PARENTS, "GET", f"{GROUPS}/portfolioGroups/<ticker>/parents"),
    Operation(GET_ANCESTORS, "GET", f"{GROUPS}/portfolioGroups/<ticker>/ancestors"),
    Operation(IS_CHILD, "GET", f"{GROUPS}/portfolioGroups/<child>/isChildOf/<parent>"),
    Operation(IS_PARENT, "GET", f"{GROUPS}/portfolioGroups/<parent>/isParentOf/<child>"),
    Operation(IS_DESCENDANT, "GET", f"{GROUPS}/portfolioGroups/<child>/isDescendantOf/<ancestor>"),
    Operation(IS_ANCESTOR, "GET", f"{GROUPS}/portfolioGroups/<ancestor>/isAncestorOf/<child>"),
    Operation(GET_POSITIONS, "GET", f"{POSITIONS}/position"),
    Operation(GET_MASTER, "GET", f"{MASTER}/security-master"),
    Operation(GET_RATINGS, "GET", f"{MASTER}/ratings"),
    Operation(GET_COUPONS, "GET", f"{MASTER}/coupons"),
    Operation(GET_FACTORS, "GET", f"{MASTER}/factors"),
    Operation(GET_ANALYTICS, "GET", f"{ANALYTICS}/assets"),
    Operation(FILTER_ACCOUNT_INFOS, "POST", f"{ACCOUNT_INFO}/accountInfos:filter"),
    Operation(SEARCH_ACCOUNT_INFOS, "GET", f"{ACCOUNT_INFO}/accountInfos:search"),
    Operation(POST_ORDER, "POST", f"{ORDERS}/order:post"),
    Operation(CANCEL_ORDER, "POST", f"{ORDERS}/order:cancel"),
    Operation(FILTER_ORDERS, "POST", f"{ORDERS}/orders:filter"),
    Operation(FILTER_ORDER_IDS, "POST", f"{ORDERS}/orderIds:filter"),
    Operation(BATCH_POST, "POST", f"{ORDERS}/orders:batchPost"),
    Operation(BATCH_CANCEL, "POST", f"{ORDERS}/orders:batchCancel"),
    Operation(GET_LONG_RUNNING, "GET", f"{ORDERS}/longrunningoperations/<path:operation_id>"),
)
"""The vendor's published operations that are served here."""

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


def match(request: Request) -> tuple[str, Mapping[str, str]]:
    """Return the name of the operation that a request matches, and the values in its path.

    Raises
    ------
    HTTPException
        404 or 405 if there is no such operation.
    """
    name, values = _ROUTES.bind_to_environ(request.environ).match()
    return str(name), values


def operation_of(request: Request) -> str:
    """Return the name of the operation that a request matches, `UNKNOWN` if there is none."""
    try:
        return match(request)[0]
    except HTTPException:
        return UNKNOWN
