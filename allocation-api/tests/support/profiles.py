"""Hypothesis profiles: `ci` tries as many examples as there are, `dev` a few, for an answer in seconds.

The environment's HYPOTHESIS_PROFILE chooses; without it, it is `dev`.
"""

from __future__ import annotations

import os

from hypothesis import settings

MAX_DEV_EXAMPLES = 50
CI_EXAMPLES = 100
"""For a property that asks for no other number."""

# No deadline: how long one example takes on a busy machine says nothing about the code.
settings.register_profile("dev", deadline=None, max_examples=MAX_DEV_EXAMPLES)
settings.register_profile("ci", deadline=None, max_examples=CI_EXAMPLES)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "dev")
settings.load_profile(PROFILE)


def examples(in_ci, **more):
    """Settings of a property that `ci` tries on so many examples; `more` goes to Hypothesis as it is."""
    return settings(max_examples=in_ci if PROFILE == "ci" else min(in_ci, MAX_DEV_EXAMPLES), **more)
