"""All namespaces, and every route with its operations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flask_restx import Namespace

from app.api.allocations import allocations
from app.api.audit import audit
from app.api.auth import auth
from app.api.docs import docs
from app.api.health import health
from app.api.market_data import market_data
from app.api.operation import Endpoint
from app.api.orders import orders
from app.api.portfolio_groups import portfolio_groups
from app.api.reports import reports
from app.api.securities import securities

VERSIONED = (auth, portfolio_groups, securities, allocations, orders, market_data, reports, audit)
AT_ROOT = (health, docs)
PARAMETER = r"<(?:\w+:)?(\w+)>"
"""A parameter in a URL as Flask writes it, with or without a converter."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where an endpoint answers: `url` as Flask writes it, below the version's prefix or the root."""

    namespace: Namespace
    url: str
    endpoint: type[Endpoint]
    flask_name: str

    @property
    def path(self) -> str:
        """The URL as OpenAPI writes it."""
        return re.sub(PARAMETER, r"{\1}", self.url)

    @property
    def path_parameters(self) -> tuple[str, ...]:
        """Names of the parameters in the path."""
        return tuple(re.findall(PARAMETER, self.url))


def routes(namespaces: tuple[Namespace, ...]) -> Iterator[Route]:
    """Yield every route of some namespaces."""
    for namespace in namespaces:
        for declared in namespace.resources:
            for url in declared.urls:
                name = declared.kwargs.get("endpoint") or declared.resource.__name__
                yield Route(namespace, namespace.path + url, declared.resource, name)
