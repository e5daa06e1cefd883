"""Admin API of the simulator under `/simulator/`: faults, request log and orders."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import msgspec
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from aladdin_simulator.front.faults import FaultError, Faults, decode_fault, decode_faults
from aladdin_simulator.front.request_log import RequestLog
from aladdin_simulator.wire.answers import JSON, refusal
from aladdin_simulator.wire.messages import ENCODER, Fault
from aladdin_simulator.wire.operations import NAMES
from aladdin_simulator.wire.order_messages import Order

ROOT = "/simulator"

HELP = f"""Admin API of the Aladdin simulator. All bodies are JSON.

GET    {ROOT}/           this text
GET    {ROOT}/faults     the active faults, and how many requests each has hit
PUT    {ROOT}/faults     replace all faults by a list
POST   {ROOT}/faults     append one fault
DELETE {ROOT}/faults     delete all faults
GET    {ROOT}/requests   counts by operation, and the last requests
DELETE {ROOT}/requests   reset the counts
GET    {ROOT}/orders     id, externalId1, status and face of every order, oldest first

A fault: {{"operation": "getPositions", "kind": "status", "times": 3, "after": 1, ...}}
  operation  a published operationId; or * for all that the kind can hit, except token; or token
  times      how many requests it hits (absent: until it is deleted)
  after      how many requests pass before it hits (default 0)
Faults apply in the order of the list. A fault that answers itself ends the request there.

kind                parameters
latency             seconds
status              status (400 to 599), retry_after (seconds or an HTTP date), processed
reset_before        -                    the connection is reset, the request not processed
reset_after         -                    the request is processed, then the connection is reset
slow_body           seconds, pieces (10)
truncated_json      -                    a complete HTTP message with incomplete JSON
cut_body            -                    fewer bytes than Content-Length announces
not_json            status (200 or 502), processed
item_error          code (google.rpc, 1 to 16), message, processed
empty_results       processed
missing_ids         ids (keys of the answer's maps)
item_faults         ids, code, message
expired_token       -                    a 401, and the token is revoked
compliance_timeout  -                    the order becomes Compl Pending
stale_risk_date     days
`processed`: true if the request is processed although its answer is lost (default false).

Operations: {", ".join(sorted(NAMES))}
"""


class OrderLine(msgspec.Struct, frozen=True, rename="camel"):
    """Summary of an order; `external_id1` is the client's id."""

    id: str | None
    external_id1: str | None
    status: str
    face: float | None


class Admin:
    """Answers the requests under `/simulator/`."""

    def __init__(self, faults: Faults, requests: RequestLog, orders: Callable[[], list[Order]]) -> None:
        self._faults = faults
        self._requests = requests
        self._orders = orders
        self._routes = Map(
            [
                _rule("GET", "/", self._help),
                _rule("GET", "/faults", self._get_faults),
                _rule("PUT", "/faults", self._put_faults),
                _rule("POST", "/faults", self._post_fault),
                _rule("DELETE", "/faults", self._delete_faults),
                _rule("GET", "/requests", self._get_requests),
                _rule("DELETE", "/requests", self._delete_requests),
                _rule("GET", "/orders", self._get_orders),
            ]
        )

    def serves(self, request: Request) -> bool:
        """Return whether a request is for the admin API."""
        return request.path == ROOT or request.path.startswith(f"{ROOT}/")

    def answer(self, request: Request) -> Response:
        """Answer one request; 400 names the field of an invalid body."""
        try:
            handler, _ = self._routes.bind_to_environ(request.environ).match()
            response: Response = handler(request)
        except FaultError as error:
            return refusal(HTTPStatus.BAD_REQUEST, Fault(code="INVALID_FAULT", message=str(error)))
        except HTTPException as error:
            status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
            return refusal(status, Fault(code=status.name, message=f"see GET {ROOT}/"))
        return response

    def _help(self, _request: Request) -> Response:
        return Response(HELP, mimetype="text/plain")

    def _get_faults(self, _request: Request) -> Response:
        return _answer(self._faults.listed())

    def _put_faults(self, request: Request) -> Response:
        self._faults.replace(decode_faults(request.get_data()))
        return _answer(self._faults.listed())

    def _post_fault(self, request: Request) -> Response:
        self._faults.append(decode_fault(request.get_data()))
        return _answer(self._faults.listed())

    def _delete_faults(self, _request: Request) -> Response:
        self._faults.clear()
        return _answer(self._faults.listed())

    def _get_requests(self, _request: Request) -> Response:
        return _answer(self._requests.report())

    def _delete_requests(self, _request: Request) -> Response:
        self._requests.clear()
        return _answer(self._requests.report())

    def _get_orders(self, _request: Request) -> Response:
        return _answer([_line(order) for order in self._orders()])


def _rule(method: str, path: str, handler: Callable[[Request], Response]) -> Rule:
    return Rule(ROOT + path, endpoint=handler, methods=[method])


def _answer(content: object) -> Response:
    return Response(ENCODER.encode(content), mimetype=JSON)


def _line(order: Order) -> OrderLine:
    reference = order.external_order_reference
    return OrderLine(
        id=order.id,
        external_id1=reference.external_id1 if reference else None,
        status=order.order_status,
        face=order.face,
    )
