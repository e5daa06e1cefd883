"""Many channels that hang, and a stop while messages are being sent (R21.6)."""

from __future__ import annotations

import time
from collections import Counter
from datetime import timedelta

import pytest

from app.core.jobs.embedded import stop
from tests.support.alert_channels import STALE, channel, deliveries, hook, look, made
from tests.support.receivers import mail_receiver, web_receiver
from tests.support.waiting import until


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
    return made(tmp_path, mail, ALERT_SEND_SECONDS="3")


def test_twenty_channels_that_hang_delay_no_other(desk, web, mail):
    web.hangs = True
    for number in range(20):
        hook(desk, web, name=f"hangs {number:02}")
    channel(desk, name="works", kind="EMAIL", recipients=["desk@example.com"])
    look(desk, STALE)
    desk.services.alerts.dispatcher.start_due()
    until(lambda: mail.taken, "a mail while twenty channels hang")
    until(lambda: Counter(each["state"] for each in deliveries(desk)) == {"SENDING": 20, "SENT": 1}, "all")
    web.ended.set()  # who hangs, gives up
    desk.services.alerts.dispatcher.join(20)


def test_a_stop_waits_for_what_is_being_sent_and_begins_no_more(desk, web):
    hook(desk, web)
    web.seconds = 0.5
    look(desk, STALE)
    look(desk)
    desk.clock.ahead += timedelta(hours=2)  # past the cooldown
    look(desk, STALE)
    dispatcher = desk.services.alerts.dispatcher
    dispatcher.start_due()
    until(lambda: web.asked, "a message that is being sent")
    began = time.monotonic()
    stop(dispatcher, timeout=5)
    assert time.monotonic() - began < 2
    assert sorted(each["state"] for each in deliveries(desk)) == ["PENDING", "SENT"]
    dispatcher.start_due()
    dispatcher.join(5)
    assert len(web.taken) == 1


def test_a_stop_waits_no_longer_than_it_may(desk, web):
    hook(desk, web)
    web.hangs = True
    look(desk, STALE)
    dispatcher = desk.services.alerts.dispatcher
    dispatcher.start_due()
    until(lambda: web.asked, "a message that is being sent")
    began = time.monotonic()
    stop(dispatcher, timeout=0.2)
    assert time.monotonic() - began < 1
    web.ended.set()
    dispatcher.join(20)
