"""Every route of a namespace, with its operations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask_restx import Namespace

from app.api.kit.operation import Endpoint

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


def routes(namespaces: Sequence[Namespace]) -> Iterator[Route]:
    """Yield every route of some namespaces."""
    for namespace in namespaces:
        for declared in namespace.resources:
            for url in declared.urls:
                name = declared.kwargs.get("endpoint") or declared.resource.__name__
                yield Route(namespace, namespace.path + url, declared.resource, name)
