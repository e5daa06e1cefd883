"""Allocates blotters that are files: `python -m app allocate blotter.csv --user anna --out allocations.csv`.

It needs no running server, and works beside one. A file is one blotter: run again, the command goes on with
it, and no line is sent twice. Exit status: 0 if all lines are done, 1 if the file is refused and nothing was
done, 2 for wrong usage, 3 if some lines are not done, 4 if it could not be finished, 130 if it was stopped.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import click
from sqlalchemy.exc import SQLAlchemyError

from app.cli.kit.blotter_desk import BlotterDesk, Wishes, blotter_desk
from app.cli.kit.blotter_results import FORMATS, write_faults
from app.cli.kit.blotter_runs import (
    UNFINISHED,
    Outcome,
    TooLarge,
    allocate,
    content_of,
    refused,
    say_faults,
)
from app.cli.kit.blotter_watch import Watch
from app.cli.kit.refusals import present_database, refusals
from app.core.config import load_settings
from app.core.database import new_id
from app.core.errors import AllocatorError
from app.core.logging import configure_logging
from app.services.blotters.types import Policy
from app.services.kernels.allocation.registry import Method
from app.utils.words import counted


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--watch", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--user", required=True, help="Who acts: an active user with the permissions.")
@click.option("--method", type=click.Choice(list(Method)), help="Method of lines that name none.")
@click.option("--group", "groups", multiple=True, help="Group of lines that name none; may be repeated.")
@click.option("--sales-fund-buys", is_flag=True, help="Proceeds of earlier sales are cash of purchases.")
@click.option("--joint", is_flag=True, help="Split all lines at once, for the least dispersion.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Results: .csv, .xlsx or .json.")
@click.option("--format", "ending", type=click.Choice(FORMATS), default=".csv", help="Of --watch's results.")
@click.option("--dry-run", is_flag=True, help="Say what is wrong, and store nothing.")
@click.option("--commit", is_flag=True, help="Send the orders of all lines to Aladdin.")
@click.option("--comment", default="", help="Why, for the audit trail of commits.")
@click.option("--override-warnings", is_flag=True, help="Accept the warnings of all lines.")
@click.option("--again", is_flag=True, help="Take FILE as a new blotter, although it was taken before.")
@click.option("--every", type=click.FloatRange(0.1, 3600), default=2.0, help="Seconds between two looks.")
@click.option(
    "--dead-after",
    type=click.FloatRange(1, 3600),
    default=60.0,
    help="Seconds until a watcher counts as dead.",
)
@click.option("--quiet", is_flag=True, help="No progress; only errors are said.")
def command(file: Path | None, folder: Path | None, **options: Any) -> None:
    """Preview the orders of FILE, CSV or XLSX, and commit them where that is asked for.

    With --watch a folder instead: each file that comes is moved to done/ or failed/, with results beside it.
    Exit status: 0 if all lines are done, 1 if FILE is refused and nothing was done, 2 for wrong usage, 3 if
    some lines are not done, 4 if it could not be finished, 130 if it was stopped.
    """
    _check_usage(file, folder, options)
    wishes = Wishes(
        _defaults(options["method"], options["groups"]),
        Policy(options["sales_fund_buys"], options["joint"]),
        options["commit"],
        options["comment"],
        options["override_warnings"],
        new_id() if options["again"] else None,
    )
    stopping = Event()
    with refusals("allocate"):
        settings = load_settings()
        configure_logging("ERROR")
        with present_database(settings.database_url):
            pass
        with (
            _signals(stopping, at_once=file is not None) as ending,
            blotter_desk(settings, options["user"], stopping) as desk,
        ):
            desk.renew(commit=wishes.commit)
            if file is not None:
                status = _one(desk, file, wishes, options)
            else:
                status = _watched(desk, folder or Path(), wishes, options, ending)
    sys.exit(status)


def _check_usage(file: Path | None, folder: Path | None, options: dict[str, Any]) -> None:
    if (file is None) == (folder is None):
        raise click.UsageError("Name a FILE, or a folder by --watch.")
    if folder is not None and (options["out"] or options["dry_run"] or options["again"]):
        raise click.UsageError("--out, --dry-run and --again are for a FILE.")
    if options["out"] and options["out"].suffix.lower() not in FORMATS:
        raise click.UsageError(f"--out must end in one of {', '.join(FORMATS)}.")
    if options["out"] and not options["out"].parent.is_dir():
        raise click.UsageError(f"There is no folder {options['out'].parent}.")
    if options["dry_run"] and (options["commit"] or options["out"]):
        raise click.UsageError("--dry-run stores nothing: leave --commit and --out out.")
    if not options["commit"] and (options["comment"] or options["override_warnings"]):
        raise click.UsageError("--comment and --override-warnings are for --commit.")


def _defaults(method: str | None, groups: tuple[str, ...]) -> dict[str, Any]:
    found = {"allocation_method": method, "portfolio_groups": list(groups)}
    return {name: value for name, value in found.items() if value}


def _one(desk: BlotterDesk, file: Path, wishes: Wishes, options: dict[str, Any]) -> int:
    out: Path | None = options["out"]
    quiet, dry_run = options["quiet"], options["dry_run"]
    try:
        outcome = allocate(desk, content_of(file), file.name, wishes, quiet=quiet, dry_run=dry_run)
    except TooLarge as error:
        outcome = refused(str(error))
    say_faults(file.name, outcome.faults)
    write_faults((out or file).with_suffix(".errors.csv"), outcome.faults)
    if out is not None and not _is_written(desk, outcome, out):
        return UNFINISHED if outcome.is_whole else outcome.status
    if outcome.is_whole and outcome.request is not None:
        click.echo(f"{outcome.blotter_id}: {counted(len(outcome.request.lines), 'line')}")
    return outcome.status


def _is_written(desk: BlotterDesk, outcome: Outcome, out: Path) -> bool:
    """Write the results; where that cannot be, say so: the orders may be sent all the same."""
    try:
        outcome.write(desk, out)
    except (AllocatorError, SQLAlchemyError, OSError) as error:
        why = str(error).splitlines()[0]
        click.echo(f"The results were not written: {why}. Run it again to have them.", err=True)
        return False
    return True


def _watched(desk: BlotterDesk, folder: Path, wishes: Wishes, options: dict[str, Any], ending: Event) -> int:
    def done(content: bytes, name: str) -> Outcome:
        return allocate(desk, content, name, wishes, quiet=options["quiet"])

    Watch(
        folder,
        done,
        lambda outcome, file: outcome.write(desk, file),
        ending,
        ending_of_results=options["ending"],
        every=options["every"],
        dead_after=options["dead_after"],
    ).run()
    return 0


@contextmanager
def _signals(stopping: Event, *, at_once: bool) -> Iterator[Event]:
    """Yield an event that the first signal sets. `stopping` ends the work after its line, with the second."""
    ending = Event()

    def handle(_number: int, _frame: object) -> None:
        if ending.is_set() or at_once:
            stopping.set()
        ending.set()

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield ending
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
