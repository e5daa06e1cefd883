"""The reference of settings is what the code reads and `.env.example` says, and both agree."""

from __future__ import annotations

import pytest

from app.cli.settings import EXAMPLE, command, described, reference
from app.core.config import setting_specs
from tests.support.commands import run_command

PAGE = EXAMPLE.parent / "docs" / "configuration.md"
SPECS = {spec.name: spec for spec in setting_specs()}
BLOCKS = list(described(EXAMPLE.read_text()))
VALUES = {name: (value, block.text) for block in BLOCKS for name, value in block.values.items()}


def test_the_page_is_up_to_date():
    """`make configuration` renews it."""
    assert PAGE.read_text() == reference()


def test_a_block_is_the_settings_after_a_comment():
    example = "# --- Server ---\n# Where it\n# listens.\nHOST=\nPORT=5000\n\n# Rest.\nTHREADS=8\n"
    found = [(b.section, b.text, b.values) for b in described(example)]
    assert found == [
        ("Server", "Where it listens.", {"HOST": "", "PORT": "5000"}),
        ("Server", "Rest.", {"THREADS": "8"}),
    ]


@pytest.mark.parametrize("name", sorted(SPECS))
def test_every_setting_is_described_and_its_default_is_that_of_the_code(name):
    value, text = VALUES[name]
    assert text.endswith((".", ";", "`"))
    default = SPECS[name].default or ""
    assert value == default or (not value and any(word in text for word in ("efault", "equired")))


def test_the_command_prints_and_writes(tmp_path):
    status, printed, _ = run_command(command)
    assert status == 0
    page = tmp_path / "page.md"
    assert run_command(command, "--into", str(page))[0] == 0
    assert page.read_text() == printed
