"""Progress of a job on standard error: a bar where that is a terminal, else a line now and then."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from app.services.jobs.jobs import JobView

PLAIN_SECONDS = 5.0
"""Between two lines where there is no terminal."""


class JobProgress:
    """Shows how far the jobs of one file are."""

    def __init__(self, title: str, *, quiet: bool) -> None:
        self._title = title
        self._quiet = quiet
        self._said_at = 0.0
        self._tasks: dict[str, int] = {}
        is_bar = not quiet and sys.stderr.isatty()
        self._bar = (
            Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                console=Console(stderr=True),
            )
            if is_bar
            else None
        )

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def show(self, job: JobView) -> None:
        """Show a job as it is now."""
        title = f"{self._title}: {job.phase or 'waiting'}"
        if self._bar is not None:
            if job.job_id not in self._tasks:
                self._tasks[job.job_id] = self._bar.add_task(title, total=job.total)
            task = self._bar.tasks[self._tasks[job.job_id]].id
            self._bar.update(task, description=title, completed=job.done, total=job.total)
        elif not self._quiet and (job.has_ended or time.monotonic() - self._said_at >= PLAIN_SECONDS):
            self._said_at = time.monotonic()
            click.echo(f"{title}, {job.done} of {job.total} lines", err=True)
