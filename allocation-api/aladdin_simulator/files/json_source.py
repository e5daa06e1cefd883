"""Reading of JSON files, with places that name the file, the line and the path."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aladdin_simulator.book import BookError
from aladdin_simulator.files.findings import Finding, Place
from aladdin_simulator.files.json_places import Step, duplicates, format_path, line_of
from aladdin_simulator.files.shapes import NotFinite


def text_of(path: Path) -> str:
    """Read a text file.

    Raises
    ------
    BookError
        If it cannot be read or is not UTF-8.
    """
    try:
        written = path.read_bytes()
        return written.decode("utf-8-sig")
    except OSError as error:
        raise BookError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = written.count(b"\n", 0, error.start) + 1
        hint = "save it as UTF-8 (in Excel: CSV UTF-8)"
        raise BookError(f"{path}, line {line}: is not UTF-8: {hint}") from error


@dataclass(frozen=True, slots=True)
class JsonSource:
    """Text of a JSON file, and its name for messages."""

    name: str
    text: str

    @classmethod
    def read(cls, path: Path) -> JsonSource:
        """Read a file.

        Raises
        ------
        BookError
            If it cannot be read or is not UTF-8.
        """
        return cls(str(path), text_of(path))

    def parse(self) -> tuple[object, list[Finding]]:
        """Return the value, and a finding for each key that an object has twice.

        Raises
        ------
        BookError
            If the text is not JSON.
        """
        try:
            raw = json.loads(self.text, parse_constant=lambda _: NotFinite())
            repeated = list(duplicates(self.text))
        except json.JSONDecodeError as error:
            place = f"line {error.lineno}, column {error.colno}"
            raise BookError(f"{self.name}, {place}: not JSON: {error.msg}") from error
        except (ValueError, RecursionError) as error:
            raise BookError(f"{self.name}: the JSON cannot be read: {error}") from error
        message = "the key occurs twice in the same object"
        return raw, [Finding(self.place(path), message) for path in repeated]

    def place(self, path: Sequence[Step]) -> Place:
        """Return the place of the value at `path`, or of the innermost container where it is missing."""
        return Place(self.name, line_of(self.text, path), format_path(path))
