"""Profiles: `full` tries all cases that there are, `ci` as many as a gate has time for, `dev` a few.

The environment's HYPOTHESIS_PROFILE chooses; without it, it is `dev`, for an answer in seconds. `ci` leaves
out some of the cases that each take a process or a long calculation; a test that does so says which.
"""

from __future__ import annotations

import os

from hypothesis import settings

MAX_DEV_EXAMPLES = 50
MAX_CI_EXAMPLES = 300
CI_EXAMPLES = 100
"""For a property that asks for no other number."""

# No deadline: how long one example takes on a busy machine says nothing about the code.
settings.register_profile("dev", deadline=None, max_examples=MAX_DEV_EXAMPLES)
for profile in ("ci", "full"):
    settings.register_profile(profile, deadline=None, max_examples=CI_EXAMPLES)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "dev")
settings.load_profile(PROFILE)


def some(items, one_in, *, one_in_ci=1):
    """All items in `full`, else one in so many: for cases that each take a process or a long calculation."""
    return list(items)[:: {"full": 1, "ci": one_in_ci}.get(PROFILE, one_in)]


def size(most, in_ci):
    """How large a case is: `most` in `full`, else smaller."""
    return most if PROFILE == "full" else in_ci


def examples(most, **more):
    """Settings of a property that `full` tries on so many examples; `more` goes to Hypothesis as it is."""
    number = min(most, {"full": most, "ci": MAX_CI_EXAMPLES}.get(PROFILE, MAX_DEV_EXAMPLES))
    return settings(max_examples=number, **more)
