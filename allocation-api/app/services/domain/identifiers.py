"""The one grammar of ids: of accounts, groups, securities, orders, allocations and audit records.

An id is 1 to 64 printable ASCII characters without a slash, which paths are cut at, and without a comma,
which Aladdin's lists are cut at. It neither begins nor ends with a blank, nor begins with a minus, by which
Aladdin's lists exclude a group, and it is neither of the steps "." and "..". Blanks inside are allowed.
Aladdin itself may name things more freely; only what would change the meaning of a list or a path is
refused of it.
"""

from __future__ import annotations

import re

MAX_ID_LENGTH = 64

PATTERN = r"^(?!\.{1,2}$)[!-+.0-~]([ -+.0-~-]{0,62}[!-+.0-~-])?$"
"""The grammar as a regular expression, as the contract publishes it."""

_IDENTIFIER = re.compile(PATTERN)


def is_identifier(text: str) -> bool:
    """Say whether a text follows the grammar; a newline at its end does not slip through."""
    return _IDENTIFIER.fullmatch(text) is not None


def is_list_item(text: str) -> bool:
    """Say whether a name of Aladdin's can stand in its lists and paths: every id can."""
    return bool(text.strip()) and "," not in text and not text.startswith("-") and text not in {".", ".."}
