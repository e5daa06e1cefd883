"""A server of several processes over one database, with its vendor."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from tests.e2e.server_process import Server
from tests.e2e.simulator_process import MAX_WAIT_SECONDS
from tests.e2e.trading_desk import (
    Books,
    Client,
    describe_accounts,
    environment_of,
    roomy_book,
    vendor_of,
)

WORKERS = 4


class ManyProcesses:
    """A server of several processes, its database and its vendor."""

    def __init__(self, folder, *, book=None, groups=None, simulator=None, command=("run.py",), **more):
        book = book or roomy_book(folder)
        self.simulator = simulator or vendor_of(folder, book)
        url = f"sqlite:///{folder / 'allocator.db'}"
        describe_accounts(url, book)
        more = {"WORKERS": str(WORKERS), "THREADS": "64", "DATABASE_URL": url, **more}
        environment = environment_of(self.simulator, **more)
        if groups:
            environment["ALADDIN_GROUPS"] = ",".join(groups)
        self.environment = environment
        self.server = Server(folder, command=command, **environment).start()
        self.client = Client(self.server.root)
        self.books = Books(self.simulator, url)

    def workers(self):
        """The pids of the serving processes."""
        parent = self.server.pid
        return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]

    def worker_of(self, local_port):
        """The pid of the process that has the other end of a connection from this port."""
        ends = (f":{int(self.server.port):04X}", f":{local_port:04X}")
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        sockets = {f"socket:[{r[9]}]" for r in rows if r[1].endswith(ends[0]) and r[2].endswith(ends[1])}
        for pid in self.workers():
            for descriptor in Path(f"/proc/{pid}/fd").iterdir():
                if os.path.lexists(descriptor) and str(descriptor.readlink()) in sockets:
                    return pid
        return None

    def close(self):
        if self.server.is_running():
            self.server.stop(signal.SIGKILL)
        self.client.close()
        self.books.close()
        self.simulator.kill()


def at_once(*works):
    """Do all of it in threads that begin together."""
    barrier = Barrier(len(works))

    def begin(work):
        barrier.wait(MAX_WAIT_SECONDS)
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(begin, works))
