"""Jobs: how far they are, as they go on, and their end."""

from __future__ import annotations

import json

from flask import Response
from flask_restx import Namespace

from app.api.kit.context import services
from app.api.kit.event_stream import EVENT_STREAM, event_stream, last_event
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tokens import Access, caller
from app.core.errors import Forbidden, InvalidRequest, NotFound
from app.core.security import Permission
from app.schemas.jobs import JobPageSchema, JobQuery, JobQuerySchema, JobSchema
from app.schemas.kit.dump import compiled
from app.services.jobs.errors import JobEnded
from app.services.jobs.jobs import JobView
from app.services.visibility.errors import WholeDeskOnly
from app.utils.paging import Page

jobs = Namespace("jobs", "Work that takes longer than a request", path="/jobs")

MANAGE = {Permission.JOBS_MANAGE: "for the jobs of other users"}

_DUMP = compiled(JobSchema())


@jobs.route("")
class JobsEndpoint(Endpoint):
    """Jobs."""

    @operation(
        "listJobs",
        Access.LOGGED_IN,
        query=JobQuerySchema,
        returns=JobPageSchema,
        fails=(Forbidden, WholeDeskOnly),
        addition=True,
        may_need=MANAGE,
    )
    def get(self, query: JobQuery) -> Page[JobView]:
        """List the jobs that the user asked for, or those of all users, newest first."""
        return services().jobs.service.list(query.filters, caller(), cursor=query.cursor, limit=query.limit)


@jobs.route("/<job_id>")
class JobEndpoint(Endpoint):
    """One job."""

    @operation(
        "getJob", Access.LOGGED_IN, returns=JobSchema, fails=(NotFound,), addition=True, may_need=MANAGE
    )
    def get(self, job_id: str) -> JobView:
        """Show how far a job is, or how it ended."""
        return services().jobs.service.get(job_id, caller())

    @operation(
        "cancelJob",
        Access.LOGGED_IN,
        returns=JobSchema,
        fails=(NotFound, JobEnded),
        addition=True,
        cost=0,
        may_need=MANAGE,
    )
    def delete(self, job_id: str) -> JobView:
        """Cancel a job: it is ABORTED at once while it waits, and ABORTING until its worker stops.

        The worker stops after the line that it is doing. What is done by then stays done.
        """
        return services().jobs.service.cancel(job_id, caller())


@jobs.route("/<job_id>/events")
class JobEventsEndpoint(Endpoint):
    """One job as it goes on."""

    @operation(
        "followJob",
        Access.LOGGED_IN,
        fails=(NotFound, InvalidRequest),
        addition=True,
        cost=0,
        media_type=EVENT_STREAM,
        may_need=MANAGE,
    )
    def get(self, job_id: str) -> Response:
        """Follow a job by server-sent events: each has the job as its data and its version as its id.

        An answer ends after a few seconds, or at once while many are followed; the client asks again with the
        header `Last-Event-ID`, as browsers do by themselves, and misses no state. It stops once the state is
        final.
        """
        found = services().jobs.events.follow(job_id, caller(), last_event())
        return event_stream("job", ((job.version, json.dumps(_DUMP(job))) for job in found))
