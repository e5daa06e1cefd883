"""Traces (OpenTelemetry) and error reports (Sentry), each only where it is configured.

Both start threads, so they are started in the process that serves, after the fork. Neither is given bodies,
headers, parameters of statements or local variables: those hold passwords and tokens.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import sentry_sdk
from flask import Flask
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from sentry_sdk.integrations.flask import FlaskIntegration
from sqlalchemy import Connection, Engine, ExceptionContext, event

from app.core.config.ops import OpsSettings
from app.core.logging import hide_secrets

SERVICE = "allocator"

SPANS = "spans"
"""Key under which a connection has the spans of its running statements."""


def report_errors(settings: OpsSettings, environment: str) -> None:
    """Send what is logged as an error to Sentry, without what users sent."""
    sentry_sdk.init(
        dsn=settings.sentry_dsn,
        environment=environment,
        release=settings.release,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        trace_propagation_targets=[],
        default_integrations=False,
        integrations=[FlaskIntegration()],
    )
    logging.getLogger().addHandler(SentryHandler(logging.ERROR))


class SentryHandler(logging.Handler):
    """Reports the lines of the log, whose messages are mappings, with the exception that they are about."""

    def emit(self, record: logging.LogRecord) -> None:
        """Report one line."""
        line: dict[str, Any] = (
            dict(record.msg) if isinstance(record.msg, dict) else {"event": record.getMessage()}
        )
        found = line.pop("exc_info", None) or record.exc_info
        error = found if isinstance(found, BaseException) else sys.exc_info()[1] if found else None
        with sentry_sdk.new_scope() as scope:
            for name, value in hide_secrets(None, "", line).items():
                scope.set_extra(name, value)
            if error is not None:
                sentry_sdk.capture_exception(error)
            else:
                sentry_sdk.capture_message(str(line.get("event")), level="error")


def trace_requests(settings: OpsSettings, environment: str, app: Flask) -> None:
    """Send a span for each request, call to Aladdin and statement to the collector (OTLP by HTTP)."""
    resource = Resource.create(
        {
            "service.name": SERVICE,
            "service.version": settings.release,
            "deployment.environment.name": environment,
        }
    )
    provider = TracerProvider(
        resource=resource, sampler=ParentBased(TraceIdRatioBased(settings.trace_percent / 100))
    )
    exporter = OTLPSpanExporter(endpoint=f"{settings.traces_endpoint}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    FlaskInstrumentor().instrument_app(app, tracer_provider=provider)  # type: ignore[no-untyped-call]
    HTTPXClientInstrumentor().instrument(tracer_provider=provider)
    trace_statements(app.extensions["services"].database.engine, provider)


def trace_statements(engine: Engine, provider: TracerProvider) -> None:
    """Make a span of each statement, with its text, whose values are parameters and stay out."""
    tracer = provider.get_tracer(SERVICE)

    def begin(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        attributes = {"db.system.name": engine.dialect.name, "db.query.text": statement}
        name = statement.split(maxsplit=1)[0]
        span = tracer.start_span(name, kind=trace.SpanKind.CLIENT, attributes=attributes)
        connection.info.setdefault(SPANS, []).append(span)

    def end(connection: Connection, *_: object) -> None:
        connection.info[SPANS].pop().end()

    def fail(context: ExceptionContext) -> None:
        running = context.connection.info.get(SPANS) if context.connection is not None else None
        if running:
            span = running.pop()
            span.set_status(trace.StatusCode.ERROR, type(context.original_exception).__name__)
            span.end()

    event.listen(engine, "before_cursor_execute", begin)
    event.listen(engine, "after_cursor_execute", end)
    event.listen(engine, "handle_error", fail)
