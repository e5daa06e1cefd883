"""A desk with a mail server, channels and their administrator."""

from __future__ import annotations

from app.services.alerts.types import Finding, RuleName, Severity
from tests.support.desk import GOLDEN_BOOK, Desk

SECRET = "correct-horse-battery-staple"
STALE = Finding("VENDOR_STALE", "aladdin", Severity.WARNING, "Positions are <old> & stale.", "/system")


def made(folder, mail, **settings):
    usual = {
        "ALERT_SMTP_HOST": "127.0.0.1",
        "ALERT_SMTP_PORT": str(mail.port),
        "ALERT_SMTP_SECURITY": "none",
        "ALERT_MAIL_FROM": "alerts@example.com",
        "ALERT_SEND_SECONDS": "1",
        "ALERT_SEND_ATTEMPTS": "3",
        "ALERT_WEBHOOK_HOSTS": "hooks.example.com",
        "ALERT_WEBHOOK_SECRET_DESK": SECRET,
        "ALERT_LINK_URL": "https://allocator.example.com",
    }
    return Desk(folder, scenario=GOLDEN_BOOK, **(usual | settings))


def admin(desk, method, path, body=None, *, status=200, **query):
    headers = {"Authorization": f"Bearer {desk.login('demo_admin')['access_token']}"}
    more = {} if body is None else {"json": body}
    return desk.call(method, path, status=status, headers=headers, query_string=query, **more)


def channel(desk, *, status=200, **terms):
    return admin(desk, "POST", "alerts/channels", {"name": "one", **terms}, status=status)


def hook(desk, web, **terms):
    url = f"http://127.0.0.1:{web.port}/alerts"
    return channel(desk, **{"kind": "WEBHOOK", "url": url, **terms})


def look(desk, *found, rule=RuleName.VENDOR_STALE):
    desk.services.alerts.look.compare(rule, found)


def send(desk):
    dispatcher = desk.services.alerts.dispatcher
    dispatcher.start_due()
    dispatcher.join(20)


def deliveries(desk, **query):
    return admin(desk, "GET", "alerts/deliveries", **query)["deliveries"]
