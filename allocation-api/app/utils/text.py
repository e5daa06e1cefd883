"""Characters that free text may not have: controls, line separators, and format characters that do not show.

Bidirectional controls show a comment or a reason in another order than it is stored in, so that the reader of
an audit trail sees another text than was written (Unicode Technical Report 36). The two joiners stay, because
scripts and emoji need them.
"""

from __future__ import annotations

import unicodedata

JOINERS = frozenset("\u200c\u200d")
"""Zero width non-joiner and joiner."""

UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories: control, format, half a surrogate pair, line separator, paragraph separator."""

VISIBLE_PATTERN = (
    r"^[^\x00-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b\u200e\u200f"
    r"\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]*$"
)
"""The same for the contract. It leaves out the characters above U+FFFF, which dialects write differently."""


def unseen_character(text: str) -> str | None:
    """Return the first character that free text may not have, by code point like U+202E; None without any."""
    if text.isascii() and text.isprintable():
        return None
    for character in text:
        if unicodedata.category(character) in UNSEEN and character not in JOINERS:
            return f"U+{ord(character):04X}"
    return None
