"""The simulator as a WSGI application: base paths, headers and errors as the vendor publishes them."""

from __future__ import annotations

import email.utils
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

import msgspec
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from aladdin_simulator.book import SimulatorBook
from aladdin_simulator.wire import account_infos
from aladdin_simulator.wire.account_infos import AccountInfoRequest
from aladdin_simulator.wire.batches import BatchCancelRequest, Batches, BatchPostRequest
from aladdin_simulator.wire.fills import Fills
from aladdin_simulator.wire.messages import ENCODER, Fault, WireFaultError, bad_request
from aladdin_simulator.wire.order_desk import Clock, OrderDesk
from aladdin_simulator.wire.order_messages import CancelAnswer, CancelRequest, PostAnswer, PostRequest
from aladdin_simulator.wire.order_queries import FilterRequest, IdFilterRequest, OrderQueries
from aladdin_simulator.wire.portfolios import Portfolios
from aladdin_simulator.wire.positions import Positions
from aladdin_simulator.wire.securities import ALADDIN_ID, RISK_HIERARCHY, Securities

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

T = TypeVar("T")

POSITIONS = "/api/portfolio-mgmt/positions/v1"
ORDERS = "/api/trading/order-management/order/v1"
GROUPS = "/api/portfolio/configuration/portfolio-group/v1"
ANALYTICS = "/api/portfolio-mgmt/security-analytics/v2"
MASTER = "/api/reference-data/securities/v1"
ACCOUNT_INFO = "/api/investment-operations/reference-data/account-info/v1"

REQUEST_ID = "VND.com.blackrock.Request-ID"
ORIGIN_TIMESTAMP = "VND.com.blackrock.Origin-Timestamp"
RESPONSE_ID = "VND.com.blackrock.Response-ID"
RESPONSE_TIMESTAMP = "VND.com.blackrock.Response-Timestamp"

COMPLIANCE_PENDING = "aladdin_simulator.compliance_pending"
"""True in the environ of a request whose compliance run is to time out: its orders are `Compl Pending`."""

FIRST_ORDER_ID = 90001
_JSON = "application/json"


def utc_now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


def create_simulator(
    book: SimulatorBook,
    *,
    clock: Clock = utc_now,
    first_order_id: int = FIRST_ORDER_ID,
    fill_seconds: float = 0,
    seed: int = 0,
) -> Simulator:
    """Return a simulator that serves `book`.

    Parameters
    ----------
    book : SimulatorBook
        What the vendor knows. It never changes: orders live beside it, in this simulator alone.
    clock : callable
        Gives the current time in UTC, for order times, fills and response headers.
    first_order_id : int
        The id of the first order; later ones count up.
    fill_seconds : float
        How long an order takes to fill at most, in seconds of the clock; 0 means that none ever fills.
    seed : int
        Of fills: the same seed and order id give the same times and prices.

    Raises
    ------
    ValueError
        If `fill_seconds` is negative or not finite.
    """
    fills = Fills(book.bond_by_cusip, fill_seconds=fill_seconds, seed=seed)
    return Simulator(book, fills, clock=clock, first_order_id=first_order_id)


class Simulator:
    """A WSGI application that answers the vendor's wire for one book."""

    def __init__(self, book: SimulatorBook, fills: Fills, *, clock: Clock, first_order_id: int) -> None:
        self.book = book
        self._clock = clock
        self._portfolios = Portfolios(book)
        self._securities = Securities(book)
        self._desk = OrderDesk(book, self._portfolios, fills, clock=clock, first_order_id=first_order_id)
        self._positions = Positions(book, self._portfolios, self._desk.slices)
        self._batches = Batches(self._desk, clock=clock)
        self._queries = OrderQueries(self._desk, self._portfolios, clock=clock)
        self._routes = Map(self._rules(), merge_slashes=False)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request as a WSGI application."""
        return self.wsgi_app(environ, start_response)

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; the place to wrap middleware around."""
        request = Request(environ)
        response = self._answer(request)
        if REQUEST_ID in request.headers:
            response.headers[REQUEST_ID] = request.headers[REQUEST_ID]
        response.headers[RESPONSE_ID] = str(uuid.uuid4())
        response.headers[RESPONSE_TIMESTAMP] = email.utils.format_datetime(self._clock(), usegmt=True)
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            handler, path_values = self._routes.bind_to_environ(request.environ).match()
            _check_headers(request)
            return Response(handler(request, **path_values), mimetype=_JSON)
        except WireFaultError as error:
            return _refusal(error.status, error.fault)
        except HTTPException as error:
            status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
            return _refusal(status, Fault(code=status.name, message=error.description or status.phrase))

    def _rules(self) -> list[Rule]:
        groups, node = self._portfolios, f"{GROUPS}/portfolioGroups"
        return [
            _get(f"{node}/<ticker>/node", _only(groups.node)),
            _get(f"{node}/<ticker>/members", _only(groups.members)),
            _get(f"{node}/<ticker>/parents", _only(groups.parents)),
            _get(f"{node}/<ticker>/ancestors", _only(groups.ancestors)),
            _get(f"{node}/<child>/isChildOf/<parent>", _only(groups.is_child)),
            _get(f"{node}/<parent>/isParentOf/<child>", _only(groups.is_child)),
            _get(f"{node}/<child>/isDescendantOf/<ancestor>", _only(groups.is_descendant)),
            _get(f"{node}/<ancestor>/isAncestorOf/<child>", _only(groups.is_descendant)),
            _get(f"{POSITIONS}/position", self._position),
            _get(f"{MASTER}/security-master", self._security_master),
            _get(f"{MASTER}/ratings", self._ratings),
            _get(f"{MASTER}/coupons", self._coupons),
            _get(f"{MASTER}/factors", self._factors),
            _get(f"{ANALYTICS}/assets", self._assets),
            _post(f"{ACCOUNT_INFO}/accountInfos:filter", self._account_infos_filter),
            _get(f"{ACCOUNT_INFO}/accountInfos:search", self._account_infos_search),
            _post(f"{ORDERS}/order:post", self._order_post),
            _post(f"{ORDERS}/order:cancel", self._order_cancel),
            _post(f"{ORDERS}/orders:batchPost", self._orders_batch_post),
            _post(f"{ORDERS}/orders:batchCancel", self._orders_batch_cancel),
            _get(f"{ORDERS}/longrunningoperations/<path:operation_id>", self._operation),
            _post(f"{ORDERS}/orders:filter", self._orders_filter),
            _post(f"{ORDERS}/orderIds:filter", self._order_ids_filter),
        ]

    def _position(self, request: Request) -> bytes:
        # The book has one date: the caller's own may be any, but must be a date.
        _date_of(request, "calendarDate")
        return self._positions.answer(_required(request, "portGroup"), _required(request, "posType"))

    def _security_master(self, request: Request) -> bytes:
        id_type = request.args.get("assetIdType", ALADDIN_ID)
        return self._securities.master(_required(request, "assetId"), id_type)

    def _ratings(self, request: Request) -> bytes:
        return self._securities.ratings(_required(request, "assetId"))

    def _coupons(self, request: Request) -> bytes:
        return self._securities.coupons(_required(request, "assetId"))

    def _factors(self, request: Request) -> bytes:
        return self._securities.factors(_required(request, "assetId"))

    def _account_infos_filter(self, request: Request) -> bytes:
        return account_infos.filtered(_body(request, AccountInfoRequest))

    def _account_infos_search(self, request: Request) -> bytes:
        search_type = request.args.get("acctInfoSearchType", account_infos.SearchType.UNSPECIFIED)
        return account_infos.searched(_required(request, "search"), search_type, _number(request, "pageSize"))

    def _assets(self, request: Request) -> bytes:
        return self._securities.analytics(
            _required(request, "assetId"),
            hierarchy=request.args.get("riskHierarchy", RISK_HIERARCHY),
            risk_date=_date_of(request, "riskDate"),
            tolerance=_number(request, "dateTolerance"),
        )

    def _order_post(self, request: Request) -> bytes:
        result = self._desk.post(
            _body(request, PostRequest), compliance_times_out=_compliance_times_out(request)
        )
        return ENCODER.encode(PostAnswer(results=[result]))

    def _order_cancel(self, request: Request) -> bytes:
        return ENCODER.encode(CancelAnswer(results=[self._desk.cancel(_body(request, CancelRequest))]))

    def _orders_batch_post(self, request: Request) -> bytes:
        batch = _body(request, BatchPostRequest)
        times_out = _compliance_times_out(request)
        return ENCODER.encode(self._batches.post(batch, compliance_times_out=times_out))

    def _orders_batch_cancel(self, request: Request) -> bytes:
        return ENCODER.encode(self._batches.cancel(_body(request, BatchCancelRequest)))

    def _operation(self, _request: Request, operation_id: str) -> bytes:
        return ENCODER.encode(self._batches.poll(operation_id))

    def _orders_filter(self, request: Request) -> bytes:
        return self._queries.answer(_body(request, FilterRequest))

    def _order_ids_filter(self, request: Request) -> bytes:
        return self._queries.ids(_body(request, IdFilterRequest))


def _get(path: str, handler: Callable[..., bytes]) -> Rule:
    return Rule(path, endpoint=handler, methods=["GET"])


def _post(path: str, handler: Callable[..., bytes]) -> Rule:
    return Rule(path, endpoint=handler, methods=["POST"])


def _only(answer: Callable[..., bytes]) -> Callable[..., bytes]:
    """Return a handler that needs nothing of a request but what stands in its path."""
    return lambda _request, **path_values: answer(**path_values)


def _compliance_times_out(request: Request) -> bool:
    return request.environ.get(COMPLIANCE_PENDING) is True


def _refusal(status: HTTPStatus, fault: Fault) -> Response:
    return Response(ENCODER.encode(fault), status=status, mimetype=_JSON)


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


def _number(request: Request, name: str) -> int:
    text = request.args.get(name, "0")
    if not (text.isascii() and text.isdigit()):
        raise bad_request("INVALID_PARAMETER", f"{name}: {text!r} is not a whole number, 0 or more")
    return int(text)


def _body(request: Request, wanted: type[T]) -> T:
    try:
        return msgspec.json.decode(request.get_data(), type=wanted)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise bad_request("INVALID_ARGUMENT", str(error)) from error
