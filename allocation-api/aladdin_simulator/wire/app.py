"""The simulator as a WSGI application: base paths, headers and errors as the vendor publishes them."""

from __future__ import annotations

import email.utils
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

import msgspec
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from aladdin_simulator.book import SimulatorBook
from aladdin_simulator.front.access import TOKEN_SECONDS, Access
from aladdin_simulator.front.admin import Admin
from aladdin_simulator.front.door import FrontDoor
from aladdin_simulator.front.exchange import Sleep
from aladdin_simulator.front.fault_kinds import WireFault
from aladdin_simulator.front.faults import Faults
from aladdin_simulator.front.request_log import RequestLog
from aladdin_simulator.wire.answers import JSON, ORIGIN_TIMESTAMP, REQUEST_ID, refusal
from aladdin_simulator.wire.messages import ENCODER, Fault, WireFaultError, bad_request
from aladdin_simulator.wire.operations import ANALYTICS, GROUPS, MASTER, ORDERS, POSITIONS
from aladdin_simulator.wire.order_desk import Clock, OrderDesk
from aladdin_simulator.wire.order_messages import CancelAnswer, CancelRequest, PostAnswer, PostRequest
from aladdin_simulator.wire.order_queries import FilterRequest, OrderQueries
from aladdin_simulator.wire.portfolios import Portfolios
from aladdin_simulator.wire.positions import Positions
from aladdin_simulator.wire.securities import ALADDIN_ID, RISK_HIERARCHY, Securities

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

T = TypeVar("T")

FIRST_ORDER_ID = 90001


def utc_now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


def create_simulator(
    book: SimulatorBook,
    *,
    clock: Clock = utc_now,
    first_order_id: int = FIRST_ORDER_ID,
    clients: Mapping[str, str] | None = None,
    api_key: str | None = None,
    token_seconds: int = TOKEN_SECONDS,
    faults: Iterable[WireFault] = (),
    sleep: Sleep = time.sleep,
    admin: bool = False,
) -> Simulator:
    """Return a simulator that serves `book`.

    Parameters
    ----------
    book : SimulatorBook
        What the vendor knows. It never changes: orders live beside it, in this simulator alone.
    clock : callable
        Gives the current time in UTC, for order times and response headers.
    first_order_id : int
        The id of the first order; later ones count up.
    clients : mapping or None
        OAuth2 secrets by client id; with them every operation needs a bearer token. None needs none.
    api_key : str or None
        What the header `VND.com.blackrock.API-Key` must say; None needs no such header.
    token_seconds : int
        How long a token lives, by `clock`.
    faults : iterable
        Faults in force from the start; `Simulator.faults` changes them.
    sleep : callable
        Waits some seconds, for faults that take time.
    admin : bool
        Whether `/simulator/` is served. It asks for no token, so it is for a process of its own alone.

    Raises
    ------
    ValueError
        If a client, its secret or the API key is empty, a token has no life, or a fault cannot be meant.
    """
    access = Access(clients, api_key, token_seconds=token_seconds, clock=clock)
    return Simulator(
        book,
        clock=clock,
        first_order_id=first_order_id,
        access=access,
        faults=Faults(faults),
        sleep=sleep,
        admin=admin,
    )


class Simulator:
    """A WSGI application that answers the vendor's wire for one book.

    `faults` are the faults in force and `requests` counts what came in.
    """

    def __init__(
        self,
        book: SimulatorBook,
        *,
        clock: Clock,
        first_order_id: int,
        access: Access,
        faults: Faults,
        sleep: Sleep,
        admin: bool,
    ) -> None:
        self.book = book
        self.faults = faults
        self.requests = RequestLog()
        self._portfolios = Portfolios(book)
        self._securities = Securities(book)
        self._desk = OrderDesk(book, self._portfolios, clock=clock, first_order_id=first_order_id)
        self._positions = Positions(book, self._portfolios, self._desk.live_slices)
        self._queries = OrderQueries(self._desk, self._portfolios, clock=clock)
        self._routes = Map(
            [
                _get(f"{GROUPS}/portfolioGroups/<ticker>/node", self._node),
                _get(f"{GROUPS}/portfolioGroups/<ticker>/members", self._members),
                _get(f"{POSITIONS}/position", self._position),
                _get(f"{MASTER}/security-master", self._security_master),
                _get(f"{MASTER}/ratings", self._ratings),
                _get(f"{ANALYTICS}/assets", self._assets),
                _post(f"{ORDERS}/order:post", self._order_post),
                _post(f"{ORDERS}/order:cancel", self._order_cancel),
                _post(f"{ORDERS}/orders:filter", self._orders_filter),
            ],
            merge_slashes=False,
        )
        self._door = FrontDoor(
            self._answer,
            access=access,
            faults=faults,
            requests=self.requests,
            admin=Admin(faults, self.requests, self._desk.orders) if admin else None,
            clock=clock,
            sleep=sleep,
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request as a WSGI application."""
        return self.wsgi_app(environ, start_response)

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; the place to wrap middleware around."""
        return self._door(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            handler, path_values = self._routes.bind_to_environ(request.environ).match()
            _check_headers(request)
            return Response(handler(request, **path_values), mimetype=JSON)
        except WireFaultError as error:
            return refusal(error.status, error.fault)
        except HTTPException as error:
            status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
            return refusal(status, Fault(code=status.name, message=error.description or status.phrase))

    def _node(self, _request: Request, ticker: str) -> bytes:
        return self._portfolios.node(ticker)

    def _members(self, _request: Request, ticker: str) -> bytes:
        return self._portfolios.members(ticker)

    def _position(self, request: Request) -> bytes:
        # The book has one date: the caller's own may be any, but must be a date.
        _date_of(request, "calendarDate")
        return self._positions.answer(_required(request, "portGroup"), _required(request, "posType"))

    def _security_master(self, request: Request) -> bytes:
        id_type = request.args.get("assetIdType", ALADDIN_ID)
        return self._securities.master(_required(request, "assetId"), id_type)

    def _ratings(self, request: Request) -> bytes:
        return self._securities.ratings(_required(request, "assetId"))

    def _assets(self, request: Request) -> bytes:
        tolerance = request.args.get("dateTolerance", "0")
        if not (tolerance.isascii() and tolerance.isdigit()):
            raise bad_request("INVALID_PARAMETER", f"dateTolerance: {tolerance!r} is not a number of days")
        return self._securities.analytics(
            _required(request, "assetId"),
            hierarchy=request.args.get("riskHierarchy", RISK_HIERARCHY),
            risk_date=_date_of(request, "riskDate"),
            tolerance=int(tolerance),
        )

    def _order_post(self, request: Request) -> bytes:
        return ENCODER.encode(PostAnswer(results=[self._desk.post(_body(request, PostRequest))]))

    def _order_cancel(self, request: Request) -> bytes:
        return ENCODER.encode(CancelAnswer(results=[self._desk.cancel(_body(request, CancelRequest))]))

    def _orders_filter(self, request: Request) -> bytes:
        return self._queries.answer(_body(request, FilterRequest))


def _get(path: str, handler: Callable[..., bytes]) -> Rule:
    return Rule(path, endpoint=handler, methods=["GET"])


def _post(path: str, handler: Callable[..., bytes]) -> Rule:
    return Rule(path, endpoint=handler, methods=["POST"])


def _check_headers(request: Request) -> None:
    """Require the two headers that every operation needs, in the form that the vendor documents."""
    request_id = request.headers.get(REQUEST_ID)
    origin = request.headers.get(ORIGIN_TIMESTAMP)
    if not request_id or not origin:
        missing = ORIGIN_TIMESTAMP if request_id else REQUEST_ID
        raise bad_request("MISSING_HEADER", f"header {missing} is required")
    try:
        uuid.UUID(request_id)
    except ValueError:
        raise bad_request("INVALID_HEADER", f"header {REQUEST_ID} is not a UUID") from None
    if not _is_timestamp(origin):
        raise bad_request("INVALID_HEADER", f"header {ORIGIN_TIMESTAMP} is not an HTTP date")


def _is_timestamp(text: str) -> bool:
    """Say whether `text` is an HTTP date, or an RFC 3339 time as the vendor's own SDK sends it."""
    for read in (email.utils.parsedate_to_datetime, datetime.fromisoformat):
        try:
            read(text)
        except ValueError:
            continue
        return True
    return False


def _required(request: Request, name: str) -> str:
    value = request.args.get(name, "")
    if not value:
        raise bad_request("MISSING_PARAMETER", f"{name}: the parameter is required")
    return value


def _date_of(request: Request, name: str) -> date | None:
    text = request.args.get(name)
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise bad_request("INVALID_PARAMETER", f"{name}: {text!r} is not a date YYYY-MM-DD") from None


def _body(request: Request, wanted: type[T]) -> T:
    try:
        return msgspec.json.decode(request.get_data(), type=wanted)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise bad_request("INVALID_ARGUMENT", str(error)) from error
