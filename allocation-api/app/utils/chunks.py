"""Chunks of long lists, since databases and Aladdin limit the ids of one query."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")

MAX_IDS_PER_QUERY = 500
"""Ids in one IN list: below every database's limit on parameters."""


def chunks(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """Yield the items in chunks of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
