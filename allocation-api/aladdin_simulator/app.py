"""The simulator as a WSGI application: base paths, headers and errors as the vendor publishes them."""

from __future__ import annotations

import email.utils
import secrets
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from aladdin_simulator.book import SimulatorBook
from aladdin_simulator.days.desk_days import DeskDays, StandingDay
from aladdin_simulator.days.walk import PriceWalk
from aladdin_simulator.front.access import TOKEN_SECONDS, Access
from aladdin_simulator.front.admin import Admin
from aladdin_simulator.front.door import FrontDoor
from aladdin_simulator.front.fault_context import COMPLIANCE_PENDING, ORDERS_TAKEN, Sleep
from aladdin_simulator.front.fault_kinds import WireFault
from aladdin_simulator.front.faults import Faults
from aladdin_simulator.front.request_log import RequestLog
from aladdin_simulator.journal import Journal, MemoryJournal
from aladdin_simulator.wire import account_infos
from aladdin_simulator.wire import operations as names
from aladdin_simulator.wire.account_infos import AccountInfoRequest
from aladdin_simulator.wire.answers import JSON, ORIGIN_TIMESTAMP, REQUEST_ID, refusal
from aladdin_simulator.wire.batches import BatchCancelRequest, Batches, BatchPostRequest
from aladdin_simulator.wire.desk_day import Today
from aladdin_simulator.wire.fills import Fills
from aladdin_simulator.wire.messages import ENCODER, Fault, WireFaultError, bad_request
from aladdin_simulator.wire.operations import match
from aladdin_simulator.wire.order_desk import OrderDesk
from aladdin_simulator.wire.order_messages import (
    CancelAnswer,
    CancelRequest,
    PostAnswer,
    PostConfig,
    PostRequest,
)
from aladdin_simulator.wire.order_queries import FilterRequest, IdFilterRequest, OrderQueries
from aladdin_simulator.wire.order_store import Clock, OrderStore
from aladdin_simulator.wire.portfolios import Portfolios
from aladdin_simulator.wire.positions import Positions
from aladdin_simulator.wire.securities import ALADDIN_ID, RISK_HIERARCHY

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

T = TypeVar("T")

FIRST_ORDER_ID = 90001

# Built at import: msgspec crashes the process where two threads are the first to decode one type.
_DECODERS: Mapping[type, msgspec.json.Decoder[Any]] = {
    wanted: msgspec.json.Decoder(wanted)
    for wanted in (
        AccountInfoRequest,
        PostRequest,
        CancelRequest,
        BatchPostRequest,
        BatchCancelRequest,
        FilterRequest,
        IdFilterRequest,
    )
}


def any_first_order_id() -> int:
    """Return a random first order id, so that order ids of different simulators do not collide.

    A simulator without a journal loses its orders when it ends, while its clients keep theirs. The vendor's
    ids fit 32 bits, also after years of a journal, whose ids skip one for each second.
    """
    return 100_000_000 + secrets.randbelow(1_000_000_000)


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
    clients: Mapping[str, str] | None = None,
    api_key: str | None = None,
    token_seconds: int = TOKEN_SECONDS,
    faults: Iterable[WireFault] = (),
    sleep: Sleep = time.sleep,
    admin: bool = False,
    days: DeskDays | None = None,
    journal: Journal | None = None,
) -> Simulator:
    """Return a simulator that serves `book`.

    Parameters
    ----------
    book : SimulatorBook
        The vendor's data at its first close. It is immutable; orders are kept beside it.
    clock : callable
        The current time in UTC, for order times, fills and response headers.
    first_order_id : int
        The id of the first order; later ones count up.
    fill_seconds : float
        Longest time until an order is filled, in seconds of the clock; 0 for never.
    seed : int
        Seed of fills and of prices on later days: the same seed and order id give the same times and prices.
    clients : mapping or None
        OAuth2 secrets by client id; with them every operation needs a bearer token. None needs no token.
    api_key : str or None
        Required value of the header `VND.com.blackrock.API-Key`; None requires no such header.
    token_seconds : int
        Lifetime of a token, by `clock`.
    faults : iterable
        Faults active from the start; `Simulator.faults` changes them.
    sleep : callable
        Waits some seconds, for faults that take time.
    admin : bool
        Whether `/simulator/` is served. It needs no token, so it is only for a separate process.
    days : DeskDays or None
        The days that pass, with which the book moves on; None lets it stand on its own date.
    journal : Journal or None
        Keeps the orders; None keeps them in memory.

    Raises
    ------
    ValueError
        If a client id, its secret or the API key is empty, `token_seconds` is under 1, a fault is invalid, or
        `fill_seconds` is negative or more than a week.
    """
    days = days or StandingDay(book.as_of)
    walk = PriceWalk(book, seed)
    fills = Fills(
        book.bond_by_cusip,
        fill_seconds=fill_seconds,
        seed=seed,
        price_at=lambda cusip, moment: walk.price(cusip, days.close_before(moment)),
    )
    store = OrderStore(fills, days, journal or MemoryJournal(), clock=clock, first_order_id=first_order_id)
    portfolios = Portfolios(book)
    return Simulator(
        book,
        portfolios,
        store,
        Today(book, walk, days, store, portfolios, clock=clock),
        days=days,
        clock=clock,
        access=Access(clients, api_key, token_seconds=token_seconds, clock=clock),
        faults=Faults(faults),
        sleep=sleep,
        admin=admin,
    )


class Simulator:
    """WSGI application that serves the vendor's APIs for one book.

    `book` is the book at its first close, `faults` are the active faults, `requests` the log of requests.
    """

    def __init__(
        self,
        book: SimulatorBook,
        portfolios: Portfolios,
        store: OrderStore,
        today: Today,
        *,
        days: DeskDays,
        clock: Clock,
        access: Access,
        faults: Faults,
        sleep: Sleep,
        admin: bool,
    ) -> None:
        self.book = book
        self.faults = faults
        self.requests = RequestLog()
        self._portfolios = portfolios
        self._today = today
        self._days = days
        self._clock = clock
        self._desk = OrderDesk(store, today, clock=clock)
        self._positions = Positions(today, portfolios, self._desk.slices)
        self._batches = Batches(self._desk, clock=clock)
        self._queries = OrderQueries(self._desk, self._portfolios, clock=clock)
        self._handlers = self._handlers_by_operation()
        self._door = FrontDoor(
            self._answer,
            access=access,
            faults=faults,
            requests=self.requests,
            admin=Admin(faults, self.requests, lambda: self._desk.orders(clock())) if admin else None,
            clock=clock,
            sleep=sleep,
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request as a WSGI application."""
        return self.wsgi_app(environ, start_response)

    def business_date(self) -> date:
        """Return the date that the desk works on now."""
        return self._days.business_date(self._clock())

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; tests may wrap middleware around this method."""
        return self._door(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            operation, path_values = match(request)
            _check_headers(request)
            return Response(self._handlers[operation](request, **path_values), mimetype=JSON)
        except WireFaultError as error:
            return refusal(error.status, error.fault)
        except HTTPException as error:
            status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
            return refusal(status, Fault(code=status.name, message=error.description or status.phrase))

    def _handlers_by_operation(self) -> dict[str, Callable[..., bytes]]:
        groups = self._portfolios
        return {
            names.GET_NODE: _only(groups.node),
            names.GET_MEMBERS: _only(groups.members),
            names.GET_PARENTS: _only(groups.parents),
            names.GET_ANCESTORS: _only(groups.ancestors),
            names.IS_CHILD: _only(groups.is_child),
            names.IS_PARENT: _only(groups.is_child),
            names.IS_DESCENDANT: _only(groups.is_descendant),
            names.IS_ANCESTOR: _only(groups.is_descendant),
            names.GET_POSITIONS: self._position,
            names.GET_MASTER: self._security_master,
            names.GET_RATINGS: self._ratings,
            names.GET_COUPONS: self._coupons,
            names.GET_FACTORS: self._factors,
            names.GET_ANALYTICS: self._assets,
            names.FILTER_ACCOUNT_INFOS: self._account_infos_filter,
            names.SEARCH_ACCOUNT_INFOS: self._account_infos_search,
            names.POST_ORDER: self._order_post,
            names.CANCEL_ORDER: self._order_cancel,
            names.BATCH_POST: self._orders_batch_post,
            names.BATCH_CANCEL: self._orders_batch_cancel,
            names.GET_LONG_RUNNING: self._operation,
            names.FILTER_ORDERS: self._orders_filter,
            names.FILTER_ORDER_IDS: self._order_ids_filter,
        }

    def _position(self, request: Request) -> bytes:
        # The book is as of the last close alone, so calendarDate is validated and otherwise ignored.
        _date_of(request, "calendarDate")
        return self._positions.answer(_required(request, "portGroup"), _required(request, "posType"))

    def _security_master(self, request: Request) -> bytes:
        id_type = request.args.get("assetIdType", ALADDIN_ID)
        return self._today().securities.master(_required(request, "assetId"), id_type)

    def _ratings(self, request: Request) -> bytes:
        return self._today().securities.ratings(_required(request, "assetId"))

    def _coupons(self, request: Request) -> bytes:
        return self._today().securities.coupons(_required(request, "assetId"))

    def _factors(self, request: Request) -> bytes:
        return self._today().securities.factors(_required(request, "assetId"))

    def _account_infos_filter(self, request: Request) -> bytes:
        return account_infos.filtered(_body(request, AccountInfoRequest))

    def _account_infos_search(self, request: Request) -> bytes:
        search_type = request.args.get("acctInfoSearchType", account_infos.SearchType.UNSPECIFIED)
        return account_infos.searched(_required(request, "search"), search_type, _number(request, "pageSize"))

    def _assets(self, request: Request) -> bytes:
        return self._today().securities.analytics(
            _required(request, "assetId"),
            hierarchy=request.args.get("riskHierarchy", RISK_HIERARCHY),
            risk_date=_date_of(request, "riskDate"),
            tolerance=_number(request, "dateTolerance"),
        )

    def _order_post(self, request: Request) -> bytes:
        sent = _body(request, PostRequest)
        result = self._desk.post(sent, compliance_times_out=_compliance_times_out(request))
        _count_taken(request, int(result.output is not None), sent.post_order_config)
        return ENCODER.encode(PostAnswer(results=[result]))

    def _order_cancel(self, request: Request) -> bytes:
        result = self._desk.cancel(_body(request, CancelRequest))
        _count_taken(request, int(result.output is not None))
        return ENCODER.encode(CancelAnswer(results=[result]))

    def _orders_batch_post(self, request: Request) -> bytes:
        batch = _body(request, BatchPostRequest)
        times_out = _compliance_times_out(request)
        operation = self._batches.post(batch, compliance_times_out=times_out)
        _count_taken(request, self._batches.taken(operation.id), batch.post_order_config)
        return ENCODER.encode(operation)

    def _orders_batch_cancel(self, request: Request) -> bytes:
        operation = self._batches.cancel(_body(request, BatchCancelRequest))
        _count_taken(request, self._batches.taken(operation.id))
        return ENCODER.encode(operation)

    def _operation(self, _request: Request, operation_id: str) -> bytes:
        return ENCODER.encode(self._batches.poll(operation_id))

    def _orders_filter(self, request: Request) -> bytes:
        return self._queries.answer(_body(request, FilterRequest))

    def _order_ids_filter(self, request: Request) -> bytes:
        return self._queries.ids(_body(request, IdFilterRequest))


def _only(answer: Callable[..., bytes]) -> Callable[..., bytes]:
    """Return a handler that needs only the values in the path."""
    return lambda _request, **path_values: answer(**path_values)


def _compliance_times_out(request: Request) -> bool:
    return request.environ.get(COMPLIANCE_PENDING) is True


def _count_taken(request: Request, orders: int, config: PostConfig | None = None) -> None:
    """Record for the log how many orders a request placed, changed or canceled; none for a what-if."""
    what_if = config is not None and config.what_if
    request.environ[ORDERS_TAKEN] = 0 if what_if else orders


def _check_headers(request: Request) -> None:
    """Validate the two headers that the vendor requires for every operation."""
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
    """Return whether `text` is an HTTP date, or an RFC 3339 time as the vendor's own SDK sends it."""
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
        body: T = _DECODERS[wanted].decode(request.get_data())
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise bad_request("INVALID_ARGUMENT", str(error)) from error
    return body
