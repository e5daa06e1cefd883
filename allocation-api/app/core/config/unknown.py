"""Names in the environment that look like settings and are none: misspelt ones, told with the nearest.

A setting that is misspelt counts as not set. That is harmless for a period, and dangerous for a switch that
keeps orders in: the start is refused where a name may stand for one of those.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

SAFETY = frozenset(
    {
        "TRADING_HALTED",
        "APPROVAL_ABOVE_NOTIONAL",
        "APPROVAL_FOR_WARNINGS",
        "ORDER_MAX",
        "FLASK_ENV",
        "MOCK_ALADDIN_DATA",
    }
)
"""Settings that keep orders in or small, ask for a second user, or tell the mock from the real vendor."""

SAFETY_PREFIXES = ("TRADING_", "APPROVAL_", "BROKER_MAX_")
"""Prefixes that nothing but safety settings has."""

SHARED_PREFIXES = frozenset(
    {"FLASK", "OTEL", "SENTRY", "SNOWFLAKE", "REDIS", "PATH", "DATABASE", "LOG", "MAX", "SUPABASE"}
)
"""Prefixes that other programs have, too: of these only what is nearly a setting of ours is told."""

OTHERS = frozenset({"FLASK_APP", "FLASK_DEBUG", "SNOWFLAKE_HOME"})
"""Names of other programs that are nearly settings of ours."""

NEARNESS = 0.8
"""Similarity (difflib) from which a name may be a misspelt one."""


@dataclass(frozen=True, slots=True)
class UnknownSetting:
    """A name that is no setting, and the nearest one that is."""

    name: str
    nearest: str | None

    @property
    def is_unsafe(self) -> bool:
        """Whether it may stand for a safety setting."""
        return self.nearest in SAFETY or self.name.startswith(SAFETY_PREFIXES)

    @property
    def words(self) -> str:
        """What to tell the operator."""
        if self.nearest is None:
            return f"{self.name} is not a setting"
        return f"{self.name} is not a setting: did you mean {self.nearest}?"


def unknown_settings(given: Iterable[str], known: Collection[str]) -> tuple[UnknownSetting, ...]:
    """Return the given names that have one of our prefixes, or are nearly a setting of ours, and are none."""
    prefixes = {name.partition("_")[0] for name in known if "_" in name} - SHARED_PREFIXES
    found = []
    for name in sorted(set(given) - set(known) - OTHERS):
        if not re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
            continue
        nearest = _nearest(name, known)
        if nearest is not None or ("_" in name and name.partition("_")[0] in prefixes):
            found.append(UnknownSetting(name, nearest))
    return tuple(found)


def _nearest(name: str, known: Collection[str]) -> str | None:
    longer = [each for each in known if "_" in each and name.startswith(each)]
    return next(
        iter(get_close_matches(name, known, n=1, cutoff=NEARNESS)), max(longer, key=len, default=None)
    )
