"""Many threads read stored documents at once, each kind for the first time."""

from __future__ import annotations

import subprocess
import sys

import pytest

READERS = """
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import make_dataclass
from threading import Barrier

from app.services.allocations import snapshot

sys.setswitchinterval(1e-6)
barrier = Barrier(4)


def read(kind):
    barrier.wait()
    return snapshot.decode('{"parts": [{"number": 1}]}', kind).parts[0].number


with ThreadPoolExecutor(4) as pool:
    for _ in range(300):
        part = make_dataclass("Part", [("number", int)])
        whole = make_dataclass("Whole", [("parts", list[part])])
        assert list(pool.map(read, [whole] * 4)) == [1] * 4
"""


@pytest.mark.slow
def test_threads_that_read_the_same_kind_first_do_not_crash_the_process():
    done = subprocess.run([sys.executable, "-c", READERS], capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
