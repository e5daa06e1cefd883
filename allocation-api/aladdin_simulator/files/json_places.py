"""Positions of values in a valid JSON text, for messages that name the line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from json import JSONDecoder

Step = str | int
"""One step of a JSON path: the key of an object or the index of an array."""

_SKIP = re.compile(r"[ \t\r\n,:]*")
_DECODER = JSONDecoder()


def line_of(text: str, path: Sequence[Step]) -> int:
    """Return the line (from 1) of the value at `path`, or of the innermost container that exists."""
    at = _next(text, 0)
    for step in path:
        at = next((value for key, value in _members(text, at) if key == step), at)
    return text.count("\n", 0, at) + 1


def duplicates(text: str) -> Iterator[tuple[Step, ...]]:
    """Yield the path of every key that occurs again in its object."""
    return _duplicates(text, _next(text, 0), ())


def format_path(path: Sequence[Step]) -> str:
    """Return a path as text, such as `accounts[2].positions[0].face`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def _duplicates(text: str, at: int, path: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    seen: set[Step] = set()
    for key, value in _members(text, at):
        here = (*path, key)
        if key in seen:
            yield here
        seen.add(key)
        yield from _duplicates(text, value, here)


def _members(text: str, at: int) -> Iterator[tuple[Step, int]]:
    """Yield key or index, and offset of the value, of each member of the container at offset `at`."""
    if text[at] not in "{[":
        return
    is_object = text[at] == "{"
    end, index = _next(text, at + 1), 0
    while text[end] not in "}]":
        key: Step = index
        if is_object:
            key, end = _DECODER.raw_decode(text, end)
            end = _next(text, end)
        yield key, end
        _, end = _DECODER.raw_decode(text, end)
        end, index = _next(text, end), index + 1


def _next(text: str, at: int) -> int:
    """Return the offset of the next character that is neither space nor separator."""
    match = _SKIP.match(text, at)
    return match.end() if match else at
