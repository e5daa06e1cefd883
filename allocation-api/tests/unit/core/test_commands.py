"""The commands of `python -m app`."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import app.cli
from app.__main__ import COMMANDS, main


def test_every_module_of_commands_is_listed():
    modules = {file.stem for file in Path(app.cli.__file__).parent.glob("*.py") if file.stem != "__init__"}
    assert {name.replace("-", "_") for name in COMMANDS} == modules


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_runs_and_has_the_help_of_the_list(name):
    found = main.get_command(click.Context(main), name)
    assert found.get_short_help_str(200).startswith(COMMANDS[name].rstrip(".")[:30])
    done = CliRunner().invoke(main, [name, "--help"])
    assert done.exit_code == 0
    assert COMMANDS[name][:30] in " ".join(done.output.split())


def test_the_list_names_each_and_an_unknown_one_is_refused():
    listed = CliRunner().invoke(main, ["--help"]).output
    assert all(name in listed for name in COMMANDS)
    wrong = CliRunner().invoke(main, ["migrat"])
    assert wrong.exit_code == 2
    assert "No such command 'migrat'" in wrong.output
