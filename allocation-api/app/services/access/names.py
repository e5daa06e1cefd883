"""User names: one spelling for each, so that two users never look alike."""

from __future__ import annotations

import re
import unicodedata

MAX_USERNAME_CHARACTERS = 100

PUNCTUATION = frozenset("._-@+'")
"""What a user name may hold besides letters and digits: what e-mail addresses have."""

INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
"""Letters and marks that do not show (Unicode's Default_Ignorable_Code_Point), which NFKC leaves in place."""

LIKE_LATIN = frozenset({"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC"})
"""Alphabets with letters that look like those of another one, as Unicode names them."""


def folded(username: str) -> str:
    """Return the spelling under which a user name is stored and looked up: NFKC, trimmed, case-folded."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", username).strip().casefold())


def name_faults(username: str) -> tuple[str, ...]:
    """Return what is wrong with a folded user name, in words."""
    faults = []
    if not 1 <= len(username) <= MAX_USERNAME_CHARACTERS:
        faults.append(f"Between 1 and {MAX_USERNAME_CHARACTERS} characters are expected.")
    if not all(unicodedata.category(c)[0] in "LMN" or c in PUNCTUATION for c in username):
        faults.append("Only letters, digits and . _ - @ + ' are allowed.")
    if not any(unicodedata.category(c)[0] in "LN" for c in username):
        faults.append("At least one letter or digit is expected.")
    if INVISIBLE.search(username):
        faults.append("A letter or mark does not show.")
    if len(LIKE_LATIN.intersection(_alphabets(username))) > 1:
        faults.append(
            "Letters of different alphabets look alike, like Latin and Cyrillic a: use one alphabet."
        )
    return tuple(faults)


def _alphabets(username: str) -> set[str]:
    """Return the first words of the letters' names in Unicode, which are those of their alphabets."""
    letters = (c for c in username if unicodedata.category(c)[0] == "L")
    return {unicodedata.name(c, "").partition(" ")[0] for c in letters}
