"""A server that stops while it sends an alert, and the next one: the alert is sent once (R21.6)."""

from __future__ import annotations

import httpx

from tests.e2e.server_process import Server
from tests.support.receivers import web_receiver
from tests.support.waiting import until


def logged_in(server, username):
    body = {"username": username, "password": "demo_password"}
    token = httpx.post(f"{server.root}/v1/auth/login", json=body).json()["access_token"]
    return httpx.Client(base_url=f"{server.root}/v1/", headers={"Authorization": f"Bearer {token}"})


def test_a_stop_waits_for_the_alert_that_is_being_sent(tmp_path):
    with web_receiver() as web:
        web.seconds = 2
        server = Server(tmp_path, ALERT_LOOK_SECONDS="1")
        server.start()
        try:
            terms = {"name": "one", "kind": "WEBHOOK", "url": f"http://127.0.0.1:{web.port}/"}
            with logged_in(server, "demo_admin") as admin:
                admin.post("alerts/channels", json=terms).raise_for_status()
                stopped = admin.post("system/emergency-stop", json={"reason": "Prices look wrong"})
                stopped.raise_for_status()
            until(lambda: web.asked, "an alert that is being sent")
            assert server.stop() == 0
            assert (web.asked, len(web.taken)) == (1, 1)
            server.start()
            with logged_in(server, "demo_admin") as admin:
                found = admin.get("alerts/deliveries").json()["deliveries"]
            assert [(each["state"], each["attempts"]) for each in found] == [("SENT", 1)]
        finally:
            if server.is_running():
                server.stop()
