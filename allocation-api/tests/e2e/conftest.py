"""The real server in a process of its own, as `make run` starts it, and the vendor in another one."""

from __future__ import annotations

import signal

import httpx
import pytest

from tests.e2e.server_process import Server
from tests.e2e.simulator_process import SimulatorProcess
from tests.e2e.vendor_client import LOGIN_OPTIONS


@pytest.fixture
def make_server(tmp_path):
    servers = []

    def make(**environment):
        servers.append(Server(tmp_path, **environment))
        return servers[-1]

    yield make
    for server in servers:
        if server.is_running():
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
