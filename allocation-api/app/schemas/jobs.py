"""Jobs: how far they are, and how they ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import fields, post_load

from app.schemas.kit.base import ResponseSchema, added, doc
from app.schemas.kit.fields import Code, QueryFlag, Text, UtcTime
from app.schemas.kit.paging import NextCursorSchema, PagingSchema
from app.services.jobs.jobs import JobFilter
from app.services.jobs.states import JobErrorCode, JobState


class JobErrorSchema(ResponseSchema):
    """Why a job failed, or its last attempt."""

    code = Code(
        JobErrorCode,
        metadata=doc(
            "JOB_CANCELLED by a user, JOB_TIMED_OUT after the time of its kind, JOB_WORKER_LOST where "
            "its workers ended without an answer, JOB_REFUSED where it cannot be done as it was asked for, "
            "JOB_FAILED where something failed on our side or at Aladdin."
        ),
    )
    reason = fields.String(
        metadata=doc("What happened, for people.", example="The worker ended without an answer 3 times.")
    )


class JobSchema(ResponseSchema):
    """A job: work that takes longer than a request."""

    job_id = fields.String(metadata=doc("Its id.", format="job-id"))
    kind = fields.String(metadata=doc("What is done, as room and work.", example="blotters.preview"))
    state = Code(
        JobState,
        metadata=doc(
            "PENDING waits for a worker, RUNNING has one, ABORTING was cancelled and its worker has not yet "
            "stopped; SUCCEEDED, FAILED, ABORTED and TIMED_OUT are final."
        ),
    )
    version = fields.Integer(metadata=doc("Counts the changes of what is shown here.", example=12))
    username = fields.String(metadata=doc("Who asked for it.", example="demo_user"))
    created_at = UtcTime(metadata=doc("When it was asked for, in UTC."))
    due_at = UtcTime(metadata=doc("When a worker may begin with it, or with its next attempt, in UTC."))
    started_at = UtcTime(allow_none=True, metadata=doc("When a worker first began with it, in UTC."))
    ended_at = UtcTime(allow_none=True, metadata=doc("When it was over, in UTC."))
    expected_end_at = UtcTime(
        allow_none=True,
        metadata=doc("When it ends if its other lines take as long as those that are done, in UTC."),
    )
    done = fields.Integer(metadata=doc("Lines that are done; each is done once.", example=120))
    total = fields.Integer(allow_none=True, metadata=doc("Lines in all; null if not known.", example=500))
    phase = fields.String(allow_none=True, metadata=doc("What is being done.", example="previewing"))
    attempts = fields.Integer(
        metadata=doc(
            "Workers that began with it and did not leave it to others in order, from that of its last line.",
            example=1,
        )
    )
    max_attempts = fields.Integer(
        metadata=doc("Attempts without a line in between after which it has FAILED.", example=3)
    )
    result = fields.String(
        allow_none=True, metadata=doc("Path of the result; null if there is none.", example="/v1/blotters/7")
    )
    error = fields.Nested(
        JobErrorSchema,
        allow_none=True,
        metadata=doc("Why it failed or was ended; before its end, why its last attempt failed."),
    )


class JobPageSchema(NextCursorSchema):
    """A page of jobs, newest first."""

    jobs = fields.List(fields.Nested(JobSchema), attribute="items", metadata=doc("The jobs."))


@dataclass(frozen=True, slots=True)
class JobQuery:
    """Filters and page of jobs."""

    filters: JobFilter
    cursor: str | None
    limit: int


class JobQuerySchema(PagingSchema):
    """Which jobs; all filters that are given hold together."""

    makes = JobQuery

    state = Code(JobState, load_default=None, metadata=added("Jobs in this state.", example="RUNNING"))
    kind = Text(
        least=1, most=64, load_default=None, metadata=added("Jobs of this kind.", example="blotters.preview")
    )
    of_all = QueryFlag(
        load_default=False,
        metadata=added("Those of all users instead of the own ones; needs `jobs:manage`.", example=False),
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> JobQuery:
        """Split what was read into filters and page."""
        cursor, limit = data.pop("cursor"), data.pop("limit")
        return JobQuery(JobFilter(**data), cursor, limit)
