"""For who watches the service: liveness, readiness and metrics for machines, the vendor's state for users."""

from __future__ import annotations

from hmac import compare_digest
from typing import Any

from flask import Response, request
from flask_restx import Namespace
from prometheus_client.exposition import choose_encoder

from app.api.kit.context import services, settings
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tokens import Access
from app.api.safety import system
from app.core.errors import NotFound, NotReady, Unauthenticated
from app.core.metrics import registry_of
from app.schemas.ops import LiveSchema, ReadySchema, VendorStateSchema
from app.services.ops.health import Readiness

health = Namespace("health", "Whether the service lives and can work", path="/health")


@health.route("/live")
class LiveEndpoint(Endpoint):
    """Liveness."""

    @operation("live", Access.PUBLIC, returns=LiveSchema, addition=True)
    def get(self) -> dict[str, Any]:
        """Say that the process answers.

        Answers at the root, too, outside the version's prefix.
        """
        return {"status": "alive"}


@health.route("/ready")
class ReadyEndpoint(Endpoint):
    """Readiness."""

    @operation("ready", Access.PUBLIC, returns=ReadySchema, fails=(NotReady,), addition=True)
    def get(self) -> Readiness:
        """Say whether the database and Aladdin answer, and on which dates the service works.

        Answers at the root, too, outside the version's prefix.
        """
        found = services().ops.ready()
        if not found.ready:
            raise NotReady(
                f"Database: {found.database}. Aladdin: {found.aladdin}.",
                extra={
                    "mode": found.mode,
                    "database": found.database,
                    "aladdin": found.aladdin,
                    "redis": found.redis,
                },
            )
        return found


@system.route("/vendor")
class VendorEndpoint(Endpoint):
    """The connection to Aladdin."""

    @operation("getVendorState", Access.LOGGED_IN, returns=VendorStateSchema, addition=True, cost=0)
    def get(self) -> dict[str, Any]:
        """Show quotas, circuit breakers and waiting requests, without asking Aladdin.

        They are those of the process that answers: with several WORKERS, each has its own part of the quotas
        and its own circuit breakers, and two answers may differ.
        """
        found = services()
        return {
            "apis": found.aladdin.state.operations(),
            "window_seconds": settings().aladdin.quota_seconds,
            "waiting_requests": found.requests.gate.inside,
            "max_vendor_requests": found.requests.gate.reads,
        }


metrics = Namespace("metrics", "Numbers for Prometheus", path="/")


@metrics.route("/metrics", endpoint="metrics")
class MetricsEndpoint(Endpoint):
    """Metrics."""

    @operation(
        "metrics", Access.PUBLIC, fails=(Unauthenticated, NotFound), addition=True, media_type="text/plain"
    )
    def get(self) -> Response:
        """Give the metrics of all server processes in Prometheus' format.

        The bearer token is METRICS_TOKEN of the settings, and no user's; without that setting there is
        nothing here. OpenMetrics is given where `Accept` asks for it.
        """
        token = settings().ops.metrics_token
        if token is None:
            raise NotFound("Metrics are switched off: METRICS_TOKEN is not set.")
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not compare_digest(given.strip().encode(), token.encode()):
            raise Unauthenticated("A token is needed: Authorization: Bearer <METRICS_TOKEN>")
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return Response(encode(registry_of(services().state)), content_type=content_type)
