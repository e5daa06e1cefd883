"""Settings of observation: metrics, traces, error reports."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from app.core.config.reader import Reader, has_readable_port

MIN_TOKEN_LENGTH = 16


@dataclass(frozen=True, slots=True)
class OpsSettings:
    """Token of `/metrics`, collector of OpenTelemetry traces, DSN of Sentry; each is off without its value.

    `trace_percent` is the part of requests that are traced, in percent.
    """

    metrics_token: str | None = field(repr=False)
    traces_endpoint: str | None
    trace_percent: int
    sentry_dsn: str | None = field(repr=False)
    release: str


def ops_settings(read: Reader) -> OpsSettings:
    """Read the section."""
    token = read.header("METRICS_TOKEN")
    if token is not None and len(token) < MIN_TOKEN_LENGTH:
        read.fail(f"METRICS_TOKEN must have at least {MIN_TOKEN_LENGTH} characters")
    return OpsSettings(
        metrics_token=token,
        traces_endpoint=read.optional_url("OTEL_EXPORTER_OTLP_ENDPOINT"),
        trace_percent=read.integer("TRACE_PERCENT", 100, 0, 100),
        sentry_dsn=_dsn(read),
        release=read.text("RELEASE", "unreleased"),
    )


def _dsn(read: Reader) -> str | None:
    dsn = read.optional("SENTRY_DSN")
    if dsn is None or (
        re.fullmatch(r"https?://[^/@]+@[^/@]+(/[^/]+)*/[0-9]+", dsn) and has_readable_port(dsn)
    ):
        return dsn
    read.fail("SENTRY_DSN must be a URL like https://key@sentry.example.com/1")
    return None
