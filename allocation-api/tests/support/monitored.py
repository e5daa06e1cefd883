"""Portfolios to monitor, and desks that do: each recalculation writes one row, so that one too many shows."""

from __future__ import annotations

import json
from functools import partial
from threading import Event

from sqlalchemy import text

import app.wiring
from app.core.errors import NotFound
from app.core.webhook_signature import signature
from app.services.events.portfolios import Recalculated
from app.wiring import events
from tests.support.desk import Desk

SECRET = "tests-only-" + "x" * 24
TABLES = {
    "EVENT_PRICE_TABLE": "public.market_data",
    "EVENT_DEPOSIT_TABLE": "public.deposits",
    "EVENT_WITHDRAWAL_TABLE": "public.withdrawals",
}


class Portfolios:
    """Portfolios with their assets; the next calculations raise what `faults` has."""

    def __init__(self, **assets):
        self.held = {name: tuple(symbols) for name, symbols in assets.items()}
        self.faults = []
        self.known = []

    def assets(self, session):
        return self.held

    def find(self, session, portfolio_id, visible):
        if portfolio_id not in self.held:
            raise NotFound(f"There is no portfolio {portfolio_id!r}")
        return self.held[portfolio_id]

    def recalculate(self, portfolio_id, known_at):
        self.known.append((portfolio_id, known_at))
        if self.faults:
            raise self.faults.pop(0)
        row = {"portfolio_id": portfolio_id}
        written = text("INSERT INTO recalculated (portfolio_id) VALUES (:portfolio_id)")
        return Recalculated(f"/v1/portfolio/{portfolio_id}", lambda session: session.execute(written, row))


def prepare_results(database):
    """Make the table of results, where there is none."""
    with database.write() as session:
        session.execute(text("CREATE TABLE IF NOT EXISTS recalculated (portfolio_id VARCHAR(64))"))


def results(database):
    """The portfolios that were recalculated, one for each time, in order of their names."""
    with database.read() as session:
        return sorted(session.scalars(text("SELECT portfolio_id FROM recalculated")))


def monitoring_desk(folder, portfolios, monkeypatch, *, clock=None, **settings):
    """A desk that monitors these portfolios, without workers, prices or a debounce of its own."""
    with monkeypatch.context() as patch:
        patch.setitem(app.wiring.ROOMS, "events", partial(events.build, portfolios=portfolios))
        given = {
            "JOB_WORKERS": "0",
            "EVENT_WEBHOOK_SECRET": SECRET,
            "EVENT_DEBOUNCE_SECONDS": "30",
            **TABLES,
            **settings,
        }
        desk = Desk(folder, clock=clock, **given)
    prepare_results(desk.services.database)
    return desk


def look(desk):
    """Do the leader's look for events, and the jobs that are due."""
    desk.services.events.processor.run()
    while desk.services.jobs.executor.run_next(Event(), lambda: None):
        pass


def signed(desk, body, message_id, *, at=None, secret=SECRET, **headers):
    """The headers and the body of a webhook."""
    written = body if isinstance(body, bytes) else json.dumps(body).encode()
    stamp = str(int((at or desk.clock()).timestamp()))
    return {
        "data": written,
        "content_type": "application/json",
        "headers": {
            "webhook-id": message_id,
            "webhook-timestamp": stamp,
            "webhook-signature": signature(secret, message_id, stamp, written),
            **headers,
        },
    }


def send(desk, path, body, message_id, *, status=202, **more):
    """Post a signed webhook without a user, and return what comes back."""
    answer = desk.client.post(f"/v1/webhook/{path}", **signed(desk, body, message_id, **more))
    assert answer.status_code == status, answer.text
    return answer.get_json()


def tell(desk, message_id, *assets, **more):
    """Tell that there is new data of assets."""
    body = {"assets": list(assets), "timestamp": "2026-06-30T14:00:00Z"}
    return send(desk, "market-data-update", body, message_id, **more)
