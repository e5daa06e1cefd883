"""Typed reading of JSON files, with errors that name the file, the line and the path."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from aladdin_simulator.book import BookError
from aladdin_simulator.files.json_places import Step, first_duplicate, format_path, line_of

T = TypeVar("T")

_MISFIT = re.compile(r"(?P<message>.*?)(?: - at `\$(?P<path>.*)`)?", re.DOTALL)
_UNKNOWN_KEY = re.compile(r"unknown field `(.+)`")
_MISSING_KEY = re.compile(r"missing required field `(.+)`")
_WORDS = {
    "Expected": "expected",
    "`float": "`number",
    "`int`": "`integer`",
    "`NotFinite`": "a number that is not finite",
    "Invalid RFC3339 encoded date": "expected a date as YYYY-MM-DD",
}
_PATH_STEP = re.compile(r"\.([A-Za-z_]+)|\[(\d+)\]")


class NotFinite:
    """Placeholder for NaN and the infinities, which Python's JSON parser would accept."""


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
        try:
            return cls(str(path), path.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise BookError(f"{path}: cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise BookError(f"{path}: is not UTF-8: {error.reason} at byte {error.start}") from error

    def parse(self, wanted: type[T]) -> T:
        """Parse the text as a value of a type.

        Raises
        ------
        BookError
            If the text is not JSON, an object has a key twice, or the value does not have the type.
        """
        try:
            raw = json.loads(self.text, parse_constant=lambda _: NotFinite())
            duplicate = first_duplicate(self.text)
        except json.JSONDecodeError as error:
            place = f"line {error.lineno}, column {error.colno}"
            raise BookError(f"{self.name}, {place}: not JSON: {error.msg}") from error
        except (ValueError, RecursionError) as error:
            raise BookError(f"{self.name}: the JSON cannot be read: {error}") from error
        if duplicate:
            raise self.error(duplicate, "the key occurs twice in the same object")
        try:
            return msgspec.convert(raw, wanted)
        except msgspec.ValidationError as error:
            raise self._misfit(str(error)) from error

    def error(self, path: Sequence[Step], message: str) -> BookError:
        """Return the error for the value at `path`, or for a key that is missing there."""
        place = ", ".join(filter(None, (f"line {line_of(self.text, path)}", format_path(path))))
        return BookError(f"{self.name}, {place}: {message}")

    def _misfit(self, text: str) -> BookError:
        """Translate msgspec's message, such as "Expected `float`, got `str` - at `$.accounts[0].nav`"."""
        match = _MISFIT.fullmatch(text)
        message, where = (match["message"], match["path"] or "") if match else (text, "")
        path: list[Step] = [key or int(index) for key, index in _PATH_STEP.findall(where)]
        if key := _UNKNOWN_KEY.search(message):
            return self.error([*path, key[1]], "unknown key")
        if key := _MISSING_KEY.search(message):
            return self.error([*path, key[1]], "the key is missing")
        for word, meaning in _WORDS.items():
            message = message.replace(word, meaning)
        return self.error(path, message)
