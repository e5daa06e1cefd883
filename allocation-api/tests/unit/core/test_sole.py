"""The file lock that one process holds, and that ends with it, however it ends."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.core.sole import hold

API_DIR = Path(__file__).resolve().parents[3]
HOLD = (
    "import sys, pathlib; from app.core.sole import hold; "
    "print(hold(pathlib.Path(sys.argv[1])), flush=True); input()"
)


@contextmanager
def holding(file: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock of a file."""
    process = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-c", HOLD, str(file)],
        cwd=API_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "True\n"
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_nobody_gets_what_another_process_holds(tmp_path: Path) -> None:
    file = tmp_path / "new" / "desk.lock"
    with holding(file):
        assert hold(file, wait_seconds=0) is False


def test_the_lock_of_a_process_that_was_killed_is_free_at_once(tmp_path: Path) -> None:
    file = tmp_path / "desk.lock"
    with holding(file) as other:
        other.kill()
        assert hold(file) is True
    with holding(tmp_path / "another.lock"):
        assert hold(file, wait_seconds=0) is False  # held by this process, through another opening
