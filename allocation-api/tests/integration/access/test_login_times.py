"""The time of a refused login does not tell whether there is such a user."""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher

from app.core.security import Passwords
from app.services.access.brake import BrakeLimits
from tests.support.databases import migrated
from tests.support.logins import Logins, StandingClock, add_user

ROUNDS = 15
PRESENT = PasswordHasher(3, 16_384, 1)
"""A tenth of a second or less for each hash, which is most of what a refusal takes."""


@pytest.mark.slow
def test_known_unknown_disabled_and_old_users_are_refused_in_the_same_time(tmp_path):
    clock = StandingClock(datetime(2026, 6, 30, 12, tzinfo=UTC))
    database = migrated(f"sqlite:///{tmp_path / 'a.db'}")
    limits = BrakeLimits(timedelta(minutes=15), pair=10_000, name=10_000, address=10_000)
    logins = Logins(database, clock, limits=limits, passwords=Passwords(PRESENT))
    add_user(database, clock, "known", password_hash=PRESENT.hash("right"))
    add_user(database, clock, "disabled", password_hash=PRESENT.hash("right"), active=False)
    add_user(database, clock, "older", password_hash=PasswordHasher(1, 1_024, 1).hash("right"))
    add_user(database, clock, "unreadable", password_hash="rubbish")
    names = ("known", "disabled", "older", "unreadable", "unknown")
    times = {name: [] for name in names}
    for name in names:  # what is loaded at the first time counts for none
        logins.attempt("wrong", name=name)
    for _ in range(ROUNDS):
        for name in names:  # in turn, so that what else the machine does falls on all
            start = time.perf_counter()
            assert logins.attempt("wrong", name=name) == "out"
            times[name].append(time.perf_counter() - start)
    database.close()
    # The least of many is what a login takes by itself; the rest is the machine's.
    least = {name: statistics.mean(sorted(found)[:3]) for name, found in times.items()}
    assert max(least.values()) < 1.5 * min(least.values()), least
