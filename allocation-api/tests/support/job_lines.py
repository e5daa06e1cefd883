"""A kind of job for tests: it writes one row for each line, so that a line that is done twice shows."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

from sqlalchemy import text

from app.core.errors import DatabaseUnavailable, InvalidRequest
from app.services.domain.caller import Caller
from app.services.jobs.kinds import Handler, JobKind

ANN = Caller("ann", "ann", frozenset(), "r")


@dataclass(frozen=True)
class Lines:
    """So many lines, each of which takes some time; what happens at the line `at` is one of `EVENTS`."""

    count: int
    seconds: float = 0.0
    at: int | None = None
    event: str | None = None


LINES = JobKind("tests.lines", Lines, max_attempts=3, timeout_seconds=600)
URGENT = JobKind("tests.urgent", Lines, urgent=True)


def refuse():
    raise InvalidRequest("The line 3 has no quantity")


def fail():
    raise DatabaseUnavailable("Aladdin is away")


def break_down():
    raise ZeroDivisionError


EVENTS = {"refuse": refuse, "fail": fail, "break": break_down, "die": lambda: os._exit(9)}


def do_lines(progress, lines):
    progress.describe(total=lines.count, phase="writing")
    while progress.done < lines.count:
        line = progress.done
        time.sleep(lines.seconds)
        if line == lines.at:
            EVENTS[lines.event]()
        progress.advance(lambda session, line=line: write(session, progress.job_id, line))
    return f"/v1/tests/{progress.job_id}"


HANDLER = Handler(LINES, do_lines)
URGENT_HANDLER = Handler(URGENT, do_lines)


def write(session, job_id, line):
    row = {"job_id": job_id, "line": line, "pid": os.getpid()}
    session.execute(text("INSERT INTO job_lines (job_id, line, pid) VALUES (:job_id, :line, :pid)"), row)


def make_table(database):
    """Make the table, without a key: a line that is done twice is there twice."""
    with database.write() as session:
        session.execute(text("CREATE TABLE job_lines (job_id VARCHAR(36), line BIGINT, pid BIGINT)"))


def written(database, job_id):
    """The lines of a job as they are in the table, in order, and the processes that wrote them."""
    with database.read() as session:
        rows = session.execute(
            text("SELECT line, pid FROM job_lines WHERE job_id = :id ORDER BY line"), {"id": job_id}
        ).all()
    return [line for line, _ in rows], {pid for _, pid in rows}
