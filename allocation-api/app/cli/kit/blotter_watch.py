"""A folder that is watched: each blotter that arrives in it is taken once, by one of any number of watchers.

A file is claimed by renaming it into the watcher's own folder below `working`, which the file system lets one
watcher alone do, on network drives too. Each watcher touches its folder as long as it lives; what a dead one
has left there is claimed by another one in the same way.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import file_digest
from pathlib import Path
from threading import Event, Thread

import click
from sqlalchemy.exc import SQLAlchemyError

from app.cli.kit.blotter_results import write_faults
from app.cli.kit.blotter_runs import (
    STOPPED,
    Outcome,
    TooLarge,
    content_of,
    refused,
    say_faults,
)
from app.core.database import new_id

ENDINGS = (".csv", ".xlsx")
AGAIN_SECONDS = 10.0
BEATS = 6
"""Signs of life in the time after which a watcher counts as dead."""


class Watch:
    """Watches a folder until `ending` is set; the file at hand is finished first.

    Parameters
    ----------
    allocate : callable
        Does a file of these bytes and this name.
    write : callable
        Writes the allocations of an outcome into a file.
    every : float
        Seconds between two looks; a file is complete when it is the same at both.
    dead_after : float
        Seconds without a sign of life after which the files of another watcher are taken over. They are
        measured on the own clock, so clocks of several hosts may differ.
    """

    def __init__(
        self,
        folder: Path,
        allocate: Callable[[bytes, str], Outcome],
        write: Callable[[Outcome, Path], None],
        ending: Event,
        *,
        ending_of_results: str,
        every: float,
        dead_after: float,
    ) -> None:
        self._folder = folder
        self._allocate = allocate
        self._write = write
        self._ending = ending
        self._results = ending_of_results
        self._every = every
        self._dead_after = dead_after
        self._mine = folder / "working" / new_id()
        self._over = Event()
        self._seen: dict[str, tuple[int, int]] = {}
        self._told: set[str] = set()
        self._beats: dict[str, tuple[int, float]] = {}

    def run(self) -> None:
        """Take files as they come."""
        for folder in (self._mine, self._folder / "done", self._folder / "failed"):
            folder.mkdir(parents=True, exist_ok=True)
        Thread(target=self._live, name="watcher", daemon=True).start()
        try:
            while not self._ending.is_set():
                try:
                    self._look()
                except (SQLAlchemyError, OSError) as error:  # the database, or the drive; the file stays ours
                    click.echo(f"Cannot go on, trying again: {str(error).splitlines()[0]}", err=True)
                    self._ending.wait(AGAIN_SECONDS)
                self._ending.wait(self._every)
        finally:
            self._over.set()
            with suppress(OSError):  # what is left in it is taken over
                self._mine.rmdir()

    def _look(self) -> None:
        # Another watcher that took this one for dead has removed it.
        self._mine.mkdir(parents=True, exist_ok=True)
        for file in (*self._files(self._mine), *self._left(), *self._arrived()):
            if not self._ending.is_set() and (file.parent == self._mine or self._claim(file)):
                self._try(self._mine / file.name)

    def _try(self, file: Path) -> None:
        """Do a file; one that cannot be read or whose results cannot be written keeps no other waiting."""
        try:
            self._do(file)
        except OSError as error:
            self._stays(file, str(error.strerror))

    def _stays(self, file: Path, why: str) -> None:
        if file.name not in self._told:
            self._told.add(file.name)
            click.echo(f"{file.name} stays in {self._mine}, trying again: {why}", err=True)

    def _live(self) -> None:
        while not self._over.wait(self._dead_after / BEATS):
            with suppress(OSError):  # the drive may be away for a moment
                os.utime(self._mine)

    @staticmethod
    def _files(folder: Path) -> Iterator[Path]:
        with suppress(OSError):
            for file in sorted(folder.iterdir()):
                if file.suffix.lower() in ENDINGS and file.name[0] not in ".~" and file.is_file():
                    yield file

    def _arrived(self) -> list[Path]:
        """Return the files that are the same as at the last look."""
        seen: dict[str, tuple[int, int]] = {}
        for file in self._files(self._folder):
            with suppress(OSError):  # another watcher was first
                found = file.stat()
                seen[file.name] = (found.st_size, found.st_mtime_ns)
        same = [self._folder / name for name, found in seen.items() if self._seen.get(name) == found]
        self._seen = seen
        return same

    def _left(self) -> list[Path]:
        """Return the files of watchers that have given no sign of life for long."""
        left: list[Path] = []
        for folder in (self._folder / "working").iterdir():
            with suppress(OSError):
                beat, now = folder.stat().st_mtime_ns, time.monotonic()
                before, since = self._beats.get(folder.name, (None, now))
                self._beats[folder.name] = (beat, since if before == beat else now)
                if folder != self._mine and before == beat and now - since >= self._dead_after:
                    left += self._files(folder)
                    folder.rmdir()  # once it is empty
        return left

    def _claim(self, file: Path) -> bool:
        try:
            file.rename(self._mine / file.name)
        except OSError:
            return False
        self._seen.pop(file.name, None)
        return True

    def _do(self, file: Path) -> None:
        with file.open("rb") as opened:
            name = f"{file.stem}-{file_digest(opened, 'sha256').hexdigest()[:8]}"
        try:
            outcome = self._allocate(content_of(file), file.name)
        except TooLarge as error:
            outcome = refused(str(error))
        if outcome.status == STOPPED:  # it stays here, and is taken over
            return
        if outcome.is_unbegun:
            self._stays(file, "; ".join(fault.text for fault in outcome.faults))
            return
        say_faults(file.name, outcome.faults)
        folder = self._folder / ("done" if outcome.is_whole else "failed")
        self._write(outcome, folder / f"{name}.allocations{self._results}")
        write_faults(folder / f"{name}.errors.csv", outcome.faults)
        file.replace(folder / f"{name}{file.suffix}")  # last: until then another watcher does it again
        click.echo(f"{file.name}: {folder.name}/{name}{file.suffix}", err=True)
