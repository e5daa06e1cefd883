"""The server or Celery's worker with small quotas: `python -m tests.e2e.small_quotas run|worker`.

All else is as in run.py and worker.py.
"""

from __future__ import annotations

import importlib
import sys

from app.services.aladdin.operations import OPERATIONS

QUOTA = 60
"""Calls of each operation in a window."""

if __name__ == "__main__":
    for operation in OPERATIONS:
        object.__setattr__(operation, "quota", QUOTA)
    sys.exit(importlib.import_module(sys.argv[1]).main())
