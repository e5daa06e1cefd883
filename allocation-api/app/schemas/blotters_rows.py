"""Rows of a blotter's file, whatever its format is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.core.errors import FieldError


class Unreadable(Exception):
    """The file as a whole cannot be read; `error` says why."""

    def __init__(self, error: FieldError) -> None:
        super().__init__(error.message)
        self.error = error


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row that is not empty: its number in the file, from 1, and its cells as text.

    `wrong` says of a cell, by its place, why it has no text. `in_sheet` is whether a spreadsheet names cells,
    as C7.
    """

    number: int
    cells: tuple[str, ...]
    wrong: Mapping[int, str] = field(default_factory=dict)
    in_sheet: bool = False

    def shown(self, place: int) -> str:
        """Return what stands before the words about a cell: its name in a spreadsheet."""
        return f"{cell_name(self.number, place)}: " if self.in_sheet else ""


def cell_name(number: int, place: int) -> str:
    """Return a spreadsheet's name of a cell, such as C7; places count from 0."""
    letters, left = "", place + 1
    while left:
        left, letter = divmod(left - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{number}"
