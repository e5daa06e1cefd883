"""The Allocator: one block order of a bond, split over client accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from app.api.docs import home
from app.api.kit.cors import configure_cors
from app.api.kit.errors import errors
from app.api.kit.limits import configure_limits
from app.api.kit.network import configure_network
from app.api.kit.request_log import configure_requests
from app.api.kit.restx import configure_api
from app.api.kit.tokens import configure_tokens
from app.api.namespaces import ALSO_AT_ROOT, AT_ROOT, DESCRIPTIONS, VERSIONED
from app.api.workbench import configure_workbench
from app.core.config import Settings, load_settings
from app.core.logging import configure_logging

if TYPE_CHECKING:
    from app.wiring.container import Services

log = structlog.get_logger(__name__)


def create_app(settings: Settings | None = None, *, services: Services | None = None) -> Flask:
    """Build the application.

    Parameters
    ----------
    settings : Settings, optional
        Read from the environment and `.env` when left out.
    services : Services, optional
        Wired from the settings when left out; tests give their own.
    """
    settings = settings or load_settings()
    configure_logging(settings.server.log_level)
    for words in settings.warnings:
        log.warning("unknown setting", problem=words)
    app = Flask("app", static_folder=None)
    app.extensions["settings"] = settings
    app.extensions["services"] = services or _wired(settings)
    configure_requests(app, settings.server)
    configure_cors(app, settings.server.cors_origins)
    configure_tokens(app, settings)
    configure_limits(app)
    configure_workbench(app, settings.server)
    app.register_blueprint(errors)
    configure_api(app, VERSIONED, AT_ROOT, ALSO_AT_ROOT, () if settings.server.docs else DESCRIPTIONS)
    if settings.server.docs:
        app.add_url_rule("/", view_func=home, strict_slashes=False)
    answer_under_api_too(app)
    _observe(app, settings)
    configure_network(app, settings.server)
    return app


def _observe(app: Flask, settings: Settings) -> None:
    """Start what is configured of traces and error reports; their libraries are loaded only then."""
    if settings.ops.sentry_dsn is None and settings.ops.traces_endpoint is None:
        return
    from app.api.kit import observation  # noqa: PLC0415

    if settings.ops.sentry_dsn is not None:
        observation.report_errors(settings.ops, settings.environment)
    if settings.ops.traces_endpoint is not None:
        observation.trace_requests(settings.ops, settings.environment, app)


def answer_under_api_too(app: Flask) -> None:
    """Answer under /api/v1 as under /v1: the application is mounted a second time, at /api."""
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/api": app.wsgi_app})  # type: ignore[method-assign]


def _wired(settings: Settings) -> Services:
    # Imported here because it brings in the database and the simulator, which tests of the edge do without.
    from app.wiring import build_services, hold_mock  # noqa: PLC0415

    return build_services(settings, sole=hold_mock(settings))
