"""Secrets of channels: in no answer, record or span, and said to be wrong where they are (R21.7)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import update

from app.models import AlertChannelRow
from tests.support.alert_channels import SECRET, STALE, admin, channel, deliveries, hook, look, made, send
from tests.support.receivers import mail_receiver, web_receiver


@pytest.fixture
def web():
    with web_receiver() as found:
        yield found


@pytest.fixture
def mail():
    with mail_receiver() as found:
        yield found


@pytest.fixture
def desk(tmp_path, mail):
    return made(tmp_path, mail)


def test_the_secret_of_an_address_is_in_no_answer_and_no_record(desk, web, caplog, capsys):
    made_channel = hook(desk, web, url=f"http://127.0.0.1:{web.port}/hooks/{{secret}}", secret="DESK")
    look(desk, STALE)
    web.says = 500
    send(desk)
    web.says = 200
    desk.clock.ahead += timedelta(seconds=13)
    send(desk)
    assert web.taken[0][0] == f"/hooks/{SECRET}"
    said = json.dumps(
        [
            made_channel,
            admin(desk, "GET", "alerts/channels"),
            deliveries(desk),
            desk.get("audit", action="ALERT_CHANNEL_SET"),
        ]
    )
    printed = capsys.readouterr()
    assert SECRET not in said + caplog.text + printed.out + printed.err


@pytest.mark.parametrize("broken", ["secret", "password", "recipient"])
def test_what_cannot_be_written_as_it_must_be_sent_is_said_at_each_attempt(desk, web, mail, broken):
    settings = desk.settings.alerts
    if broken == "secret":
        settings = replace(settings, secrets={"DESK": "whsec_" + 25 * "a"})
        found = hook(desk, web, secret="DESK")
    else:
        found = channel(desk, kind="EMAIL", recipients=["desk@example.com"])
    if broken == "password":
        settings = replace(settings, mail=replace(settings.mail, user="anna", password="größer"))
    if broken == "recipient":
        row = update(AlertChannelRow).values(recipients='["=?utf-8?q?=0ABcc?=@example.com"]')
        with desk.services.database.write() as session:
            session.execute(row)
    desk.services.alerts.channels._sender._settings = settings
    mail.login = ("anna", "größer")
    look(desk, STALE)
    send(desk)
    (delivery,) = deliveries(desk)
    assert (delivery["state"], delivery["error_code"], delivery["attempts"]) == (
        "PENDING",
        "NOT_CONFIGURED",
        1,
    )
    tried = admin(desk, "POST", f"alerts/channels/{found['channel_id']}/test")
    assert (tried["delivered"], tried["error_code"]) == (False, "NOT_CONFIGURED")
    assert (web.taken, mail.taken) == ([], [])


def test_no_span_tells_the_address_of_a_webhook(desk, web):
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    hook(desk, web, url=f"http://127.0.0.1:{web.port}/hooks/{{secret}}", secret="DESK")
    look(desk, STALE)
    instrumentor = HTTPXClientInstrumentor()
    instrumentor.instrument(tracer_provider=provider)
    try:
        httpx.post(f"http://127.0.0.1:{web.port}/other", content=b"x")
        send(desk)
    finally:
        instrumentor.uninstrument()
    ((_, _, _), (path, headers, _)) = web.taken
    assert path == f"/hooks/{SECRET}"
    assert "traceparent" not in headers
    assert [span.attributes["http.url"].rpartition("/")[2] for span in exporter.get_finished_spans()] == [
        "other"
    ]
