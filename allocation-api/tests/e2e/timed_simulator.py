"""The simulator, which writes down when each request came: `python -m tests.e2e.timed_simulator OPTIONS`."""

from __future__ import annotations

import os
import sys
import time

from aladdin_simulator import __main__ as simulator
from tests.e2e.simulator_process import SimulatorProcess

FILE = "TIMED_REQUESTS"
"""Environment variable with the name of the file."""

serve = simulator.serve


class TimedSimulator(SimulatorProcess):
    """That process, and what it wrote."""

    module = "tests.e2e.timed_simulator"

    def __init__(self, folder, *options):
        self._file = folder / "requests.txt"
        super().__init__(folder, *options, **{FILE: str(self._file)})

    def times(self, ending, since=0.0):
        """When requests came whose path has this ending, on the clock that all processes share."""
        found = (line.split(maxsplit=1) for line in self._file.read_text().splitlines())
        return [float(at) for at, path in found if path.endswith(ending) and float(at) >= since]


def most_within(times, seconds):
    """How many of these came within any such time."""
    return max((sum(start <= at < start + seconds for at in times) for start in times), default=0)


def timed(application, *given):
    requests = os.open(os.environ[FILE], os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def told(environ, start_response):
        os.write(requests, f"{time.monotonic():.6f} {environ['PATH_INFO']}\n".encode())
        return application(environ, start_response)

    return serve(told, *given)


if __name__ == "__main__":
    simulator.serve = timed
    sys.exit(simulator.main())
