"""Serves the application with the tests' kind of job: `python -m tests.e2e.job_server`.

All else is as in run.py: the same server, with the same workers beside it.
"""

from __future__ import annotations

import sys

import app.wiring
import run
from tests.support.job_lines import HANDLER

build_services = app.wiring.build_services


def with_lines(*given, **more):
    house = build_services(*given, **more)
    house.jobs.handlers.add([HANDLER])
    return house


if __name__ == "__main__":
    app.wiring.build_services = with_lines
    sys.exit(run.main())
