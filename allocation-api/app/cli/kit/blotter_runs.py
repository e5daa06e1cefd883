"""One file from its bytes to its outcome, for the command `allocate`."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import click

from app.cli.kit.blotter_desk import BlotterDesk, Stopped, Unfinished, Wishes
from app.cli.kit.blotter_progress import JobProgress
from app.cli.kit.blotter_results import LineFault, faults_of, line_faults, result_rows, write_results
from app.core.errors import AllocatorError, NotFound
from app.schemas.blotters_file import read_blotter
from app.services.blotters.types import BlotterRequest
from app.services.jobs.executor import FIRST_OWN_FAULT
from app.utils.words import counted

DONE, REFUSED, SOME_FAILED, UNFINISHED, STOPPED = 0, 1, 3, 4, 130
"""Exit statuses; 2 is wrong usage."""

MAX_SHOWN = 20
"""Errors that are shown on standard error; all are in the file of errors."""


MAX_FILE_BYTES = 20_000_000

INCOMPLETE = ".incomplete"
"""In the name of a file with results of a run that is not finished."""


class TooLarge(Exception):
    """The file is larger than what is read."""


def content_of(file: Path) -> bytes:
    """Return the bytes of a file.

    Raises
    ------
    TooLarge
        When there are more than `MAX_FILE_BYTES`.
    """
    if file.stat().st_size > MAX_FILE_BYTES:
        raise TooLarge(f"The file is larger than {MAX_FILE_BYTES // 1_000_000} MB.")
    return file.read_bytes()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a file ended; `blotter_id` and `request` are None where nothing was stored of it."""

    status: int
    faults: tuple[LineFault, ...] = ()
    blotter_id: str | None = None
    request: BlotterRequest | None = None

    @property
    def is_whole(self) -> bool:
        """Whether all has been done that was asked for, with each line's own success or failure."""
        return self.status in {DONE, SOME_FAILED}

    @property
    def is_unbegun(self) -> bool:
        """Whether nothing was stored, for a reason that passes: Aladdin, or the database, is away."""
        return self.status == UNFINISHED and self.blotter_id is None

    def write(self, desk: BlotterDesk, file: Path) -> None:
        """Write the allocations into a file: what there is of a run that is not finished into one beside it.

        That one says in its name that it is incomplete, so that nobody takes it for the whole. It is left out
        where the user may not see the blotter any more.
        """
        if self.blotter_id is None or self.request is None:
            return
        beside = file.with_name(f"{file.stem}{INCOMPLETE}{file.suffix}")
        rows = result_rows(desk, self.blotter_id, self.request)
        if self.is_whole:
            write_results(file, self.blotter_id, rows)
            beside.unlink(missing_ok=True)
            return
        with suppress(NotFound):
            write_results(beside, self.blotter_id, rows)
            click.echo(f"The results are not complete: {beside} has the lines as they are now.", err=True)


def refused(message: str) -> Outcome:
    """Return the outcome of a file that is not read."""
    return Outcome(REFUSED, (LineFault(None, None, "FILE_REFUSED", message),))


def allocate(
    desk: BlotterDesk, content: bytes, name: str, wishes: Wishes, *, quiet: bool, dry_run: bool = False
) -> Outcome:
    """Preview the lines of a file, and commit them where that is asked for."""
    blotter_id: str | None = None
    request: BlotterRequest | None = None
    try:
        desk.renew(commit=wishes.commit)
        request = read_blotter(content, wishes.policy, wishes.defaults)
        if dry_run:
            desk.check(request)
            _say(quiet, f"{name}: {counted(len(request.lines), 'line')}, nothing is wrong and nothing stored")
            return Outcome(DONE)
        blotter_id, is_known = desk.take(request, content, name, wishes)
        known = "was taken before, as" if is_known else "is"
        _say(quiet, f"{name} {known} blotter {blotter_id}")
        with JobProgress(name, quiet=quiet) as progress:
            desk.finish(blotter_id, wishes, progress.show)
    except Stopped as stopped:
        return Outcome(STOPPED, (LineFault(None, None, "STOPPED", str(stopped)),), blotter_id, request)
    except Unfinished as unfinished:
        fault = LineFault(None, None, "JOB_FAILED", str(unfinished))
        return Outcome(UNFINISHED, (fault,), blotter_id, request)
    except AllocatorError as error:
        status = REFUSED if error.status < FIRST_OWN_FAULT and blotter_id is None else UNFINISHED
        found = faults_of(error.errors, error.code) or [LineFault(None, None, error.code, error.detail)]
        return Outcome(status, tuple(found), blotter_id, request)
    faults = tuple(line_faults(desk.lines(blotter_id), request, commit=wishes.commit))
    return Outcome(SOME_FAILED if faults else DONE, faults, blotter_id, request)


def say_faults(name: str, faults: Iterable[LineFault]) -> None:
    """Say what is wrong on standard error."""
    found = tuple(faults)
    for fault in found[:MAX_SHOWN]:
        click.echo(f"{name}: {fault.text}", err=True)
    if len(found) > MAX_SHOWN:
        click.echo(f"{name}: and {counted(len(found) - MAX_SHOWN, 'more error')}", err=True)


def _say(quiet: bool, words: str) -> None:  # noqa: FBT001 - private
    if not quiet:
        click.echo(words, err=True)
