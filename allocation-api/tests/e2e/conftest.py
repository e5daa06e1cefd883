"""The real server in a process of its own, as `make run` starts it, and the vendor in another one."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.conftest import database_url
from tests.e2e.simulator_process import SimulatorProcess
from tests.e2e.vendor_client import LOGIN_OPTIONS

API_DIR = Path(__file__).resolve().parents[2]
PATIENCE = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """One serving process; `environment` adds to the test's own."""

    def __init__(self, folder, **environment):
        self.port = int(os.environ.get("PORT") or free_port())
        self.root = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        # Settings of the machine and its .env stay out, but for those that the tests are to honour.
        self._environment = {
            **os.environ,
            "FLASK_ENV": "development",
            "TRADING_HALTED": "false",
            "MOCK_ALADDIN_DATA": "true",
            "PORT": str(self.port),
            "DATABASE_URL": database_url(folder),
            **environment,
        }
        self._process = None

    def start(self, alive="/health/ready"):
        """Serve; `alive` is what must answer first (readiness asks the vendor, liveness does not)."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "run.py"],
                cwd=API_DIR,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.root}{alive}", timeout=5).status_code == 200:
                    return self
            except httpx.TransportError:
                assert self._process.poll() is None, self.log.read_text()
            time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def stop(self, how=signal.SIGTERM):
        if how is signal.SIGKILL:
            os.killpg(self._process.pid, how)
        else:
            self._process.send_signal(how)
        return self._process.wait(PATIENCE)

    def refuses_to_start(self):
        """Run until it ends by itself, and return what it said."""
        done = subprocess.run(
            [sys.executable, "run.py"],
            cwd=API_DIR,
            env=self._environment,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode != 0
        return (done.stdout + done.stderr).decode()


@pytest.fixture
def make_server(tmp_path):
    servers = []

    def make(**environment):
        servers.append(Server(tmp_path, **environment))
        return servers[-1]

    yield make
    for server in servers:
        if server._process is not None and server._process.poll() is None:
            server.stop(signal.SIGKILL)


@pytest.fixture
def log_in():
    """Make a logged-in client of a server's /v1."""
    clients = []

    def make(server):
        client = httpx.Client(base_url=f"{server.root}/v1", timeout=120)
        clients.append(client)
        demo = {"username": "demo_user", "password": "demo_password"}
        token = client.post("auth/login", json=demo).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        return client

    yield make
    for client in clients:
        client.close()


@pytest.fixture(scope="module")
def process(tmp_path_factory):
    """A vendor who checks tokens, for all tests of a module."""
    running = SimulatorProcess(tmp_path_factory.mktemp("simulator"), *LOGIN_OPTIONS)
    yield running
    running.kill()


@pytest.fixture
def simulator(process):
    """The same without faults and counts; its orders stay."""
    process.reset()
    return process
