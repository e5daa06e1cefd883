"""Cells of CSV files that a spreadsheet may open: what it would run as a formula is kept a text."""

from __future__ import annotations

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of a formula, or cuts off to find one (OWASP, CSV injection)."""

GUARD = "'"


def guarded(text: str) -> str:
    """Return a text with an apostrophe before what a spreadsheet would take for a formula.

    A text that has such an apostrophe of its own gets another, so that `unguarded` gives it back.
    """
    return f"{GUARD}{text}" if text.startswith(FORMULA) or _is_guarded(text) else text


def unguarded(cell: str) -> str:
    """Return the text that `guarded` made a cell of; any other cell is its own text."""
    return cell[1:] if _is_guarded(cell) else cell


def _is_guarded(text: str) -> bool:
    return text.startswith(GUARD) and text[1:].startswith((*FORMULA, GUARD))
