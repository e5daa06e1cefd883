"""Password rules, and hashes: a refusal costs the same whatever is stored, and few are computed at once."""

from __future__ import annotations

import time
from threading import Barrier, Thread

import pytest
from argon2 import PasswordHasher, Type, extract_parameters
from argon2.exceptions import VerifyMismatchError

from app.core.security import HashingBusy, Passwords
from app.services.access.passwords import PasswordRules
from tests.support.users import OTHER_PASSWORD, PASSWORD

RULES = PasswordRules(12)


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        OTHER_PASSWORD,
        "kV9#mQ2x!fLp",
        "правильная лошадь батарея скоба",
        "Quorn&vellum-3k" * 12,
    ],
)
def test_what_withstands_guessing_is_accepted(password):
    assert RULES.faults(password, "anna") == ()


@pytest.mark.parametrize(
    ("password", "faults"),
    [
        ("", 1),
        ("kV9#mQ2x!fL", 1),  # short
        ("password", 2),  # short and common
        ("password1234", 1),
        ("qwertyuiop12", 1),
        ("aaaaaaaaaaaaaaaaaaaa", 1),
        ("abcdefghijklmnop", 1),
        ("anna.schmidt.2024", 1),  # the user's own name
        ("demo_password", 1),
        ("a" * 201, 2),
        ("kV9#mQ2x!fLp\ud800", 1),
    ],
)
def test_each_fault_is_named_at_once_and_the_password_never_repeated(password, faults):
    found = RULES.faults(password, "anna.schmidt")
    assert len(found) == faults
    assert len(password) < 10 or not any(password in fault for fault in found)


@pytest.mark.slow
def test_the_longest_password_is_judged_quickly():
    """The estimator's time grows with the square of the length: 200 characters took it seconds."""
    start = time.monotonic()
    RULES.faults("aB1!" * 50, "anna")
    assert time.monotonic() - start < 1


# --- what a refusal costs -----------------------------------------------------------------------------------


class CountingHasher(PasswordHasher):
    """Adds up what its hashes cost: passes times memory."""

    spent = 0

    def hash(self, password, *, salt=None):
        CountingHasher.spent += self.time_cost * self.memory_cost
        return super().hash(password, salt=salt)

    def verify(self, hash, password):  # noqa: A002 - the library's name
        try:
            found = super().verify(hash, password)
        except VerifyMismatchError:
            CountingHasher.spent += cost_of(hash)
            raise
        CountingHasher.spent += cost_of(hash)
        return found


def cost_of(password_hash):
    used = extract_parameters(password_hash)
    return used.time_cost * used.memory_cost


PRESENT = {"time_cost": 3, "memory_cost": 1024, "parallelism": 2}
STORED = {
    "unknown or disabled": None,
    "present": PasswordHasher(**PRESENT).hash("right"),
    "cheaper": PasswordHasher(1, 64, 1).hash("right"),
    "fewer passes": PasswordHasher(2, 1024, 2).hash("right"),
    "another type": PasswordHasher(1, 512, 1, type=Type.I).hash("right"),
    "no password": "",
    "another scheme": "$2b$12$abcdefghijklmnopqrstuv",
    "cut off": PasswordHasher(**PRESENT).hash("right")[:40],
    "rubbish": "$argon2id$v=19$m=x,t=y,p=z$a$b",
    "not ASCII": "é",
}


@pytest.mark.parametrize("stored", STORED)
def test_a_refusal_costs_the_same_whatever_is_stored(stored):
    passwords = Passwords(CountingHasher(**PRESENT))
    CountingHasher.spent = 0
    with passwords.turn() as hashing:
        assert hashing.verify(STORED[stored], "wrong") is False
    assert 3 * 1024 - 3 < CountingHasher.spent <= 3 * 1024  # in whole KiB for each pass


@pytest.mark.parametrize("stored", ["present", "cheaper", "fewer passes", "another type"])
def test_the_right_password_is_known_under_any_parameters_and_old_ones_are_outdated(stored):
    with Passwords(PasswordHasher(**PRESENT)).turn() as hashing:
        assert hashing.verify(STORED[stored], "right")
        assert hashing.is_outdated(STORED[stored]) == (stored != "present")
        assert not hashing.is_outdated(hashing.hash("right"))


# --- turns --------------------------------------------------------------------------------------------------


def test_two_hashes_at_a_time_and_the_third_is_sent_away():
    passwords = Passwords(PasswordHasher(1, 8, 1), max_wait_seconds=0.01)
    with passwords.turn(), passwords.turn():
        with pytest.raises(HashingBusy) as busy:
            passwords.hash("x")
        assert (busy.value.status, busy.value.retry_after) == (503, 2.0)
    assert passwords.hash("x").startswith("$argon2id$")


def test_a_turn_ends_with_an_error():
    passwords = Passwords(PasswordHasher(1, 8, 1), max_wait_seconds=0.01)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), passwords.turn():
            1 / 0  # noqa: B018
    passwords.hash("x")


def test_never_more_than_two_run_at_once():
    running, most = [], []

    class Slow(PasswordHasher):
        def hash(self, password, *, salt=None):
            running.append(1)
            most.append(len(running))
            found = super().hash(password, salt=salt)
            running.pop()
            return found

    passwords = Passwords(Slow(2, 4096, 1), max_wait_seconds=60)
    start = Barrier(8)

    def work():
        start.wait()
        for _ in range(5):
            passwords.hash("x")

    threads = [Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 40
    assert max(most) <= 2
