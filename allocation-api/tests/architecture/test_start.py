"""The start stays quick: what takes long to load and few requests need is imported at its first use."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

API = Path(__file__).parents[2]
PROGRAM = "import json, sys; import run, app.wiring; print(json.dumps(sorted(sys.modules)))"


@pytest.fixture(scope="module")
def loaded():
    """Names of the modules that a process holds when the service is about to be wired."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", PROGRAM], cwd=API, capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout))


@pytest.mark.parametrize(
    "package", ["scipy.optimize", "scipy.stats", "snowflake", "psycopg", "celery", "snaptrade_client", "ccxt"]
)
def test_the_start_does_not_load(loaded, package):
    assert "sqlalchemy" in loaded
    assert package not in loaded
