"""Comparison of a JSON value with a type: every misfit in it, where msgspec itself stops at the first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from enum import EnumMeta
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import Struct
from msgspec.structs import fields

from aladdin_simulator.files.findings import Problem
from aladdin_simulator.files.json_places import Step

_MISFIT = re.compile(r"(?P<message>.*?)(?: - at `\$(?P<path>.*)`)?", re.DOTALL)
_PATH_STEP = re.compile(r"\.([A-Za-z_]+)|\[(\d+)\]")
_WORDS = {
    "Expected": "expected",
    "`float": "`number",
    "`int`": "`integer`",
    "`NotFinite`": "a number that is not finite",
}

_UNSEEN, _JOINERS = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"}), frozenset("\u200c\u200d")
"""Unicode categories of what does not show, and the two of it that scripts and emoji need."""

_EXAMPLES = {
    int: "an integer like 1000",
    float: "a number like 1234567.89",
    date: "a date as YYYY-MM-DD",
    bool: "true or false",
}


class NotFinite:
    """Placeholder for NaN and the infinities, which Python's JSON parser would accept."""


def misfits(raw: object, wanted: Any, path: tuple[Step, ...] = ()) -> Iterator[Problem]:
    """Yield every place in `raw` that does not have the type `wanted`."""
    inner = bare(wanted)
    if raw is None and inner is not wanted and NoneType in get_args(wanted):
        return
    if get_origin(inner) is list and isinstance(raw, list):
        (item,) = get_args(inner)
        for number, value in enumerate(raw):
            yield from misfits(value, item, (*path, number))
    elif isinstance(inner, type) and issubclass(inner, Struct) and isinstance(raw, dict):
        yield from _misfits_of_object(raw, inner, path)
    else:
        yield from _misfits_of_value(raw, wanted, path)


def bare(wanted: Any) -> Any:
    """Return a type without its bounds, and without the None of an optional one."""
    origin = get_origin(wanted)
    if origin is Annotated:
        return bare(get_args(wanted)[0])
    if origin in (Union, UnionType):
        (only,) = (each for each in get_args(wanted) if each is not NoneType)
        return bare(only)
    return wanted


def _misfits_of_object(
    raw: dict[str, object], wanted: type[Struct], path: tuple[Step, ...]
) -> Iterator[Problem]:
    known = {field.encode_name: field for field in fields(wanted)}
    for key in [key for key in raw if key not in known]:
        yield Problem((*path, key), f"unknown key: use {', '.join(known)}")
    for key, field in known.items():
        if key in raw:
            yield from misfits(raw[key], field.type, (*path, key))
        elif field.required:
            yield Problem((*path, key), "the value is missing")


def _misfits_of_value(raw: object, wanted: Any, path: tuple[Step, ...]) -> Iterator[Problem]:
    if isinstance(raw, str) and (unseen := _unseen(raw)):
        yield Problem(path, f"the character {unseen} is not allowed: it does not show, or moves others")
        return
    try:
        msgspec.convert(raw, wanted)
    except msgspec.ValidationError as error:
        match = _MISFIT.fullmatch(str(error))
        message, where = (match["message"], match["path"] or "") if match else (str(error), "")
        steps = [key or int(index) for key, index in _PATH_STEP.findall(where)]
        for word, meaning in _WORDS.items():
            message = message.replace(word, meaning)
        yield Problem((*path, *steps), _allowed(raw, wanted) or message)


def _unseen(text: str) -> str | None:
    """Return the first control or format character but a joiner, by code point; None without any."""
    for character in text:
        if unicodedata.category(character) in _UNSEEN and character not in _JOINERS:
            return f"U+{ord(character):04X}"
    return None


def _allowed(raw: object, wanted: Any) -> str | None:
    """Return the words for a text or number where another is expected; None for any other misfit."""
    inner = bare(wanted)
    listed = list(inner) if isinstance(inner, EnumMeta) else get_args(inner)
    if isinstance(raw, str | int) and (isinstance(inner, EnumMeta) or get_origin(inner) is Literal):
        return f"{raw!r} is not one of {', '.join(str(each) for each in listed)}"
    if isinstance(raw, str) and inner in _EXAMPLES:
        return f"expected {_EXAMPLES[inner]}, got the text {raw!r}"
    described = next((m.description for m in _bounds(wanted) if m.description), None)
    return f"{raw!r} is not {described}" if described and isinstance(raw, str) else None


def _bounds(wanted: Any) -> Iterator[msgspec.Meta]:
    if get_origin(wanted) in (Union, UnionType):
        for each in get_args(wanted):
            yield from _bounds(each)
    elif get_origin(wanted) is Annotated:
        yield from (each for each in get_args(wanted)[1:] if isinstance(each, msgspec.Meta))
