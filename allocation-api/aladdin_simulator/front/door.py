"""The way in: authentication, then faults, then the vendor's operations; every request is counted."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from aladdin_simulator.front.access import Access
from aladdin_simulator.front.admin import Admin
from aladdin_simulator.front.exchange import ORDERS_TAKEN, Exchange, Sleep, WireCutError, abort_connection
from aladdin_simulator.front.faults import Faults
from aladdin_simulator.front.request_log import RequestLog, Visit
from aladdin_simulator.wire.answers import refusal, stamp
from aladdin_simulator.wire.messages import Fault
from aladdin_simulator.wire.operations import TOKEN, operation_of
from aladdin_simulator.wire.order_desk import Clock

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = logging.getLogger(__name__)


class FrontDoor:
    """A WSGI application around the vendor's operations.

    Parameters
    ----------
    answer : callable
        Processes a request that came in.
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
        """Answer one request, or break its connection.

        Raises
        ------
        WireCutError
            If a fault breaks the connection: here, or while the body is read.
        """
        request = Request(environ)
        if self._admin is not None and self._admin.serves(request):
            return self._admin.answer(request)(environ, start_response)
        operation = operation_of(request)
        visit = self._requests.received(operation, request)
        exchange = Exchange(operation, request, self._sleep, self._access.revoke)
        try:
            response = self._let_in(exchange, visit)
        except WireCutError:
            self._requests.done(visit, None)
            abort_connection(environ)
            raise
        self._requests.done(visit, response.status_code)
        return response(environ, start_response)

    def _let_in(self, exchange: Exchange, visit: Visit) -> Response:
        if exchange.operation != TOKEN and (refused := self._access.refusal_of(exchange.request)):
            return stamp(refused, exchange.request, self._clock())
        process = partial(self._process, exchange, visit)
        response = self._faults.run(exchange, process, partial(self._requests.hit, visit))
        # A proxy in between knows nothing of the vendor's headers.
        is_json = response.mimetype == "application/json"
        return stamp(response, exchange.request, self._clock()) if is_json else response

    def _process(self, exchange: Exchange, visit: Visit) -> Response:
        """Have the request processed. A defect becomes the vendor's 500: a client must be able to meet it."""
        try:
            if exchange.operation == TOKEN:
                return self._access.token(exchange.request)
            response = self._answer(exchange.request)
            self._requests.taken(visit, exchange.request.environ.get(ORDERS_TAKEN, 0))
        except Exception:
            log.exception("%s failed", exchange.operation)
            return refusal(
                HTTPStatus.INTERNAL_SERVER_ERROR,
                Fault(code="INTERNAL", message=f"the simulator failed at {exchange.operation}"),
            )
        return response
