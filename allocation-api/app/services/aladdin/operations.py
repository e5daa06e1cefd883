"""The vendor's published operations that we use: paths below the host, and quotas."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Api(Enum):
    """The vendor's published APIs that we call, each with its base path below the host."""

    POSITIONS = "/api/portfolio-mgmt/positions/v1"
    PORTFOLIO_GROUPS = "/api/portfolio/configuration/portfolio-group/v1"
    SECURITY_MASTER = "/api/reference-data/securities/v1"
    SECURITY_ANALYTICS = "/api/portfolio-mgmt/security-analytics/v2"
    ORDERS = "/api/trading/order-management/order/v1"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the vendor's.

    `name` is its published id without the API's prefix; `path` starts below the host, and `{item}` in it
    stands for one URL-quoted id. `quota` is the published `x-quota-limit`, which has no unit of time. An
    operation that `writes` is never retried.
    """

    name: str
    method: str
    api: Api
    path: str
    quota: int
    writes: bool = False


def _operation(
    name: str, method: str, api: Api, below: str, quota: int, *, writes: bool = False
) -> Operation:
    # Joined by hand: urljoin takes the colon of a custom method for that of a scheme.
    return Operation(name, method, api, api.value + below, quota, writes)


POSITIONS = _operation("getPositions", "GET", Api.POSITIONS, "/position", 500)
GROUP_NODE = _operation(
    "GetPortfolioGroupNode", "GET", Api.PORTFOLIO_GROUPS, "/portfolioGroups/{item}/node", 100
)
GROUP_MEMBERS = _operation(
    "GetPortfolioGroupMembers", "GET", Api.PORTFOLIO_GROUPS, "/portfolioGroups/{item}/members", 100
)
SECURITY_MASTER = _operation("getSecurityData", "GET", Api.SECURITY_MASTER, "/security-master", 500)
RATINGS = _operation("getRatings", "GET", Api.SECURITY_MASTER, "/ratings", 500)
ANALYTICS = _operation("getAnalytics", "GET", Api.SECURITY_ANALYTICS, "/assets", 500)
POST_ORDER = _operation("PostOrder", "POST", Api.ORDERS, "/order:post", 3000, writes=True)
CANCEL_ORDER = _operation("CancelOrder", "POST", Api.ORDERS, "/order:cancel", 3000, writes=True)
BATCH_POST_ORDERS = _operation("BatchPostOrders", "POST", Api.ORDERS, "/orders:batchPost", 250, writes=True)
BATCH_CANCEL_ORDERS = _operation(
    "BatchCancelOrders", "POST", Api.ORDERS, "/orders:batchCancel", 250, writes=True
)
LONG_RUNNING_OPERATION = _operation(
    "GetLongrunningOperation", "GET", Api.ORDERS, "/longrunningoperations/{item}", 1000
)
FILTER_ORDERS = _operation("FilterOrders", "POST", Api.ORDERS, "/orders:filter", 500)

OPERATIONS = (
    POSITIONS,
    GROUP_NODE,
    GROUP_MEMBERS,
    SECURITY_MASTER,
    RATINGS,
    ANALYTICS,
    POST_ORDER,
    CANCEL_ORDER,
    BATCH_POST_ORDERS,
    BATCH_CANCEL_ORDERS,
    LONG_RUNNING_OPERATION,
    FILTER_ORDERS,
)
"""All of them, in the sequence of their APIs."""
