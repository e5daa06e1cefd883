"""Fixtures that all tests share: desks on the default scenario, the golden book, or a book of the test."""

from __future__ import annotations

import gc
import json

import pytest

import app.core.config.server
import tests.support.profiles  # noqa: F401 - loads the profile before any property is read
from app.core.config import environment
from tests.support.desk import GOLDEN_BOOK, Desk

gc.disable()  # until all tests are collected: it finds nothing to free, and takes a third of that time


def pytest_xdist_auto_num_workers(config):
    """One process for each core, but one alone where all tests share the configured database."""
    return 0 if environment().get("DATABASE_URL") else None


def pytest_collection_finish():
    """Keep the garbage collector away from what stays anyway: modules, and the tests themselves.

    One application is so many objects that by default all would be gone through several times in a test.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 5, 5)
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _no_workbench(tmp_path_factory):
    """Applications of tests serve none, built or not, unless a test builds one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app.core.config.server, "WORKBENCH_BUILD", tmp_path_factory.getbasetemp() / "not-built")
        yield


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A desk on the default scenario, shared by the tests of a module."""
    return Desk(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def golden_desk(tmp_path):
    """A desk on the four-account book of the allocation rules, section 7."""
    return Desk(tmp_path, scenario=GOLDEN_BOOK)


@pytest.fixture
def book_desk(tmp_path):
    """Make a desk on a book that the test writes: call it with the book and settings."""

    def make(book, **settings):
        file = tmp_path / "book.json"
        file.write_text(json.dumps(book))
        return Desk(tmp_path, scenario=file, **settings)

    return make
