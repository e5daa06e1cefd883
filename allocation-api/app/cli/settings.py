"""Prints the reference of all settings: `python -m app settings [--into ../docs/configuration.md]`.

Names, kinds, bounds and defaults are what the code reads; the words are the comments of `.env.example`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from app.core.config import API_DIR, SettingSpec, setting_specs

EXAMPLE = API_DIR.parent / ".env.example"
HEADER = """\
# Configuration

Made by `make configuration` from what the code reads and the comments of [.env.example](../.env.example); a
test fails where they differ. Settings come from environment variables, over `.env` in `allocation-api/`, over
`.env` in the repository; an empty value counts as not set. Defaults are those of a development server.
"""


@dataclass(frozen=True, slots=True)
class Described:
    """Settings that one comment describes, in the section of `.env.example` that they stand in."""

    section: str
    text: str
    values: dict[str, str]


def described(example: str) -> Iterator[Described]:
    """Yield the settings of `.env.example` with their comment, those that share one together."""
    section = ""
    words: list[str] = []
    values: dict[str, str] = {}
    for line in [*example.splitlines(), ""]:
        if values and not re.match(r"[A-Z]", line):
            yield Described(section, " ".join(words), values)
            words, values = [], {}
        if heading := re.fullmatch(r"# --- (.+?) -+", line):
            section, words = heading[1], []
        elif line.startswith("# "):
            words.append(line.removeprefix("# "))
        elif "=" in line:
            name, _, value = line.partition("=")
            values[name] = value
        else:
            words = []


def reference() -> str:
    """Return the page, in Markdown."""
    specs = {spec.name: spec for spec in setting_specs()}
    page, section = HEADER, ""
    for block in described(EXAMPLE.read_text()):
        if block.section != section:
            section = block.section
            page += f"\n## {section}\n\n| setting | value | default | |\n| --- | --- | --- | --- |\n"
        found = [specs[name] for name in block.values]
        cells = (
            [f"`{spec.name}`" for spec in found],
            [_value(spec) for spec in found],
            [f"`{block.values[spec.name]}`" if block.values[spec.name] else "" for spec in found],
            [block.text.replace("|", "\\|")],
        )
        page += f"| {' | '.join(_lines(cell) for cell in cells)} |\n"
    return page


def _value(spec: SettingSpec) -> str:
    return f"{spec.kind}: {spec.bounds}" if spec.bounds else spec.kind


def _lines(cell: Sequence[str]) -> str:
    return "<br>".join(cell)


@click.command()
@click.option("--into", type=click.Path(path_type=Path, dir_okay=False), help="The page to write.")
def command(into: Path | None) -> None:
    """Print every setting with its kind, bounds, default and meaning."""
    if into is None:
        click.echo(reference(), nl=False)
    else:
        into.write_text(reference())
