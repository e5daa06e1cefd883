"""A production start by the steps of deployment: from an empty PostgreSQL to a committed order, behind TLS.

Commands and settings are those of the compose file and the image; only addresses, ports and paths are this
machine's.
"""

from __future__ import annotations

import json
import os
import re
import socket
import sqlite3
import ssl
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from app.core.config.server import WORKBENCH_BUILD
from tests.e2e.server_process import API_DIR, Server, free_port
from tests.e2e.simulator_process import GOLDEN, SimulatorProcess
from tests.e2e.tls_proxy import HOST, TlsProxy, program
from tests.e2e.vendor_client import BOND, CLIENT_ID, CLIENT_SECRET, GROUP
from tests.storage.conftest import started
from tests.storage.servers import postgresql
from tests.support.deployment import command_of_the_image, compose
from tests.support.redis_server import RedisServer
from tests.support.signing import SIGNING_KEY

pytestmark = pytest.mark.slow

OPERATOR = {
    "POSTGRES_PASSWORD": "3f9c0d3be18f4c6aa2d7",
    "JWT_SECRET_KEY": SIGNING_KEY,
    "ALADDIN_CLIENT_ID": CLIENT_ID,
    "ALADDIN_CLIENT_SECRET": CLIENT_SECRET,
    "ALADDIN_GROUPS": GROUP,
    "BUSINESS_DATE": "2026-06-30",
    "MOCK_DATA_SCENARIO": str(GOLDEN),
    "PATH_PREFIX": "/allocator",
    "METRICS_TOKEN": "a-token-of-prometheus",
    "LOG_LEVEL": "DEBUG",
}
"""What an operator writes into `.env`."""

BUILT = WORKBENCH_BUILD / "index.html"
PASSWORD = "violet-anchor-47-hillside"
WRONG_PASSWORD = "violet-anchor-47-mountain"
SECRETS = ("POSTGRES_PASSWORD", "JWT_SECRET_KEY", "ALADDIN_CLIENT_SECRET", "METRICS_TOKEN")
PREFIX = OPERATOR["PATH_PREFIX"]
FIRST_VERSION = API_DIR / "tests" / "storage" / "databases" / "0001.sql"


def run(environment, *arguments, given=""):
    """Run a command of the service, and return what it said."""
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "app", *arguments],
        cwd=API_DIR,
        env=os.environ | environment,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


class Deployment:
    """The processes of the compose file, each by its own command."""

    def __init__(self, folder, database_url):
        self.folder = folder
        self._services = compose(OPERATOR)["services"]
        self.redis = RedisServer.start(folder)
        self.simulator = self._simulator()
        self.environment = {
            **OPERATOR,
            **self._services["api"]["environment"],
            "ALADDIN_HOST": self.simulator.url,
            "DATABASE_URL": self._services["api"]["environment"]["DATABASE_URL"].replace(
                "postgres:5432/allocator", database_url.rpartition("@")[2]
            ),
            "REDIS_URL": self.redis.url,
            "HOST": HOST,
            "PORT": str(free_port()),
        }
        self.server = None
        self.proxy = None
        self._clients = []
        self.secrets = {PASSWORD, WRONG_PASSWORD, *(OPERATOR[name] for name in SECRETS)}

    def _simulator(self):
        """The simulator on loopback as the compose file has it, on a free port."""
        service = self._services["simulator"]
        (options,) = [
            service["command"][place + 1 :]
            for place, word in enumerate(service["command"])
            if word == "aladdin_simulator"
        ]
        journal = f"--journal={self.folder / 'simulator.db'}"
        return SimulatorProcess(self.folder, *options, "--port=0", journal, **service["environment"])

    def run(self, *arguments, given=""):
        """Run a command of the service as `docker compose exec api` would, and return what it said."""
        return run(self.environment, *arguments, given=given)

    def migrate(self):
        (module, *arguments) = self._services["migrate"]["command"][2:]
        assert module == "app"
        return self.run(*arguments)

    def serve(self):
        self.server = Server(self.folder, command=command_of_the_image()[1:], **self.environment).start()
        self.proxy = TlsProxy(self.folder, self.server.port)
        self.proxy.start()

    def client(self, username=None, address=HOST):
        """A client of the proxy from an address of this machine, logged in if it has a name."""
        transport = httpx.HTTPTransport(verify=self.proxy.trust(), local_address=address)
        client = httpx.Client(base_url=f"{self.proxy.root}{PREFIX}/v1", transport=transport, timeout=60)
        self._clients.append(client)
        if username:
            answer = client.post("auth/login", json={"username": username, "password": PASSWORD})
            assert answer.status_code == 200, answer.text
            tokens = answer.json()
            self.secrets |= {tokens["access_token"], tokens["refresh_token"]}
            client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        return client

    def logged(self):
        """The lines of requests in the log."""
        lines = [json.loads(x) for x in self.server.log.read_text().splitlines() if x.startswith("{")]
        return [line for line in lines if line["event"] == "request"]

    def connections(self):
        """How many connections the service has."""
        local = f":{int(self.server.port):04X}"
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        return sum(row[1].endswith(local) and row[3] == "01" for row in rows)

    def close(self):
        for client in self._clients:
            client.close()
        if self.proxy is not None:
            self.proxy.stop()
        if self.server is not None and self.server.is_running():
            self.server.stop()
        self.simulator.kill()
        self.redis.stop()


@pytest.fixture(scope="module")
def deployed(tmp_path_factory):
    """A deployment on an empty PostgreSQL: migrated, users and reference data loaded, served."""
    program()  # without nginx nothing is started
    manager = postgresql()
    database = started(manager)
    made = Deployment(tmp_path_factory.mktemp("deployment"), database.url_of("deployed"))
    try:
        made.migrate()
        made.run("users", "add", "anna", "--role", "administrator", "--password-stdin", given=f"{PASSWORD}\n")
        made.run(
            "users", "add", "bert", "--role", "portfolio_manager", "--password-stdin", given=f"{PASSWORD}\n"
        )
        files = made.folder / "desk"
        made.run("reference", "fetch", str(files))
        accounts = json.loads(GOLDEN.read_text())["accounts"]
        rows = [f"ACCOUNT,{a['account_id']},{a['benchmark']['spread_duration']},," for a in accounts]
        (files / "benchmarks.csv").write_text("\n".join(["scope,id,spread_duration,duration,oas", *rows]))
        stated = [f"{a['account_id']},{','.join(a['restrictions']) or 'NONE'}" for a in accounts]
        (files / "restrictions.csv").write_text("\n".join(["account_id,restriction", *stated]))
        made.run("reference", "check", str(files))
        made.run("reference", "load", str(files), "--user", "anna", "--comment", "First load")
        made.serve()
        yield made
    finally:
        made.close()
        manager.__exit__(None, None, None)


def test_nginx_takes_the_configuration_without_a_warning(deployed):
    status, said = deployed.proxy.check()
    assert status == 0
    assert "[warn]" not in said
    assert "[emerg]" not in said


def test_from_an_empty_database_to_a_committed_order(deployed):
    client = deployed.client("bert")
    body = {
        "order": {"security_id": BOND, "side": "BUY", "quantity": 3_800_000},
        "allocation_method": "PRO_RATA",
        "portfolio_groups": [GROUP],
    }
    preview = client.post("allocations/preview", json=body).json()
    # NAV 100, 150, 80 and 50 million.
    faces = {a["account_id"]: a["allocated_quantity"] for a in preview["allocations"]}
    assert faces == {"ACC001": 1_000_000, "ACC002": 1_500_000, "ACC003": 800_000, "ACC004": 500_000}
    path = f"allocations/{preview['allocation_id']}"
    committed = client.post(f"{path}/commit", json={"override_warnings": True}).json()
    assert committed["status"] == "SUCCESS"
    (order,) = client.get("orders").json()["orders"]
    assert (order["order_id"], order["quantity"]) == (committed["aladdin_order_ids"][0], 3_800_000)
    assert [each["id"] for each in deployed.simulator.orders()] == [order["order_id"]]
    administrator = deployed.client("anna")
    assert administrator.get("audit/verify").json()["whole"] is True
    assert administrator.post("allocations/preview", json=body).status_code == 403


def test_the_same_commands_again_change_nothing(deployed):
    deployed.migrate()
    assert "Nothing to change" in deployed.run("reference", "check", str(deployed.folder / "desk"))


def test_two_processes_serve_and_the_demo_users_do_not_exist(deployed):
    parent = deployed.server.pid
    serving = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    assert len(serving) == 2
    demo = {"username": "demo_user", "password": "demo_password"}
    assert deployed.client().post("auth/login", json=demo).status_code == 401


def test_the_address_is_that_of_the_client_whatever_it_says(deployed):
    client = deployed.client(address="127.0.0.7")
    client.get("system/status", headers={"X-Forwarded-For": "203.0.113.9", "X-Request-ID": "from-elsewhere"})
    (line,) = [x for x in deployed.logged() if x["path"].endswith("/system/status")]
    assert line["address"] == "127.0.0.7"


def test_answers_by_tls_bind_browsers_to_it(deployed):
    answer = deployed.client().get("health/live")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    # Who reaches the service itself has no TLS.
    plain = httpx.get(f"{deployed.server.root}/health/live")
    assert "Strict-Transport-Security" not in plain.headers


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_tls_is_refused(deployed):
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.load_verify_locations(deployed.proxy.certificate)
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.raises(ssl.SSLError), socket.create_connection((HOST, deployed.proxy.port)) as plain:
        old.wrap_socket(plain, server_hostname=HOST)


def test_metrics_are_not_for_the_outside(deployed):
    headers = {"Authorization": f"Bearer {OPERATOR['METRICS_TOKEN']}"}
    inside = httpx.get(f"{deployed.server.root}/metrics", headers=headers)
    assert "allocator_http_requests_total" in inside.text
    for path in ("/metrics", f"{PREFIX}/metrics"):
        outside = httpx.get(deployed.proxy.root + path, headers=headers, verify=deployed.proxy.trust())
        assert outside.status_code == 404
        assert "allocator_http" not in outside.text


@pytest.mark.skipif(not BUILT.is_file(), reason="the workbench is not built (make workbench)")
def test_the_workbench_and_its_caching_come_through_the_proxy(deployed):
    with httpx.Client(base_url=f"{deployed.proxy.root}{PREFIX}/", verify=deployed.proxy.trust()) as browser:
        page = browser.get("orders", headers={"Accept": "text/html"})
        assert f'<base href="{PREFIX}/">' in page.text
        assert page.headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
        *_, script = re.findall(r'src="\./(assets/[^"]+\.js)"', page.text)
        for method in ("GET", "HEAD"):
            file = browser.request(method, script)
            assert file.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            assert (file.headers["Content-Encoding"], file.headers["Vary"]) == ("gzip", "Accept-Encoding")
        assert browser.get("assets/none.js").json()["code"] == "NOT_FOUND"


def test_half_requests_do_not_reach_the_service(deployed):
    """Fifty clients send half a body and then nothing: the proxy keeps it, and opens no connection for it."""
    good = deployed.client("bert")
    before = deployed.connections()
    half = f"POST {PREFIX}/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{{".encode()
    slow = []
    try:
        for _ in range(50):
            plain = socket.create_connection((HOST, deployed.proxy.port))
            slow.append(deployed.proxy.trust().wrap_socket(plain, server_hostname=HOST))
            slow[-1].sendall(half)
        for _ in range(5):
            assert good.get("auth/me").status_code == 200
        # A good client's requests may use more of the connections that are kept.
        assert deployed.connections() <= before + 5
    finally:
        for each in slow:
            each.close()


def test_a_stop_is_clean_and_no_secret_is_in_any_log_of_the_whole_run_at_debug(deployed):
    wrong = {"username": "bert", "password": WRONG_PASSWORD}
    assert deployed.client().post("auth/login", json=wrong).status_code == 401
    assert deployed.server.stop() == 0
    logs = {file.name: file.read_text() for file in deployed.folder.glob("*.log")}
    assert {"server.log", "nginx.log", "simulator.log"} <= set(logs)
    assert '"level": "debug"' in logs["server.log"]
    assert [
        (name, secret) for name, text in logs.items() for secret in deployed.secrets if secret in text
    ] == []


# --- upgrade ------------------------------------------------------------------------------------------------


def test_a_database_of_the_first_version_is_upgraded_by_the_steps_of_operations(tmp_path, make_server):
    """Backup, migrate, start: the old previews are shown, and the audit trail is whole; then back."""
    file, copy = tmp_path / "desk.db", tmp_path / "copy.db"
    connection = sqlite3.connect(file)
    connection.executescript(FIRST_VERSION.read_text())
    count = connection.execute("SELECT count(*) FROM allocations").fetchone()[0]
    connection.close()
    environment = {
        "FLASK_ENV": "production",
        "JWT_SECRET_KEY": SIGNING_KEY,
        "MOCK_ALADDIN_DATA": "true",
        "MOCK_DATA_SCENARIO": str(GOLDEN),
        "DATABASE_URL": f"sqlite:///{file}",
        "HOST": HOST,
    }
    run(environment, "backup", str(copy))
    run(environment, "migrate")
    run(
        environment, "users", "add", "carl", "--role", "compliance", "--password-stdin", given=f"{PASSWORD}\n"
    )
    assert "whole" in run(environment, "audit")
    server = make_server(**environment).start()
    with httpx.Client(base_url=f"{server.root}/v1", timeout=60) as client:
        login = client.post("auth/login", json={"username": "carl", "password": PASSWORD})
        client.headers["Authorization"] = f"Bearer {login.json()['access_token']}"
        found = client.get("allocations", params={"limit": 100}).json()["allocations"]
        assert len(found) == count == 9
        shown = [client.get(f"allocations/{each['allocation_id']}") for each in found]
        assert {answer.status_code for answer in shown} == {200}
        demo = {"username": "demo_user", "password": "demo_password"}
        assert client.post("auth/login", json=demo).status_code == 401
    server.stop()
    # The way back: the copy is the database as it was.
    run(environment, "restore", str(copy), "--force")
    connection = sqlite3.connect(file)
    assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    connection.close()
