"""Rules for new passwords: length, and how many guesses they withstand (zxcvbn), as NIST SP 800-63B advises.

There is no rule on kinds of characters: such rules make passwords alike.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from zxcvbn import zxcvbn

MAX_PASSWORD_CHARACTERS = 200

MAX_ESTIMATED_CHARACTERS = 72
"""Characters that zxcvbn looks at: its time grows with the square of the length."""

MIN_SCORE = 3
"""zxcvbn's score from which a password withstands offline guessing: more than 10^8 guesses."""


@dataclass(frozen=True, slots=True)
class PasswordRules:
    """What a new password must be; the least length is a setting."""

    min_characters: int

    def faults(self, password: str, username: str) -> tuple[str, ...]:
        """Return what is wrong with a new password, in words that never repeat it."""
        faults = []
        if not self.min_characters <= len(password) <= MAX_PASSWORD_CHARACTERS:
            faults.append(
                f"Between {self.min_characters} and {MAX_PASSWORD_CHARACTERS} characters are expected."
            )
        if any(unicodedata.category(c) == "Cs" for c in password):
            faults.append("The text holds something that is not a character.")
        elif password and _score(password, username) < MIN_SCORE:
            faults.append(
                "The password is common or easy to guess. Take several words that have nothing to do with "
                "each other, or one that a password manager makes."
            )
        return tuple(faults)


def _score(password: str, username: str) -> int:
    parts = re.split(r"[._@+'-]", username)
    known = [part for part in (username, *parts, "allocator") if part]
    found: int = zxcvbn(password[:MAX_ESTIMATED_CHARACTERS], user_inputs=known)["score"]
    return found
