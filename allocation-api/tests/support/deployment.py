"""What the files of deployment say, as the programs that read them would see it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"
COMPOSE = ROOT / "docker-compose.yml"


class NotSet(Exception):
    """A variable that the file requires has no value."""


def interpolated(text, variables):
    """A text of a compose file with `${NAME:-default}` and `${NAME:?what to do}` replaced."""

    def value(found):
        name, kind, more = found.groups()
        if variables.get(name):
            return variables[name]
        if kind == ":?":
            raise NotSet(f"{name}: {more}")
        return more or ""

    return re.sub(r"\$\{([A-Z_]+)(?:(:-|:\?)([^}]*))?\}", value, text)


def compose(variables):
    """The compose file with these variables, its anchors merged."""
    return yaml.safe_load(interpolated(COMPOSE.read_text(), variables))


def instructions():
    """The Dockerfile's instructions in stages: (instruction, argument), continued lines joined."""
    text = re.sub(r"\\\n\s*", "", (DEPLOY / "Dockerfile").read_text())
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]
    stages = [[]]
    for name, argument in lines:
        if name == "FROM":
            stages.append([])
        stages[-1].append((name, argument))
    return stages


def command_of_the_image():
    """What a container runs unless it is told otherwise."""
    return json.loads(dict(instructions()[-1])["CMD"])


def unit():
    """The sections of the systemd unit: every value of each key, in order."""
    found, section = {}, None
    for line in (DEPLOY / "allocator.service").read_text().splitlines():
        if line.startswith("["):
            section = found.setdefault(line.strip("[]"), {})
        elif "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            section.setdefault(key, []).append(value)
    return found
