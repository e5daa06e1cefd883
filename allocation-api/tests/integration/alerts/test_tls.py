"""Mail and webhooks over TLS to real servers on loopback, which are trusted or not (R21.7)."""

from __future__ import annotations

import socketserver
import threading
import time
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest

from tests.support.alert_channels import STALE, admin, channel, deliveries, hook, look, made, send
from tests.support.certificates import NOW, Authority
from tests.support.receivers import mail_receiver, web_receiver

LOGIN = {"ALERT_SMTP_USER": "desk", "ALERT_SMTP_PASSWORD": "swordfish"}
WRONG = {
    "unknown": "was not trusted: its certificate is signed by no authority that is trusted.",
    "expired": "was not trusted: its certificate has expired.",
    "other": "was not trusted: its certificate is of another address.",
}
"""What is wrong with certificates, and what is said of it."""


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


def wrong_server(authority, wrong):
    """The context of a server, and the settings of who trusts its authority, or not."""
    if wrong == "unknown":
        return authority.server(), {}
    until = NOW - timedelta(days=1) if wrong == "expired" else NOW + timedelta(days=1)
    tls = authority.server("127.0.0.2" if wrong == "other" else "127.0.0.1", until=until)
    return tls, {"ALERT_CA_FILE": str(authority.file)}


class Dripping(socketserver.StreamRequestHandler):
    """A mail server whose handshake comes byte by byte; each step is within its own timeout."""

    def handle(self):
        if self.server.offers_tls:
            for said in (b"220 loopback\r\n", b"250-loopback\r\n250 STARTTLS\r\n", b"220 go on\r\n"):
                self.wfile.write(said)
                if not said.startswith(b"220 go"):
                    self.rfile.readline()
        with suppress(OSError):
            for number in range(60):
                self.wfile.write(b"\x16\x03\x03\x0f\xa0"[number : number + 1] or b"\x02")
                time.sleep(0.1)


@contextmanager
def dripping(offers_tls):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Dripping) as server:
        server.offers_tls, server.port, server.daemon_threads = offers_tls, server.server_address[1], True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


@contextmanager
def mail_server(security, tls):
    with mail_receiver(tls if security == "tls" else None) as mail:
        mail.tls = tls if security == "starttls" else None
        mail.login = ("desk", "swordfish")
        yield mail


def tried(desk, terms):
    return admin(desk, "POST", f"alerts/channels/{terms['channel_id']}/test")


def mail_channel(desk, name="one"):
    return channel(desk, name=name, kind="EMAIL", recipients=["desk@example.com"])


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_mail_goes_by_tls_and_after_a_login(tmp_path, authority, security):
    with mail_server(security, authority.server()) as mail:
        desk = made(tmp_path, mail, ALERT_SMTP_SECURITY=security, ALERT_CA_FILE=str(authority.file), **LOGIN)
        mail_channel(desk)
        look(desk, STALE)
        send(desk)
        ((recipients, written),) = mail.taken
    assert (recipients, written["Subject"]) == (
        ["desk@example.com"],
        "[WARNING] Positions are <old> & stale.",
    )
    assert deliveries(desk)[0]["state"] == "SENT"


def test_a_refused_login_is_told_and_nothing_is_sent(tmp_path, authority):
    with mail_server("starttls", authority.server()) as mail:
        trusted = {"ALERT_CA_FILE": str(authority.file)}
        login = LOGIN | {"ALERT_SMTP_PASSWORD": "herring"}
        desk = made(tmp_path, mail, ALERT_SMTP_SECURITY="starttls", **trusted, **login)
        found = tried(desk, mail_channel(desk))
        words = "The mail server refused the login of ALERT_SMTP_USER with 535."
        assert (found["error_code"], found["error_reason"]) == ("NOT_CONFIGURED", words)
        assert mail.asked == 0


@pytest.mark.parametrize(
    ("security", "wrong"),
    [("starttls", "unknown"), ("starttls", "other"), ("tls", "expired"), ("tls", "other")],
)
def test_a_mail_server_with_a_wrong_certificate_is_told_nothing(tmp_path, authority, security, wrong):
    tls, trusted = wrong_server(authority, wrong)
    with mail_server(security, tls) as mail:
        desk = made(tmp_path, mail, ALERT_SMTP_SECURITY=security, **trusted, **LOGIN)
        found = tried(desk, mail_channel(desk))
        assert (found["error_code"], found["error_reason"]) == (
            "UNREACHABLE",
            f"The mail server {WRONG[wrong]}",
        )
        assert (mail.asked, mail.taken) == (0, [])


def test_a_mail_server_without_starttls_is_told_nothing(tmp_path, authority):
    with mail_receiver() as mail:
        desk = made(tmp_path, mail, ALERT_SMTP_SECURITY="starttls", **LOGIN)
        found = tried(desk, mail_channel(desk))
        words = "The mail server does not offer what the settings ask for: STARTTLS, or a login."
        assert (found["error_code"], found["error_reason"]) == ("NOT_CONFIGURED", words)
        assert mail.asked == 0


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_mail_server_that_hangs_in_the_handshake_is_cut_off(tmp_path, security):
    with dripping(security == "starttls") as mail:
        desk = made(tmp_path, mail, ALERT_SMTP_SECURITY=security)
        found = tried(desk, mail_channel(desk))
    assert (found["error_code"], found["error_reason"]) == (
        "UNREACHABLE",
        "The mail server did not answer within 1 s.",
    )
    assert found["seconds"] < 2


def test_a_webhook_goes_by_https(tmp_path, authority):
    with web_receiver(authority.server()) as web, mail_receiver() as mail:
        desk = made(tmp_path, mail, ALERT_CA_FILE=str(authority.file))
        hook(desk, web, url=f"https://127.0.0.1:{web.port}/alerts")
        look(desk, STALE)
        send(desk)
        assert [path for path, _, _ in web.taken] == ["/alerts"]
    assert deliveries(desk)[0]["state"] == "SENT"


@pytest.mark.parametrize("wrong", WRONG)
def test_a_web_service_with_a_wrong_certificate_is_told_nothing(tmp_path, authority, wrong):
    tls, trusted = wrong_server(authority, wrong)
    with web_receiver(tls) as web, mail_receiver() as mail:
        desk = made(tmp_path, mail, **trusted)
        found = tried(desk, hook(desk, web, url=f"https://127.0.0.1:{web.port}/alerts"))
        assert (found["error_code"], found["error_reason"]) == ("UNREACHABLE", f"The receiver {WRONG[wrong]}")
        assert web.asked == 0


def test_what_happened_is_told(tmp_path):
    with web_receiver() as web, mail_receiver() as mail:
        desk = made(tmp_path, mail, ALERT_WEBHOOK_HOSTS="nobody.invalid")
        of_plain = hook(desk, web, url=f"https://127.0.0.1:{web.port}/")
        assert tried(desk, of_plain)["error_reason"] == "The receiver could not be spoken to by TLS."
        nameless = hook(desk, web, name="two", url="https://nobody.invalid/")
        words = "The receiver was not found: its name has no address."
        assert tried(desk, nameless)["error_reason"] == words
        web.hangs = True
        hanging = hook(desk, web, name="three")
        assert tried(desk, hanging)["error_reason"] == "The receiver did not answer within 1 s."
        by_mail = mail_channel(desk, "four")
    found = tried(desk, by_mail)
    words = "The mail server refused the connection: nothing listens at its port."
    assert (found["error_code"], found["error_reason"]) == ("UNREACHABLE", words)
    assert found["seconds"] < 0.5
    gone = tried(desk, hanging)
    assert gone["error_reason"] == "The receiver refused the connection: nothing listens at its port."
