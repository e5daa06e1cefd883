"""A Redis server of the tests' own: a process on a free port of this machine, which keeps nothing."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time

import pytest
import redis

from tests.e2e.server_process import free_port

START_SECONDS = 30
NOBODY = "redis://127.0.0.1:1/0"
"""Where no Redis is."""


class RedisServer:
    """One server; it can be stopped, started again, frozen and thawed."""

    def __init__(self, folder, command):
        self._port = free_port()
        self._folder = folder
        self._command = command
        self._process = None
        self.url = f"redis://127.0.0.1:{self._port}/0"

    @classmethod
    def start(cls, folder):
        """Start one; where Redis is not installed the test is skipped, or fails if databases are required."""
        command = shutil.which("redis-server")
        if command is None:
            if os.environ.get("REQUIRE_DATABASES") == "1":
                pytest.fail("redis-server is not installed")
            pytest.skip("redis-server is not installed")
        server = cls(folder, command)
        server.again()
        return server

    def again(self):
        options = ["--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            [self._command, *options, "--dir", str(self._folder)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        client, deadline = self.client(), time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                client.ping()
            except redis.ConnectionError:
                assert self._process.poll() is None
                time.sleep(0.02)
            else:
                client.close()
                return
        raise AssertionError("Redis does not start")

    def client(self):
        return redis.Redis.from_url(self.url)

    def freeze(self):
        """Leave its connections open and answer nobody."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self._process.send_signal(signal.SIGCONT)

    def stop(self):
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait(START_SECONDS)
