"""Celery's workers with the tests' kind of job: `python -m tests.e2e.job_worker`, else as in worker.py."""

from __future__ import annotations

import sys

import worker
from tests.e2e.job_server import with_lines

if __name__ == "__main__":
    worker.build_services = with_lines
    sys.exit(worker.main())
