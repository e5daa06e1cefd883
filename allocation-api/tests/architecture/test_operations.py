"""The page of operations: every command and option exists, and every alert and service is there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
import yaml

from app.__main__ import main
from tests.support.deployment import COMPOSE

ROOT = Path(__file__).resolve().parents[3]
PAGES = ("operations.md", "access.md", "reference-data.md")
PAGE = (ROOT / "docs" / "operations.md").read_text()
SPANS = {span for page in PAGES for span in re.findall(r"`([^`]+)`", (ROOT / "docs" / page).read_text())}
COMMANDS = sorted(
    {found[1] for span in SPANS if (found := re.search(r"python -m app ([a-z][^#|\n]*)", span))}
)


def test_there_are_commands():
    assert len(COMMANDS) > 10


@pytest.mark.parametrize("written", COMMANDS)
def test_every_command_exists_with_its_options(written):
    words = shlex.split(written)
    command, context = main, click.Context(main)
    while isinstance(command, click.Group) and words and not words[0].startswith("--"):
        found = command.get_command(context, words.pop(0))
        assert found is not None, written
        command, context = found, click.Context(found, parent=context)
    known = {"--help"} | {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


def test_every_alert_is_explained():
    groups = yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text())["groups"]
    alerts = {rule["alert"] for group in groups for rule in group["rules"]}
    incidents = PAGE.partition("\n## Incidents\n")[2].partition("\n## ")[0]
    assert {alert for alert in alerts if not re.search(rf"\b{alert}\b", incidents)} == set()


def test_every_service_that_is_named_is_in_the_compose_file():
    services = set(yaml.safe_load(COMPOSE.read_text())["services"])
    named = re.findall(r"docker compose (?:exec|stop|ps|logs|restart) ([a-z]+)", PAGE)
    assert named
    assert set(named) <= services


def test_what_the_compose_file_asks_for_is_on_the_page():
    asked = set(re.findall(r"\$\{([A-Z_]+)", COMPOSE.read_text()))
    example = (ROOT / ".env.example").read_text()
    assert {name for name in asked if f"`{name}`" not in PAGE and f"\n{name}=" not in example} == set()
