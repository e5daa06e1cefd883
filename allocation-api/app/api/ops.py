"""Whether the service lives and can work; for machines that watch it, so open, and at the root as well."""

from __future__ import annotations

from typing import Any

from flask_restx import Namespace

from app.api.kit.context import services
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tokens import Access
from app.core.errors import NotReady
from app.schemas.ops import LiveSchema, ReadySchema
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
                extra={"mode": found.mode, "database": found.database, "aladdin": found.aladdin},
            )
        return found
