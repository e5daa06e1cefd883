"""The requirements files: every package pinned with hashes, one version of each, runtime apart from tests."""

import re
import tomllib
from pathlib import Path

import pytest

API = Path(__file__).parents[2]
PROJECT = tomllib.loads((API / "pyproject.toml").read_text())["project"]
FILES = (
    "requirements.txt",
    "requirements-dev.txt",
    "requirements-uv.txt",
    "requirements-node.txt",
    "requirements-sbom.txt",
)


def pins(name):
    """Each requirement of a file as `name==version ; marker`, with its hashes."""
    lines = (API / name).read_text().replace("\\\n", " ").splitlines()
    entries = (line.partition(" --hash=") for line in lines if line and not line.startswith("#"))
    return {pin.strip(): re.findall(r"sha256:[0-9a-f]{64}", hashes) for pin, _, hashes in entries}


def names(requirements):
    """Names of distributions, as the index normalises them."""
    found = (re.match(r"[A-Za-z0-9._-]+", line)[0] for line in requirements)
    return {re.sub(r"[-_.]+", "-", name).lower() for name in found}


@pytest.mark.parametrize("file", FILES)
def test_every_package_is_pinned_with_hashes_and_nothing_else_is_said(file):
    for pin, hashes in pins(file).items():
        assert re.match(r"[a-z0-9._-]+==[0-9][^ ]*( ; .+)?$", pin)
        assert hashes


def test_tests_run_on_the_versions_that_serve():
    runtime, everything = pins("requirements.txt"), pins("requirements-dev.txt")
    assert runtime
    assert runtime.items() <= everything.items()


def test_the_files_hold_what_the_project_asks_for():
    extras = names(line for group in PROJECT["optional-dependencies"].values() for line in group)
    runtime, everything = names(pins("requirements.txt")), names(pins("requirements-dev.txt"))
    assert names(PROJECT["dependencies"]) <= runtime
    assert extras <= everything
    assert not runtime & {"pytest", "fakesnow", "mypy", "ruff", "osqp"}
