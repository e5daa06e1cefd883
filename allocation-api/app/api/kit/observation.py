"""Traces (OpenTelemetry) and error reports (Sentry), each only where it is configured.

Both start threads, so they are started in the process that serves, after the fork. Neither is given bodies,
local variables or headers: those hold passwords and tokens.
"""

from __future__ import annotations

import sentry_sdk
from flask import Flask
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

from app.core.config.ops import OpsSettings

SERVICE = "allocator"


def report_errors(settings: OpsSettings, environment: str) -> None:
    """Send errors that are logged or not handled to Sentry, without what users sent."""
    sentry_sdk.init(
        dsn=settings.sentry_dsn,
        environment=environment,
        release=settings.release,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        trace_propagation_targets=[],
    )


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
    engine = app.extensions["services"].database.engine
    SQLAlchemyInstrumentor().instrument(engine=engine, tracer_provider=provider)
