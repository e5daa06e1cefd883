"""Receivers that fail, hang, refuse and come back: each alert arrives once, or is listed (R21.6)."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.support.alert_channels import STALE, channel, deliveries, hook, look, made, send
from tests.support.receivers import mail_receiver, web_receiver

ALERTS = {
    name: replace(STALE, key=name, text=f"It is {name}.")
    for name in ("taken", "failed at first", "hung at first", "refused")
}


@pytest.fixture
def web():
    with web_receiver() as found:
        yield found


@pytest.fixture
def mail():
    with mail_receiver() as found:
        yield found


def test_each_alert_arrives_once_or_is_listed(tmp_path, web, mail):
    desk = made(tmp_path, mail)
    hook(desk, web)
    channel(desk, name="two", kind="EMAIL", recipients=["desk@example.com"])
    found = []

    def tell(name):
        found.append(ALERTS[name])
        look(desk, *found)
        send(desk)

    tell("taken")
    fine = (web.says, mail.says)
    web.says, mail.says = 503, 451
    tell("failed at first")
    web.says, mail.says = fine
    web.hangs = mail.hangs = True
    tell("hung at first")
    web.hangs = mail.hangs = False
    for _ in range(3):
        desk.clock.ahead += timedelta(minutes=1)
        send(desk)
    web.says, mail.says = 404, 554
    tell("refused")
    web.says, mail.says = fine
    desk.clock.ahead += timedelta(hours=1)
    send(desk)

    told = Counter(event["text"] for _, _, body in web.taken for event in json.loads(body)["events"])
    once = {ALERTS[name].text: 1 for name in ("taken", "failed at first", "hung at first")}
    assert told == once
    mails = [written.get_body(("plain",)).get_content() for _, written in mail.taken]
    assert {text: sum(text in each for each in mails) for text in once} == once
    assert len(mails) == 3
    listed = Counter((each["channel_name"], each["state"], each["error_code"]) for each in deliveries(desk))
    assert listed == {
        ("one", "SENT", None): 3,
        ("two", "SENT", None): 3,
        ("one", "DEAD", "REFUSED"): 1,
        ("two", "DEAD", "REFUSED"): 1,
    }
