"""Changes of the engine by version, so that a replay with other numbers says which change moved them.

The last entry is the version that computes. A change that moves any number or warning for the same inputs is
a new entry; entries are never edited, because stored previews name their versions.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.services.kernels.allocation.registry import Method


@dataclass(frozen=True, slots=True)
class EngineChange:
    """One version of the engine: what it changed for the same inputs, and the rules that this touches.

    `methods` are those whose previews it can change.
    """

    version: str
    change: str
    rules: tuple[str, ...]
    methods: frozenset[Method]


ALL_METHODS = frozenset(Method)

ENGINE_CHANGES = (
    EngineChange("1", "The first engine.", (), frozenset()),
    EngineChange(
        "2",
        "Minimum dispersion over few accounts is solved in other floating-point steps: figures of dispersion "
        "may differ in their last digits, and among equally good splits another one may be chosen.",
        ("R8.1", "R8.2", "R8.4"),
        frozenset({Method.MIN_DISPERSION}),
    ),
    EngineChange(
        "3",
        "Warnings of Aladdin's compliance are part of a preview, and the age of data is judged in one way.",
        ("R5.8", "R9.5"),
        ALL_METHODS,
    ),
    EngineChange(
        "4",
        "A sale of odd positions reaches the largest total and keeps the proportion within an increment of "
        "it; warnings name totals that can be reached.",
        ("R3.5", "R8.2", "R9.4"),
        ALL_METHODS,
    ),
    EngineChange(
        "5",
        "A sale leaves nothing of a position or a tradable rest, unless the request says otherwise; previews "
        "of earlier versions are computed without that rule, and warned of rests that are too small.",
        ("R4.10",),
        ALL_METHODS,
    ),
    EngineChange(
        "6",
        "A restriction on sectors says that a sector is unknown; it said that the policy excludes it.",
        ("R5.3",),
        ALL_METHODS,
    ),
)
"""All versions, oldest first."""

ENGINE_VERSION = ENGINE_CHANGES[-1].version
"""Version of the engine that computes."""


def changes_since(version: str, method: Method) -> tuple[EngineChange, ...]:
    """Return the changes after a version that can move a preview of this method, oldest first.

    A version that is not listed has none: nothing is known of what came after it.
    """
    known = [change.version for change in ENGINE_CHANGES]
    later = ENGINE_CHANGES[known.index(version) + 1 :] if version in known else ()
    return tuple(change for change in later if method in change.methods)
