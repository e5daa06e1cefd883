"""A clock for tests that moves only when `sleep` is called."""

from __future__ import annotations


class FakeTime:
    """A clock that only sleeping moves; it keeps how long each sleep was."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
