"""User names: one spelling for each, so that two users never look alike."""

from __future__ import annotations

import unicodedata

MAX_USERNAME_CHARACTERS = 100

PUNCTUATION = frozenset("._-@+'")
"""What a user name may hold besides letters and digits: what e-mail addresses have."""


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
    return tuple(faults)
