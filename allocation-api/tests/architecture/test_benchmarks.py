"""Benchmarks run by hand: that they can be imported is held here."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

MODULES = sorted(file.stem for file in (Path(__file__).parents[2] / "benchmarks").glob("[a-z]*.py"))


@pytest.mark.parametrize("module", MODULES)
def test_a_benchmark_can_be_imported(module):
    assert importlib.import_module(f"benchmarks.{module}").__doc__
