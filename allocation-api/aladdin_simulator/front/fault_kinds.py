"""Kinds of injected faults: delays, answers in place of the vendor's, and edits of its answers."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Annotated, ClassVar

from msgspec import Meta, Struct
from werkzeug.wrappers import Response

from aladdin_simulator.front import answer_edits as edits
from aladdin_simulator.front.access import no_live_token
from aladdin_simulator.front.fault_context import COMPLIANCE_PENDING, FaultContext, Proceed, WireCutError
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
    """Base of all faults.

    Attributes
    ----------
    operation : str
        A published operationId, `token`, or `*` for every published operation that the kind can hit.
    times : int or None
        Number of requests that it hits; None for all until it is deleted.
    after : int
        Number of requests that pass before it hits.
    """

    spoils: ClassVar[bool] = True
    """Whether a request that it hits counts as failed."""
    hits: ClassVar[frozenset[str]] = names.NAMES
    """Operations that the kind can hit."""

    operation: str
    times: Annotated[int, Meta(ge=1)] | None = None
    after: Annotated[int, Meta(ge=0)] = 0

    @property
    def kind(self) -> str:
        """The name of the kind."""
        return str(self.__struct_config__.tag)

    def concerns(self, operation: str) -> bool:
        """Return whether the fault is for an operation; `*` does not include the token endpoint."""
        if self.operation == EVERY:
            return operation in self.hits and operation in names.PUBLISHED_NAMES
        return operation == self.operation

    def apply(self, context: FaultContext, proceed: Proceed) -> Response:
        """Return the answer for the client; `proceed` carries the request out and returns the vendor's."""
        raise NotImplementedError


class Latency(WireFault, frozen=True, kw_only=True, tag="latency"):
    """The request is processed after a delay of `seconds`."""

    spoils: ClassVar[bool] = False

    seconds: Seconds

    def apply(self, context: FaultContext, proceed: Proceed) -> Response:
        """Wait, then proceed."""
        context.sleep(self.seconds)
        return proceed()


class AnswerInstead(WireFault, frozen=True, kw_only=True):
    """An answer in place of the vendor's; unless `processed`, the request is not carried out."""

    processed: bool = False

    def apply(self, context: FaultContext, proceed: Proceed) -> Response:
        """Answer, after processing the request if `processed`."""
        if self.processed:
            proceed()
        return self.answer(context)

    def answer(self, context: FaultContext) -> Response:
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
                raise ValueError("retry_after: must be one line of printable characters")

    def answer(self, _context: FaultContext) -> Response:
        """Answer with the vendor's error body."""
        status = HTTPStatus(self.status)
        response = refusal(status, Fault(code=status.name, message=f"{status.phrase}, on demand"))
        if self.retry_after is not None:
            response.headers["Retry-After"] = str(self.retry_after)
        return response


class NotJson(AnswerInstead, frozen=True, kw_only=True, tag="not_json"):
    """The HTML page of a proxy, with status 200 or 502."""

    status: int = 200

    def __post_init__(self) -> None:
        if self.status not in {200, 502}:
            raise ValueError("status: must be 200 or 502")

    def answer(self, _context: FaultContext) -> Response:
        """Answer with the page."""
        return Response(_HTML, status=self.status, mimetype="text/html")


class ItemError(AnswerInstead, frozen=True, kw_only=True, tag="item_error"):
    """An HTTP 200 whose item has failed with a google.rpc code; a batch fails as a whole."""

    hits: ClassVar[frozenset[str]] = names.ORDER_WRITES | {names.GET_LONG_RUNNING}

    code: Annotated[int, Meta(ge=1, le=16)]
    message: str = "refused on demand"

    def answer(self, context: FaultContext) -> Response:
        """Answer with the error."""
        error = RpcStatus(code=self.code, message=self.message)
        if context.operation in {names.POST_ORDER, names.CANCEL_ORDER}:
            return Response(ENCODER.encode({"results": [{"error": error}]}), mimetype=JSON)
        asked = context.request.path.rpartition("/longrunningoperations/")[2]
        operation_id = asked if context.operation == names.GET_LONG_RUNNING else "operations/refused"
        return Response(
            ENCODER.encode({"id": operation_id, "done": True, "error": error}),
            mimetype=JSON,
        )


class EmptyResults(AnswerInstead, frozen=True, kw_only=True, tag="empty_results"):
    """An HTTP 200 with an empty list or map."""

    hits: ClassVar[frozenset[str]] = frozenset(edits.EMPTY)

    def answer(self, context: FaultContext) -> Response:
        """Answer with the operation's empty answer."""
        return Response(edits.EMPTY[context.operation], mimetype=JSON)


class ExpiredToken(WireFault, frozen=True, kw_only=True, tag="expired_token"):
    """A 401 although the token was valid; it is revoked."""

    hits: ClassVar[frozenset[str]] = names.PUBLISHED_NAMES

    def apply(self, context: FaultContext, _proceed: Proceed) -> Response:
        """Revoke the token, and answer 401."""
        context.revoke(context.request)
        return no_live_token()


class ResetBefore(WireFault, frozen=True, kw_only=True, tag="reset_before"):
    """The connection is reset before the request is processed."""

    def apply(self, _context: FaultContext, _proceed: Proceed) -> Response:
        """Break the connection."""
        raise WireCutError("reset before the request was processed")


class ResetAfter(WireFault, frozen=True, kw_only=True, tag="reset_after"):
    """The request is processed, then the connection is reset without an answer."""

    def apply(self, _context: FaultContext, proceed: Proceed) -> Response:
        """Process, then break the connection."""
        proceed()
        raise WireCutError("reset after the request was processed")


class SlowBody(WireFault, frozen=True, kw_only=True, tag="slow_body"):
    """The body comes in `pieces`, spread over `seconds`."""

    spoils: ClassVar[bool] = False

    seconds: Seconds
    pieces: Annotated[int, Meta(ge=2, le=1000)] = 10

    def apply(self, context: FaultContext, proceed: Proceed) -> Response:
        """Answer with headers and first piece at once, and pause before each further piece."""
        return edits.streamed(proceed(), lambda body: self._trickle(context, body))

    def _trickle(self, context: FaultContext, body: bytes) -> Iterator[bytes]:
        size = max(1, -(-len(body) // self.pieces))
        for start in range(0, len(body), size):
            if start:
                context.sleep(self.seconds / (self.pieces - 1))
            yield body[start : start + size]


class CutBody(WireFault, frozen=True, kw_only=True, tag="cut_body"):
    """The connection ends within the body, after fewer bytes than Content-Length announces."""

    def apply(self, _context: FaultContext, proceed: Proceed) -> Response:
        """Send half of the body, then break the connection."""
        return edits.streamed(proceed(), self._half)

    @staticmethod
    def _half(body: bytes) -> Iterator[bytes]:
        yield body[: len(body) // 2]
        raise WireCutError("the body was cut")


class TruncatedJson(WireFault, frozen=True, kw_only=True, tag="truncated_json"):
    """A complete HTTP message whose JSON is truncated."""

    def apply(self, _context: FaultContext, proceed: Proceed) -> Response:
        """Answer with the first half of the body."""
        response = proceed()
        body = response.get_data()
        response.set_data(body[: len(body) // 2])
        return response


class MissingIds(WireFault, frozen=True, kw_only=True, tag="missing_ids"):
    """Ids are missing from both maps of the answer."""

    spoils: ClassVar[bool] = False
    hits: ClassVar[frozenset[str]] = _LOOKUPS

    ids: Ids

    def apply(self, _context: FaultContext, proceed: Proceed) -> Response:
        """Remove the ids from the answer."""
        return edits.without_ids(proceed(), frozenset(self.ids))


class ItemFaults(WireFault, frozen=True, kw_only=True, tag="item_faults"):
    """Ids are answered in the `errors` map instead of the results."""

    spoils: ClassVar[bool] = False
    hits: ClassVar[frozenset[str]] = _LOOKUPS

    ids: Ids
    code: str = "INTERNAL"
    message: str = "failed on demand"

    def apply(self, _context: FaultContext, proceed: Proceed) -> Response:
        """Move the ids into the errors."""
        return edits.failed_ids(proceed(), frozenset(self.ids), Fault(code=self.code, message=self.message))


class ComplianceTimeout(WireFault, frozen=True, kw_only=True, tag="compliance_timeout"):
    """The compliance check of an order times out: the order is accepted as `Compl Pending`."""

    spoils: ClassVar[bool] = False
    hits: ClassVar[frozenset[str]] = frozenset({names.POST_ORDER, names.BATCH_POST})

    def apply(self, context: FaultContext, proceed: Proceed) -> Response:
        """Set the flag for the order desk, then proceed."""
        context.request.environ[COMPLIANCE_PENDING] = True
        return proceed()


class StaleRiskDate(WireFault, frozen=True, kw_only=True, tag="stale_risk_date"):
    """`referenceDate` of positions and `riskDate` of analytics are some days earlier."""

    spoils: ClassVar[bool] = False
    hits: ClassVar[frozenset[str]] = frozenset({names.GET_POSITIONS, names.GET_ANALYTICS})

    days: Annotated[int, Meta(ge=1, le=36_500)]

    def apply(self, context: FaultContext, proceed: Proceed) -> Response:
        """Move the dates of the answer back."""
        edit = edits.older_positions if context.operation == names.GET_POSITIONS else edits.older_risk
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
