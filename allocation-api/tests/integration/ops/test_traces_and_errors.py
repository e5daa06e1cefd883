"""Traces and error reports, as a collector on loopback gets them from a process of its own: no secrets."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

API_DIR = Path(__file__).resolve().parents[3]
PASSWORD = "a-planted-password-4711"

PROGRAM = f"""
import sentry_sdk
from opentelemetry import trace
from app import create_app
app = create_app()
client = app.test_client()
login = {{"username": "demo_user", "password": "demo_password"}}
token = client.post("/v1/auth/login", json=login).get_json()["access_token"]
client.post("/v1/auth/login", json={{"username": "demo_user", "password": "{PASSWORD}"}})
client.get("/v1/portfolio-groups", headers={{"Authorization": "Bearer " + token}})
def fail(*_):
    hidden = "{PASSWORD}"
    raise RuntimeError("a bug")
app.extensions["services"].accounts.groups.list = fail
assert client.get("/v1/portfolio-groups", headers={{"Authorization": "Bearer " + token}}).status_code == 500
sentry_sdk.flush(10)
if hasattr(trace.get_tracer_provider(), "force_flush"):
    trace.get_tracer_provider().force_flush()
print(token)
"""


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def collector():
    """What was sent to a server on loopback, as path and body."""
    taken = []

    def take(environ, start):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if environ.get("HTTP_CONTENT_ENCODING") == "gzip":
            body = gzip.decompress(body)
        taken.append((environ["PATH_INFO"], body))
        start("200 OK", [("Content-Type", "application/json")])
        return [b"{}"]

    server = make_server("127.0.0.1", 0, take, handler_class=Quiet)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", taken
    server.shutdown()
    thread.join()
    server.server_close()


def run(folder, **settings):
    """Run the program with these settings; return the token that it used."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", PROGRAM],
        cwd=API_DIR,
        env={
            **os.environ,
            "DATABASE_URL": f"sqlite:///{folder / 'desk.db'}",
            "MOCK_JOURNAL": "memory",
            **settings,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.slow
def test_a_request_is_traced_by_its_route_with_its_statements(collector, tmp_path):
    root, taken = collector
    token = run(tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT=root, RELEASE="7.1")
    assert {path for path, _ in taken} == {"/v1/traces"}
    spans = {}
    for _, body in taken:
        for found in ExportTraceServiceRequest.FromString(body).resource_spans:
            attributes = {a.key: a.value.string_value for a in found.resource.attributes}
            assert (attributes["service.name"], attributes["service.version"]) == ("allocator", "7.1")
            spans |= {span.span_id: span for scope in found.scope_spans for span in scope.spans}
    requests = [span for span in spans.values() if span.name == "GET /v1/portfolio-groups"]
    assert len(requests) == 2
    children = [span for span in spans.values() if span.parent_span_id == requests[0].span_id]
    assert any(span.name.startswith("SELECT") for span in children)
    everything = b"".join(body for _, body in taken)
    assert PASSWORD.encode() not in everything
    assert token.encode() not in everything


@pytest.mark.slow
def test_an_error_is_reported_without_what_users_sent(collector, tmp_path):
    root, taken = collector
    token = run(tmp_path, SENTRY_DSN=f"{root.replace('://', '://key@')}/1", RELEASE="7.1")
    bodies = [body for path, body in taken if path == "/api/1/envelope/"]
    events = [json.loads(line) for body in bodies for line in body.splitlines() if b'"exception"' in line]
    (event,) = [e for e in events if e["exception"]["values"][-1]["type"] == "RuntimeError"]
    assert (event["release"], event["environment"]) == ("7.1", "development")
    everything = b"".join(bodies)
    assert PASSWORD.encode() not in everything
    assert token.encode() not in everything


def test_neither_is_loaded_without_its_setting(tmp_path):
    program = (
        "import sys; from app import create_app; create_app(); "
        "print(sorted(m for m in sys.modules if m in ('sentry_sdk', 'opentelemetry.instrumentation.flask')))"
    )
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program],
        cwd=API_DIR,
        env={**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path / 'desk.db'}", "MOCK_JOURNAL": "memory"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.strip() == "[]", done.stderr
