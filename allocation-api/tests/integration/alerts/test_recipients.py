"""A mail to several recipients, of whom the mail server takes some, some later, and some never (R21.6)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.alert_channels import STALE, admin, channel, deliveries, look, made, send
from tests.support.receivers import mail_receiver

DEAD, GREY, GOOD = "left@example.com", "risk@example.com", "desk@example.com"


@pytest.fixture
def mail():
    with mail_receiver() as found:
        yield found


@pytest.fixture
def desk(tmp_path, mail):
    return made(tmp_path, mail)


def told(mail):
    return [recipients for recipients, _ in mail.taken]


def listed(desk):
    return sorted((each["state"], each["error_reason"]) for each in deliveries(desk))


def test_a_dead_mailbox_keeps_a_mail_from_nobody_else(desk, mail):
    channel(desk, kind="EMAIL", recipients=[DEAD, GREY, GOOD])
    mail.refuses = {DEAD: 550, GREY: 451}
    look(desk, STALE)
    send(desk)
    assert told(mail) == [[GOOD]]
    assert listed(desk) == [
        ("DEAD", "The mail server did not take it for left@example.com (550)."),
        ("PENDING", "The mail server did not take it for risk@example.com (451)."),
    ]
    mail.refuses = {DEAD: 550}
    desk.clock.ahead += timedelta(seconds=13)
    send(desk)
    send(desk)
    assert told(mail) == [[GOOD], [GREY]]
    assert listed(desk)[1] == ("SENT", None)
    (dead,) = deliveries(desk, state="DEAD")
    (sent,) = deliveries(desk, state="SENT")
    assert dead["alert_ids"] == sent["alert_ids"] != []


def test_what_was_refused_is_sent_again_to_that_recipient_alone_or_to_who_takes_its_place(desk, mail):
    made_channel = channel(desk, kind="EMAIL", recipients=[DEAD, GOOD])
    mail.refuses = {DEAD: 550}
    look(desk, STALE)
    send(desk)
    (dead,) = deliveries(desk, state="DEAD")
    path = f"alerts/deliveries/{dead['delivery_id']}/retry"
    admin(desk, "POST", path)
    send(desk)
    assert (told(mail), listed(desk)[0][0]) == ([[GOOD]], "DEAD")
    terms = {"name": "one", "kind": "EMAIL", "recipients": ["new@example.com", GOOD], "version": 1}
    admin(desk, "PUT", f"alerts/channels/{made_channel['channel_id']}", terms)
    admin(desk, "POST", path)
    send(desk)
    assert told(mail) == [[GOOD], ["new@example.com"]]
    assert [state for state, _ in listed(desk)] == ["SENT", "SENT"]


def test_nobody_left_to_tell_ends_a_message(desk, mail):
    made_channel = channel(desk, kind="EMAIL", recipients=[GREY, GOOD])
    mail.refuses = {GREY: 451}
    look(desk, STALE)
    send(desk)
    terms = {"name": "one", "kind": "EMAIL", "recipients": [GOOD], "version": 1}
    admin(desk, "PUT", f"alerts/channels/{made_channel['channel_id']}", terms)
    desk.clock.ahead += timedelta(seconds=13)
    send(desk)
    assert (told(mail), [state for state, _ in listed(desk)]) == ([[GOOD]], ["CANCELLED"])


@pytest.mark.parametrize(
    ("codes", "state", "code"),
    [
        ({DEAD: 550, GOOD: 551}, ["DEAD"], "REFUSED"),
        ({DEAD: 451, GOOD: 452}, ["PENDING"], "RECEIVER_FAILED"),
        ({DEAD: 421}, ["PENDING"], "RECEIVER_FAILED"),
    ],
)
def test_a_mail_that_nobody_has_taken_stays_one_message(desk, mail, codes, state, code):
    """After 421 the server hangs up, and nobody has it, though another recipient was not refused."""
    channel(desk, kind="EMAIL", recipients=[GOOD, DEAD])
    mail.refuses = codes
    look(desk, STALE)
    send(desk)
    assert [each["state"] for each in deliveries(desk)] == state
    assert deliveries(desk)[0]["error_code"] == code
    assert told(mail) == []
    mail.refuses = {}
    desk.clock.ahead += timedelta(seconds=13)
    send(desk)
    assert told(mail) == ([] if code == "REFUSED" else [[GOOD, DEAD]])
