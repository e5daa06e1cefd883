"""Request pipeline: authentication, then faults, then the vendor's operation; every request is logged."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from aladdin_simulator.front.access import Access
from aladdin_simulator.front.admin import Admin
from aladdin_simulator.front.fault_context import (
    ORDERS_TAKEN,
    FaultContext,
    Sleep,
    WireCutError,
    abort_connection,
)
from aladdin_simulator.front.faults import Faults
from aladdin_simulator.front.request_log import ActiveRequest, RequestLog
from aladdin_simulator.wire.answers import refusal, stamp
from aladdin_simulator.wire.messages import Fault
from aladdin_simulator.wire.operations import TOKEN, operation_of
from aladdin_simulator.wire.order_store import Clock

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = logging.getLogger(__name__)


class FrontDoor:
    """WSGI application that runs each request through authentication and faults to its operation.

    Parameters
    ----------
    answer : callable
        Carries out the operation of a request.
    admin : Admin or None
        Serves the paths under `/simulator/`; with None they do not exist.
    """

    def __init__(
        self,
        answer: Callable[[Request], Response],
        *,
        access: Access,
        faults: Faults,
        requests: RequestLog,
        admin: Admin | None,
        clock: Clock,
        sleep: Sleep,
    ) -> None:
        self._answer = answer
        self._access = access
        self._faults = faults
        self._requests = requests
        self._admin = admin
        self._clock = clock
        self._sleep = sleep

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request, or reset its connection.

        Raises
        ------
        WireCutError
            If a fault breaks the connection, here or while the body is sent.
        """
        request = Request(environ)
        if self._admin is not None and self._admin.serves(request):
            return self._admin.answer(request)(environ, start_response)
        operation = operation_of(request)
        entry = self._requests.received(operation, request)
        context = FaultContext(operation, request, self._sleep, self._access.revoke)
        try:
            response = self._admit(context, entry)
        except WireCutError:
            self._requests.done(entry, None)
            abort_connection(environ)
            raise
        self._requests.done(entry, response.status_code)
        return response(environ, start_response)

    def _admit(self, context: FaultContext, entry: ActiveRequest) -> Response:
        if context.operation != TOKEN and (refused := self._access.refusal_of(context.request)):
            return stamp(refused, context.request, self._clock())
        process = partial(self._process, context, entry)
        response = self._faults.run(context, process, partial(self._requests.hit, entry))
        # Answers in place of a proxy (HTML) do not have the vendor's headers.
        is_json = response.mimetype == "application/json"
        return stamp(response, context.request, self._clock()) if is_json else response

    def _process(self, context: FaultContext, entry: ActiveRequest) -> Response:
        """Carry out the operation; an error of the simulator becomes the vendor's 500."""
        try:
            if context.operation == TOKEN:
                return self._access.token(context.request)
            response = self._answer(context.request)
            self._requests.taken(entry, context.request.environ.get(ORDERS_TAKEN, 0))
        except Exception:
            log.exception("%s failed", context.operation)
            return refusal(
                HTTPStatus.INTERNAL_SERVER_ERROR,
                Fault(code="INTERNAL", message=f"the simulator failed at {context.operation}"),
            )
        return response
