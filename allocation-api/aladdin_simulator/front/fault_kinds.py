"""The kinds of faults.

A fault stands between client and vendor: it waits, answers itself, or spoils the vendor's answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Annotated, ClassVar

from msgspec import Meta, Struct
from werkzeug.wrappers import Response

from aladdin_simulator.front import answer_edits as edits
from aladdin_simulator.front.access import no_live_token
from aladdin_simulator.front.exchange import COMPLIANCE_PENDING, Exchange, Proceed, WireCutError
from aladdin_simulator.wire import operations as names
from aladdin_simulator.wire.answers import JSON, refusal
from aladdin_simulator.wire.messages import ENCODER, Fault
from aladdin_simulator.wire.order_messages import RpcStatus

EVERY = "*"
_LOOKUPS = frozenset(
    {names.GET_MASTER, names.GET_RATINGS, names.GET_ANALYTICS, names.GET_COUPONS, names.GET_FACTORS}
)
_HTML = """<!DOCTYPE html>
<html><head><title>Gateway</title></head><body><h1>The request could not be served</h1></body></html>
"""

Seconds = Annotated[float, Meta(ge=0, le=3600)]
Ids = Annotated[tuple[str, ...], Meta(min_length=1)]


class WireFault(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """What all faults have.

    Attributes
    ----------
    operation : str
        A published operationId, `token`, or `*` for every published operation that the kind can hit.
    times : int or None
        How many requests it hits; None hits until it is deleted.
    after : int
        How many requests pass before it hits.
    """

    spoils: ClassVar[bool] = True
    """Whether a request that it hits counts as failed."""
    hits: ClassVar[frozenset[str]] = names.NAMES
    """The operations that the kind makes sense for."""

    operation: str
    times: Annotated[int, Meta(ge=1)] | None = None
    after: Annotated[int, Meta(ge=0)] = 0

    @property
    def kind(self) -> str:
        """The name of the kind."""
        return str(self.__struct_config__.tag)

    def concerns(self, operation: str) -> bool:
        """Say whether requests of an operation are meant; `*` never means the token endpoint."""
        if self.operation == EVERY:
            return operation in self.hits and operation in names.PUBLISHED_NAMES
        return operation == self.operation

    def apply(self, exchange: Exchange, proceed: Proceed) -> Response:
        """Return the answer that the client gets; `proceed` has the vendor process the request."""
        raise NotImplementedError


class Latency(WireFault, frozen=True, kw_only=True, tag="latency"):
    """The request is processed and answered `seconds` late."""

    spoils: ClassVar[bool] = False

    seconds: Seconds

    def apply(self, exchange: Exchange, proceed: Proceed) -> Response:
        """Wait, then let the request through."""
        exchange.sleep(self.seconds)
        return proceed()


class AnswerInstead(WireFault, frozen=True, kw_only=True):
    """An answer in place of the vendor's. Unless `processed`, the vendor never sees the request."""

    processed: bool = False

    def apply(self, exchange: Exchange, proceed: Proceed) -> Response:
        """Answer, after the request was processed or without."""
        if self.processed:
            proceed()
        return self.answer(exchange)

    def answer(self, exchange: Exchange) -> Response:
        """Return the answer."""
        raise NotImplementedError


class Status(AnswerInstead, frozen=True, kw_only=True, tag="status"):
    """An HTTP error; `retry_after` is a number of seconds or an HTTP date."""

    status: Annotated[int, Meta(ge=400, le=599)]
    retry_after: Annotated[int, Meta(ge=0)] | str | None = None

    def __post_init__(self) -> None:
        if self.status not in set(HTTPStatus):
            raise ValueError(f"status: {self.status} is not an HTTP status")
        if isinstance(self.retry_after, str):
            try:
                parsedate_to_datetime(self.retry_after)
            except ValueError:
                raise ValueError(f"retry_after: {self.retry_after!r} is not an HTTP date") from None
            if not self.retry_after.isprintable():
                raise ValueError("retry_after: a header has one line")

    def answer(self, _exchange: Exchange) -> Response:
        """Refuse in the vendor's shape."""
        status = HTTPStatus(self.status)
        response = refusal(status, Fault(code=status.name, message=f"{status.phrase}, on demand"))
        if self.retry_after is not None:
            response.headers["Retry-After"] = str(self.retry_after)
        return response


class NotJson(AnswerInstead, frozen=True, kw_only=True, tag="not_json"):
    """The HTML page of a proxy in between, with status 200 or 502."""

    status: int = 200

    def __post_init__(self) -> None:
        if self.status not in {200, 502}:
            raise ValueError("status: must be 200 or 502")

    def answer(self, _exchange: Exchange) -> Response:
        """Answer with the page."""
        return Response(_HTML, status=self.status, mimetype="text/html")


class ItemError(AnswerInstead, frozen=True, kw_only=True, tag="item_error"):
    """An HTTP 200 that says what failed, with a number of google.rpc; a batch fails as a whole."""

    hits: ClassVar[frozenset[str]] = names.ORDER_WRITES | {names.GET_LONG_RUNNING}

    code: Annotated[int, Meta(ge=1, le=16)]
    message: str = "refused on demand"

    def answer(self, exchange: Exchange) -> Response:
        """Answer with the error alone."""
        error = RpcStatus(code=self.code, message=self.message)
        if exchange.operation in {names.POST_ORDER, names.CANCEL_ORDER}:
            return Response(ENCODER.encode({"results": [{"error": error}]}), mimetype=JSON)
        asked = exchange.request.path.rpartition("/longrunningoperations/")[2]
        operation_id = asked if exchange.operation == names.GET_LONG_RUNNING else "operations/refused"
        return Response(
            ENCODER.encode({"id": operation_id, "done": True, "error": error}),
            mimetype=JSON,
        )


class EmptyResults(AnswerInstead, frozen=True, kw_only=True, tag="empty_results"):
    """An HTTP 200 with nothing in it."""

    hits: ClassVar[frozenset[str]] = frozenset(edits.EMPTY)

    def answer(self, exchange: Exchange) -> Response:
        """Answer with the operation's shape and no content."""
        return Response(edits.EMPTY[exchange.operation], mimetype=JSON)


class ExpiredToken(WireFault, frozen=True, kw_only=True, tag="expired_token"):
    """A 401 although the token was live. It is live no longer."""

    hits: ClassVar[frozenset[str]] = names.PUBLISHED_NAMES

    def apply(self, exchange: Exchange, _proceed: Proceed) -> Response:
        """Revoke the token and refuse."""
        exchange.revoke(exchange.request)
        return no_live_token()


class ResetBefore(WireFault, frozen=True, kw_only=True, tag="reset_before"):
    """The connection is reset before the request is processed."""

    def apply(self, _exchange: Exchange, _proceed: Proceed) -> Response:
        """Break the connection."""
        raise WireCutError("reset before the request was processed")


class ResetAfter(WireFault, frozen=True, kw_only=True, tag="reset_after"):
    """The request is processed, then the connection is reset without an answer."""

    def apply(self, _exchange: Exchange, proceed: Proceed) -> Response:
        """Process, then break the connection."""
        proceed()
        raise WireCutError("reset after the request was processed")


class SlowBody(WireFault, frozen=True, kw_only=True, tag="slow_body"):
    """The body comes in `pieces`, spread over `seconds`."""

    spoils: ClassVar[bool] = False

    seconds: Seconds
    pieces: Annotated[int, Meta(ge=2, le=1000)] = 10

    def apply(self, exchange: Exchange, proceed: Proceed) -> Response:
        """Answer with the headers and the first piece at once, and the others after a pause each."""
        return edits.streamed(proceed(), lambda body: self._trickle(exchange, body))

    def _trickle(self, exchange: Exchange, body: bytes) -> Iterator[bytes]:
        size = max(1, -(-len(body) // self.pieces))
        for start in range(0, len(body), size):
            if start:
                exchange.sleep(self.seconds / (self.pieces - 1))
            yield body[start : start + size]


class CutBody(WireFault, frozen=True, kw_only=True, tag="cut_body"):
    """The connection ends within the body: fewer bytes come than Content-Length says."""

    def apply(self, _exchange: Exchange, proceed: Proceed) -> Response:
        """Send half of the body, then break the connection."""
        return edits.streamed(proceed(), self._half)

    @staticmethod
    def _half(body: bytes) -> Iterator[bytes]:
        yield body[: len(body) // 2]
        raise WireCutError("the body was cut")


class TruncatedJson(WireFault, frozen=True, kw_only=True, tag="truncated_json"):
    """A complete HTTP message whose JSON ends too soon."""

    def apply(self, _exchange: Exchange, proceed: Proceed) -> Response:
        """Answer with the first half of the body."""
        response = proceed()
        body = response.get_data()
        response.set_data(body[: len(body) // 2])
        return response


class MissingIds(WireFault, frozen=True, kw_only=True, tag="missing_ids"):
    """Ids that are in neither map of the answer."""

    spoils: ClassVar[bool] = False
    hits: ClassVar[frozenset[str]] = _LOOKUPS

    ids: Ids

    def apply(self, _exchange: Exchange, proceed: Proceed) -> Response:
        """Drop the ids from the answer."""
        return edits.without_ids(proceed(), frozenset(self.ids))


class ItemFaults(WireFault, frozen=True, kw_only=True, tag="item_faults"):
    """Ids that are found, but answered in the `errors` map."""

    spoils: ClassVar[bool] = False
    hits: ClassVar[frozenset[str]] = _LOOKUPS

    ids: Ids
    code: str = "INTERNAL"
    message: str = "failed on demand"

    def apply(self, _exchange: Exchange, proceed: Proceed) -> Response:
        """Move the ids into the errors."""
        return edits.failed_ids(proceed(), frozenset(self.ids), Fault(code=self.code, message=self.message))


class ComplianceTimeout(WireFault, frozen=True, kw_only=True, tag="compliance_timeout"):
    """The compliance check of an order does not end in time: the order is taken as `Compl Pending`."""

    spoils: ClassVar[bool] = False
    hits: ClassVar[frozenset[str]] = frozenset({names.POST_ORDER, names.BATCH_POST})

    def apply(self, exchange: Exchange, proceed: Proceed) -> Response:
        """Tell the order desk, which looks for the mark."""
        exchange.request.environ[COMPLIANCE_PENDING] = True
        return proceed()


class StaleRiskDate(WireFault, frozen=True, kw_only=True, tag="stale_risk_date"):
    """`referenceDate` of positions and `riskDate` of analytics are some days earlier."""

    spoils: ClassVar[bool] = False
    hits: ClassVar[frozenset[str]] = frozenset({names.GET_POSITIONS, names.GET_ANALYTICS})

    days: Annotated[int, Meta(ge=1, le=36_500)]

    def apply(self, exchange: Exchange, proceed: Proceed) -> Response:
        """Move the dates of the answer."""
        edit = edits.older_positions if exchange.operation == names.GET_POSITIONS else edits.older_risk
        return edit(proceed(), self.days)


AnyFault = (
    Latency
    | Status
    | ResetBefore
    | ResetAfter
    | SlowBody
    | TruncatedJson
    | CutBody
    | NotJson
    | ItemError
    | MissingIds
    | ItemFaults
    | ExpiredToken
    | ComplianceTimeout
    | StaleRiskDate
    | EmptyResults
)
KINDS = tuple(str(each.__struct_config__.tag) for each in AnyFault.__args__)
