from __future__ import annotations

import json

import pytest

from aladdin_simulator import SimulatorBook, load_book
from aladdin_simulator.__main__ import main
from aladdin_simulator.universe.generator import SCENARIOS
from tests.unit.simulator.vendor import CLOSE, Vendor, small_book


@pytest.fixture(scope="session")
def default_book() -> SimulatorBook:
    return load_book("default", as_of=CLOSE)


@pytest.fixture(scope="session", params=SCENARIOS)
def any_book(request) -> SimulatorBook:
    """Every generated scenario in turn."""
    return load_book(request.param, as_of=CLOSE)


@pytest.fixture(autouse=True)
def same_ids(monkeypatch) -> None:
    """Orders have the same ids in every run, since their fill times depend on them."""
    monkeypatch.setattr("aladdin_simulator.opening.any_first_order_id", lambda: 90001)


@pytest.fixture
def vendor(tmp_path) -> Vendor:
    """A simulator of the small book, with a clock that the test may move."""
    return Vendor(small_book(tmp_path))


@pytest.fixture
def check(tmp_path, capsys, monkeypatch):
    """Check files by their contents, and return the exit status and the lines, names without the folder."""
    monkeypatch.chdir(tmp_path)

    def run(book=None, accounts=None, holdings=None):
        options = ["check"]
        for name, content, option in (
            ("book.json", book, ()),
            ("accounts.csv", accounts, ("--accounts",)),
            ("holdings.csv", holdings, ("--holdings",)),
        ):
            if content is not None:
                text = content if isinstance(content, str | bytes) else json.dumps(content, indent=1)
                (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
                options += [*option, name]
        status = main(options, {})
        return status, capsys.readouterr().out.splitlines()

    return run
