"""The environment that `make` sets up: whole, or made anew after an installation that was killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[4]
STAMPS = (".created", ".runtime")


@pytest.fixture
def checkout(tmp_path):
    """A checkout, in a path with a blank, whose environment `make` takes for installed."""
    folder = tmp_path / "a checkout"
    shutil.copytree(REPOSITORY / "scripts", folder / "scripts")
    shutil.copy(REPOSITORY / "Makefile", folder)
    (folder / "allocation-api").mkdir()
    for file in (REPOSITORY / "allocation-api").glob("requirements*.txt"):
        shutil.copy(file, folder / "allocation-api")
    (folder / ".venv/bin").mkdir(parents=True)
    for stamp in STAMPS:
        (folder / ".venv" / stamp).touch()
    return folder


def install(checkout, body):
    """Install with pip where Python is a script; return the exit status."""
    python = checkout / ".venv/bin/python"
    python.write_text(f"#!/bin/sh\n{body}\n")
    python.chmod(0o755)
    command = [checkout / "scripts/install-packages", ".venv", "allocation-api/requirements.txt"]
    environment = {**os.environ, "UV": "0"}
    done = subprocess.run(command, env=environment, capture_output=True, check=False)  # noqa: S603 - our script
    return done.returncode


def is_made_anew(checkout):
    """Whether `make run` would make the virtual environment."""
    command = ["make", "--dry-run", "run"]
    shown = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    assert "run.py" in shown.stdout
    return "make-venv" in shown.stdout


def test_an_environment_is_made_anew_after_an_installation_that_was_killed(checkout):
    assert not is_made_anew(checkout)
    assert install(checkout, "kill -KILL $PPID") == -signal.SIGKILL
    assert is_made_anew(checkout)


@pytest.mark.parametrize("status", [0, 1])
def test_an_environment_stays_after_an_installation_that_ended(checkout, status):
    """Also after one that failed: without a network, what was installed before goes on working."""
    assert install(checkout, f"exit {status}") == status
    assert not is_made_anew(checkout)
