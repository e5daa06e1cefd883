"""The API server in processes of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.support.desk import database_url

API_DIR = Path(__file__).resolve().parents[2]
MAX_WAIT_SECONDS = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """One server and its processes; `environment` adds to the test's own, `command` is what serves."""

    def __init__(self, folder, *, command=("run.py",), **environment):
        self._command = (sys.executable, *command)
        self.port = environment.get("PORT") or os.environ.get("PORT") or free_port()
        self.root = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        # Settings of the machine and its .env stay out, but for those that the tests are to honour.
        self._environment = {
            **os.environ,
            "FLASK_ENV": "development",
            "TRADING_HALTED": "false",
            "MOCK_ALADDIN_DATA": "true",
            "MOCK_JOURNAL": "memory",
            "RATE_LIMIT_PER_MINUTE": "0",
            "JOB_WORKERS": "0",
            "PORT": str(self.port),
            "DATABASE_URL": database_url(folder),
            **environment,
        }
        self._process = None

    def begin(self):
        """Start the process, and wait for nothing."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                self._command,
                cwd=API_DIR,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def start(self, alive="/health/ready"):
        """Serve; `alive` is what must answer first (readiness asks the vendor, liveness does not)."""
        self.begin()
        deadline = time.monotonic() + MAX_WAIT_SECONDS
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
        return self._process.wait(MAX_WAIT_SECONDS)

    def is_running(self):
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self):
        """The parent's of the processes that serve."""
        return self._process.pid

    def refuses_to_start(self):
        """Run until it ends by itself, and return what it said."""
        done = subprocess.run(  # noqa: S603
            self._command,
            cwd=API_DIR,
            env=self._environment,
            capture_output=True,
            timeout=MAX_WAIT_SECONDS,
            check=False,
        )
        assert done.returncode != 0
        return (done.stdout + done.stderr).decode()
