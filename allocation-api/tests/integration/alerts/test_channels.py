"""Channels to real receivers on loopback, which fail, hang and come back (R21.5, R21.6, R21.7)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.services.alerts.types import RuleName, Severity
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


def test_a_webhook_is_told_once_and_its_signature_can_be_checked(desk, web):
    hook(desk, web, secret="DESK")
    look(desk, STALE)
    send(desk)
    send(desk)
    ((path, headers, body),) = web.taken
    assert path == "/alerts"
    told = json.loads(body)
    (event,) = told["events"]
    assert (event["event"], event["severity"], event["text"]) == (
        "OPENED",
        "WARNING",
        "Positions are <old> & stale.",
    )
    assert (told["test"], told["message_id"]) == (False, headers["webhook-id"])
    assert event["link"] == "https://allocator.example.com/system"
    stamp = headers["webhook-timestamp"]
    signed = f"{headers['webhook-id']}.{stamp}.".encode() + body
    expected = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert abs(int(stamp) - desk.clock().timestamp()) < 60
    (delivery,) = deliveries(desk)
    assert (delivery["state"], delivery["attempts"], delivery["delivery_id"]) == (
        "SENT",
        1,
        headers["webhook-id"],
    )


def test_a_receiver_that_fails_and_comes_back_is_told_once_under_one_id(desk, web):
    hook(desk, web)
    web.says = 503
    look(desk, STALE)
    send(desk)
    (delivery,) = deliveries(desk)
    assert (delivery["state"], delivery["attempts"], delivery["error_code"]) == (
        "PENDING",
        1,
        "RECEIVER_FAILED",
    )
    assert delivery["error_reason"] == "The receiver answered with status 503."
    send(desk)  # not before its time
    assert web.asked == 1
    web.says = 200
    desk.clock.ahead += timedelta(seconds=13)  # 10 s and a quarter at most
    send(desk)
    ((_, headers, _),) = web.taken
    assert headers["webhook-id"] == delivery["delivery_id"]
    assert deliveries(desk)[0]["state"] == "SENT"


def test_what_is_given_up_is_listed_and_sent_again_when_an_administrator_says_so(desk, web):
    hook(desk, web)
    web.says = 500
    look(desk, STALE)
    for _ in range(4):
        send(desk)
        desk.clock.ahead += timedelta(hours=1)
    assert web.asked == 3
    (dead,) = deliveries(desk, state="DEAD")
    assert (dead["attempts"], dead["error_code"], len(dead["alert_ids"])) == (3, "RECEIVER_FAILED", 1)
    web.says = 200
    path = f"alerts/deliveries/{dead['delivery_id']}/retry"
    assert admin(desk, "POST", path)["state"] == "PENDING"
    send(desk)
    assert [headers["webhook-id"] for _, headers, _ in web.taken] == [dead["delivery_id"]]
    assert deliveries(desk, state="DEAD") == []
    assert admin(desk, "POST", path, status=409)["code"] == "DELIVERY_NOT_DEAD"


@pytest.mark.parametrize("status", [302, 400, 404])
def test_what_the_receiver_refuses_is_not_tried_again_and_redirects_are_not_followed(desk, web, status):
    hook(desk, web)
    web.says = status
    look(desk, STALE)
    send(desk)
    (dead,) = deliveries(desk, state="DEAD")
    assert (dead["error_code"], web.asked) == ("REFUSED", 1)


@pytest.mark.parametrize("how", ["hangs", "drips"])
def test_a_receiver_that_hangs_is_cut_off_and_delays_no_other_channel(desk, web, mail, how):
    setattr(web, how, True)
    hook(desk, web)
    channel(desk, name="two", kind="EMAIL", recipients=["desk@example.com"])
    look(desk, STALE)
    began = time.monotonic()
    desk.services.alerts.dispatcher.start_due()
    assert time.monotonic() - began < 0.5
    while not mail.taken:
        assert time.monotonic() - began < 1
        time.sleep(0.01)
    desk.services.alerts.dispatcher.join(20)
    assert time.monotonic() - began < 5
    states = {each["channel_name"]: (each["state"], each["error_code"]) for each in deliveries(desk)}
    assert states == {"one": ("PENDING", "UNREACHABLE"), "two": ("SENT", None)}


def test_a_mail_is_text_and_escaped_html_with_one_id(desk, mail):
    channel(desk, kind="EMAIL", recipients=["desk@example.com", "risk@example.com"])
    look(desk, STALE)
    send(desk)
    ((recipients, written),) = mail.taken
    assert recipients == ["desk@example.com", "risk@example.com"]
    assert written["Subject"] == "[WARNING] Positions are <old> & stale."
    (delivery,) = deliveries(desk)
    assert written["Message-ID"] == f"<{delivery['delivery_id']}@example.com>"
    text = written.get_body(("plain",)).get_content()
    html = written.get_body(("html",)).get_content()
    assert "[WARNING] Positions are <old> & stale." in text
    assert "Positions are &lt;old&gt; &amp; stale." in html
    assert "<old>" not in html


def test_line_breaks_in_a_finding_add_no_header_to_a_mail(desk, mail):
    channel(desk, kind="EMAIL", recipients=["desk@example.com"])
    look(desk, replace(STALE, text="Old\r\nBcc: thief@example.com\r\n\r\nHello\x00"))
    send(desk)
    ((recipients, written),) = mail.taken
    assert recipients == ["desk@example.com"]
    assert written["Subject"] == "[WARNING] Old Bcc: thief@example.com Hello"
    assert written["Bcc"] is None


@pytest.mark.parametrize(
    ("says", "state", "code"), [(451, "PENDING", "RECEIVER_FAILED"), (554, "DEAD", "REFUSED")]
)
def test_a_mail_server_says_for_now_or_for_good(desk, mail, says, state, code):
    channel(desk, kind="EMAIL", recipients=["desk@example.com"])
    mail.says = says
    look(desk, STALE)
    send(desk)
    (delivery,) = deliveries(desk)
    assert (delivery["state"], delivery["error_code"]) == (state, code)


@pytest.mark.parametrize("how", ["hangs", "drips"])
def test_a_mail_server_that_hangs_and_comes_back_takes_each_mail_once(desk, mail, how):
    channel(desk, kind="EMAIL", recipients=["desk@example.com"])
    setattr(mail, how, True)
    look(desk, STALE)
    send(desk)
    assert deliveries(desk)[0]["error_code"] == "UNREACHABLE"
    setattr(mail, how, False)
    desk.clock.ahead += timedelta(seconds=13)
    send(desk)
    send(desk)
    assert len(mail.taken) == 1
    assert deliveries(desk)[0]["state"] == "SENT"


def test_a_channel_tells_what_it_wants(desk, web):
    hook(desk, web, severity="CRITICAL", groups=["PUBLICPRE"])
    look(desk, STALE)
    severe = replace(STALE, severity=Severity.CRITICAL)
    look(desk, replace(severe, key="one", groups=frozenset({"OTHER"})), rule=RuleName.DRIFT)
    look(desk, replace(severe, key="two", groups=frozenset({"PUBLICPRE"})), rule=RuleName.ORDER_UNKNOWN)
    look(desk, replace(severe, key="three"), rule=RuleName.CHAIN_BROKEN)
    send(desk)
    told = sorted(event["rule"] for _, _, body in web.taken for event in json.loads(body)["events"])
    assert told == ["CHAIN_BROKEN", "ORDER_UNKNOWN"]


def test_quiet_hours_collect_and_an_emergency_breaks_through(desk, web):
    """The desk's time zone is New York: 03:00 UTC is 22:00 or 23:00 of the evening before."""
    now = datetime.now(UTC)
    desk.clock.ahead = datetime(2027, 1, 15, 3, 30, tzinfo=UTC) - now
    hook(desk, web, quiet_from="22:00", quiet_to="07:00")
    look(desk, STALE)
    look(desk, replace(STALE, key="job"), rule=RuleName.JOB_FAILED)
    look(desk, replace(STALE, key="stop", severity=Severity.EMERGENCY), rule=RuleName.TRADING_STOPPED)
    send(desk)
    ((_, _, urgent),) = web.taken
    assert [event["rule"] for event in json.loads(urgent)["events"]] == ["TRADING_STOPPED"]
    desk.clock.ahead = datetime(2027, 1, 15, 11, 59, tzinfo=UTC) - datetime.now(UTC)
    send(desk)
    assert len(web.taken) == 1
    desk.clock.ahead = datetime(2027, 1, 15, 12, 0, 1, tzinfo=UTC) - datetime.now(UTC)
    send(desk)
    digest = json.loads(web.taken[1][2])
    assert [event["rule"] for event in digest["events"]] == ["VENDOR_STALE", "JOB_FAILED"]
    assert digest["title"] == "[WARNING] Allocator: 2 alerts"


def test_a_test_is_marked_sent_at_once_and_says_what_happened(desk, web):
    made_channel = hook(desk, web, quiet_from="00:00", quiet_to="23:59")
    path = f"alerts/channels/{made_channel['channel_id']}/test"
    good = admin(desk, "POST", path)
    assert (good["delivered"], good["error_code"]) == (True, None)
    assert json.loads(web.taken[0][2])["test"] is True
    assert web.taken[0][1]["webhook-id"] == good["message_id"]
    web.says = 500
    bad = admin(desk, "POST", path)
    assert (bad["delivered"], bad["error_code"]) == (False, "RECEIVER_FAILED")
    assert bad["error_reason"] == "The receiver answered with status 500."


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "CHAT",
            {
                "text": "[WARNING] Positions are &lt;old&gt; &amp; stale.\nhttps://allocator.example.com/system"
            },
        ),
        ("SMS", {"to": ["+15550100200"], "text": "[WARNING] Positions are <old> & stale.", "id": "ID"}),
    ],
)
def test_chats_and_sms_have_bodies_of_their_own(desk, web, body, expected):
    hook(desk, web, body=body, recipients=["+15550100200"] if body == "SMS" else [])
    look(desk, STALE)
    send(desk)
    ((_, headers, sent),) = web.taken
    told = json.dumps(json.loads(sent)).replace(headers["webhook-id"], "ID")
    assert json.loads(told) == expected


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"kind": "WEBHOOK"}, "url"),
        ({"kind": "WEBHOOK", "url": "https://elsewhere.example.com/x"}, "url"),
        ({"kind": "WEBHOOK", "url": "http://hooks.example.com/x"}, "url"),
        ({"kind": "WEBHOOK", "url": "https://hooks.example.com:8443/x"}, "url"),
        ({"kind": "WEBHOOK", "url": "https://user:word@hooks.example.com/x"}, "url"),
        ({"kind": "WEBHOOK", "url": "https://hooks.example.com@169.254.169.254/x"}, "url"),
        ({"kind": "WEBHOOK", "url": "file:///etc/passwd"}, "url"),
        ({"kind": "WEBHOOK", "url": "https://hooks.example.com/x", "secret": "NONE"}, "secret"),
        ({"kind": "WEBHOOK", "url": "https://hooks.example.com/{secret}"}, "secret"),
        ({"kind": "EMAIL"}, "recipients"),
        ({"kind": "EMAIL", "recipients": ["a@example.com\nBcc: b@example.com"]}, "recipients.0"),
        ({"kind": "EMAIL", "recipients": ["=?utf-8?q?=0ABcc?=@example.com"]}, "recipients.0"),
        ({"kind": "EMAIL", "recipients": ["a@."]}, "recipients.0"),
        ({"kind": "EMAIL", "recipients": ["a@example.com"], "quiet_from": "22:00"}, "quiet_to"),
        ({"kind": "EMAIL", "recipients": ["a@example.com"], "quiet_from": "24:00"}, "quiet_from"),
    ],
)
def test_a_channel_that_cannot_be_is_refused_by_its_field(desk, terms, field):
    refused = channel(desk, status=422, **terms)
    assert [error["field"] for error in refused["errors"]] == [field]


def test_outside_development_loopback_is_no_host_of_webhooks(tmp_path, mail, web):
    desk = made(tmp_path, mail)
    settings = replace(desk.settings.alerts, loopback=False)
    desk.services.alerts.channels._sender._settings = settings
    refused = hook(desk, web, status=422)
    assert [error["field"] for error in refused["errors"]] == ["url"]


def test_a_channel_is_replaced_by_version_and_deleted_with_what_waits_for_it(desk, web):
    made_channel = hook(desk, web, quiet_from="00:00", quiet_to="23:59")
    path = f"alerts/channels/{made_channel['channel_id']}"
    terms = {"name": "renamed", "kind": "WEBHOOK", "url": f"http://127.0.0.1:{web.port}/", "version": 1}
    assert channel(desk, status=422, kind="EMAIL", recipients=["a@b.example"])["errors"][0]["field"] == "name"
    look(desk, STALE)
    put = admin(desk, "PUT", path, terms)
    assert (put["name"], put["version"], put["quiet_from"], put["updated_by"]) == (
        "renamed",
        2,
        None,
        "demo_admin",
    )
    assert admin(desk, "PUT", path, terms, status=409)["code"] == "ALERT_CHANNEL_CHANGED"
    assert admin(desk, "DELETE", path) == {"channel_id": made_channel["channel_id"]}
    assert admin(desk, "GET", "alerts/channels") == {"channels": []}
    assert admin(desk, "DELETE", path, status=404)["code"] == "NOT_FOUND"
    desk.clock.ahead += timedelta(days=2)
    send(desk)
    assert (web.asked, [each["state"] for each in deliveries(desk)]) == (0, ["CANCELLED"])


def test_a_message_whose_process_died_is_sent_again_under_its_id(desk, web):
    made_channel = hook(desk, web)
    look(desk, STALE)
    claim = desk.services.alerts.deliveries.claim(made_channel["channel_id"])
    send(desk)
    assert web.asked == 0
    desk.clock.ahead += timedelta(seconds=62)  # a second to send, and a minute
    send(desk)
    assert [headers["webhook-id"] for _, headers, _ in web.taken] == [claim.delivery_id]
    assert not desk.services.alerts.deliveries.sent(claim)  # what stood still changes nothing
    assert deliveries(desk)[0]["attempts"] == 2


def test_users_without_the_permission_see_no_channels(desk):
    for method, path in (("GET", "alerts/channels"), ("GET", "alerts/deliveries")):
        assert desk.call(method, path, status=403)["code"] == "FORBIDDEN"
