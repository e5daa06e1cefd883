"""A desk for the command `allocate` in this process."""

from __future__ import annotations

import pytest

from tests.support.databases import migrated
from tests.support.desk import GOLDEN_BOOK


@pytest.fixture
def url(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    for name, value in {
        "FLASK_ENV": "development",
        "DATABASE_URL": url,
        "MOCK_ALADDIN_DATA": "true",
        "MOCK_DATA_SCENARIO": str(GOLDEN_BOOK),
        "MOCK_JOURNAL": "memory",
    }.items():
        monkeypatch.setenv(name, value)
    # The lock of the mock vendor is held until the process ends, and here one process runs several commands.
    monkeypatch.setattr("app.cli.kit.blotter_desk.hold", lambda *_args, **_more: True)
    migrated(url)
    return url
