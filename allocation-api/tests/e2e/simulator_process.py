"""The simulator in a process of its own, and what it counted of the requests that came in."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import httpx

API_DIR = Path(__file__).resolve().parents[2]
GOLDEN = API_DIR / "tests" / "books" / "golden.json"
OPTIONS = ("--port", "0", "--scenario", str(GOLDEN))
COMMAND = (sys.executable, "-m", "aladdin_simulator", *OPTIONS)
MAX_WAIT_SECONDS = 60
POSITION = "/api/portfolio-mgmt/positions/v1/position?portGroup=GOLDEN&posType=SOD"
ORDER_POST = "/api/trading/order-management/order/v1/order:post"
BODY = {
    "order": {
        "assetId": "912828YW4",
        "transactionType": "BUY",
        "face": 1000,
        "orderDetails": [{"portfolioReference": {"portfolioTicker": "ACC001"}, "quantity": 1000}],
    }
}
NOT_SEEN = {"received": 0, "answered": 0, "failed_by_fault": 0, "orders_taken": 0}


def vendor_headers():
    return {
        "VND.com.blackrock.Request-ID": str(uuid4()),
        "VND.com.blackrock.Origin-Timestamp": "Tue, 30 Jun 2026 13:30:00 GMT",
    }


class SimulatorProcess:
    """A serving process on a free port, and a client of it; later options win over `OPTIONS`."""

    module = "aladdin_simulator"

    def __init__(self, folder, *options, **environment):
        self._errors = folder / "simulator.log"
        clean = {name: value for name, value in os.environ.items() if not name.startswith("SIMULATOR_")}
        with self._errors.open("ab") as errors:
            self.process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", self.module, *OPTIONS, *options],
                cwd=API_DIR,
                env={**clean, **environment},
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
            )
        self.said = self.process.stdout.readline()
        assert self.said.startswith("Aladdin simulator: "), self.log()
        self.url = self.said.split()[-1]
        self.client = httpx.Client(
            base_url=self.url, timeout=MAX_WAIT_SECONDS, limits=httpx.Limits(max_connections=None)
        )

    def log(self):
        return self._errors.read_text()

    # --- faults and counts ----------------------------------------------------------------------------------

    def put(self, *faults):
        self.client.put("/simulator/faults", json=list(faults)).raise_for_status()

    def reset(self):
        """Take all faults away and forget the counts; orders stay."""
        self.client.delete("/simulator/faults").raise_for_status()
        self.client.delete("/simulator/requests").raise_for_status()

    def report(self):
        return self.client.get("/simulator/requests").json()

    def received(self):
        """How many requests of each operation came in."""
        return {name: count["received"] for name, count in self.report()["operations"].items()}

    def settled(self, operation):
        """The counts of one operation, as soon as none of its requests is in progress any more."""
        deadline = time.monotonic() + MAX_WAIT_SECONDS
        while time.monotonic() < deadline:
            count = self.report()["operations"].get(operation, NOT_SEEN)
            if count["received"] == count["answered"] + count["failed_by_fault"]:
                return count
            time.sleep(0.02)
        raise AssertionError(f"{operation} is still in progress: {count}")

    def taken(self, operation):
        """The orders that the vendor has taken by now through one operation."""
        return self.report()["operations"].get(operation, NOT_SEEN)["orders_taken"]

    # --- the vendor's operations ----------------------------------------------------------------------------

    def get(self, path=POSITION):
        return self.client.get(path, headers=vendor_headers())

    def post_order(self):
        return self.client.post(ORDER_POST, json=BODY, headers=vendor_headers())

    def orders(self):
        return self.client.get("/simulator/orders").json()

    # --- its end --------------------------------------------------------------------------------------------

    def stop(self, how=signal.SIGTERM):
        self.client.close()
        self.process.send_signal(how)
        return self.process.wait(MAX_WAIT_SECONDS)

    def kill(self):
        self.client.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(MAX_WAIT_SECONDS)
        self.process.stdout.close()

    def is_group_gone(self):
        """Say whether no process is left of those that were started together."""
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return True
        return False
