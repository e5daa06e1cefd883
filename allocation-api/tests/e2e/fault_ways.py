"""In which ways each kind of fault acts, and what the client must make of each of them.

There is an entry for every kind that the simulator offers: a new kind has none, and no test can be collected.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from aladdin_simulator.front.fault_kinds import KINDS, AnyFault
from aladdin_simulator.wire import operations as names
from app.services.aladdin.errors import (
    OrderOutcomeUnknown,
    VendorDenied,
    VendorError,
    VendorFailed,
    VendorLoginFailed,
    VendorLoginRefused,
    VendorNotFound,
    VendorRejected,
    VendorThrottled,
    VendorTimedOut,
    VendorUnavailable,
    VendorUnreadable,
)

BOND = "912828YW4"
HITS = {str(kind.__struct_config__.tag): kind.hits for kind in AnyFault.__args__}
BATCHES = (names.BATCH_POST, names.BATCH_CANCEL)


@dataclass(frozen=True)
class Way:
    """One way in which a fault acts on a request, by its kind and parameters.

    `reads` is the error of a read that meets it each time, `writes` that of a write that meets it once,
    `logins` that of a read whose token call meets it each time, `batches` that of a batch where it differs;
    None is an answer. `repeated` says whether a read is tried again, `taken` whether the vendor does what a
    write asks for. `alters` is an answer that says something else than without the fault.
    `renews` is a request that is sent a second time with a new token. The seconds of what is `slow` are in
    times of the client's own patience.
    """

    name: str
    reads: type[VendorError] | None = None
    writes: type[VendorError] | None = None
    repeated: bool = False
    taken: bool = False
    logins: type[VendorError] | None = None
    batches: type[VendorError] | None = None
    parameters: dict = field(default_factory=dict)
    retry_after: float | None = None
    alters: bool = False
    renews: bool = False
    slow: bool = False

    def fault(self, kind, operation, *, patience=1.0, **more):
        """The fault as the simulator wants it."""
        found = {"operation": operation, "kind": kind, **self.parameters, **more}
        if self.slow:
            found["seconds"] *= patience
        return found

    def error_of(self, operation):
        """What a write comes to."""
        return self.batches if self.batches and operation in BATCHES else self.writes


def lost(name, reads, *, taken, **more):
    """An answer that does not come, or cannot be used: a read is repeated, a write may have been done."""
    return Way(name, reads, OrderOutcomeUnknown, repeated=True, taken=taken, logins=VendorLoginFailed, **more)


def refused(status, error, **more):
    """A refusal, which nobody repeats."""
    return Way(f"{status}", error, error, logins=VendorLoginRefused, parameters={"status": status}, **more)


def throttled(name, retry_after=None):
    stated = {} if retry_after is None else {"retry_after": retry_after}
    return Way(
        name,
        VendorThrottled,
        VendorThrottled,
        repeated=True,
        logins=VendorLoginFailed,
        parameters={"status": 429, **stated},
        retry_after=retry_after,
    )


def failed(status, *, processed=False, retry_after=None):
    parameters = {"status": status, "processed": processed}
    if retry_after is not None:
        parameters["retry_after"] = retry_after
    name = f"{status}{' after processing' if processed else ''}"
    return lost(name, VendorFailed, taken=processed, parameters=parameters, retry_after=retry_after)


def item_error(name, error, *, taken=False, **parameters):
    """A batch says nothing of its items then, so all of them are open."""
    return Way(name, None, error, taken=taken, parameters=parameters, batches=OrderOutcomeUnknown)


WAYS = {
    "latency": (
        Way("short", taken=True, parameters={"seconds": 0.05}),
        lost("longer than we wait", VendorTimedOut, taken=True, slow=True, parameters={"seconds": 1.5}),
    ),
    "status": (
        refused(400, VendorRejected),
        refused(403, VendorDenied),
        refused(404, VendorNotFound),
        lost("408", VendorTimedOut, taken=False, parameters={"status": 408}),
        throttled("429"),
        throttled("429 with Retry-After", 7),
        failed(500),
        failed(500, processed=True),
        failed(503, retry_after=3),
        failed(504, processed=True),
    ),
    "reset_before": (lost("", VendorUnavailable, taken=False),),
    "reset_after": (lost("", VendorUnavailable, taken=True),),
    "slow_body": (
        Way("short", taken=True, parameters={"seconds": 0.05, "pieces": 3}),
        lost(
            "with a pause longer than we wait",
            VendorTimedOut,
            taken=True,
            slow=True,
            parameters={"seconds": 3, "pieces": 2},
        ),
        lost(
            "in many short pauses",
            VendorTimedOut,
            taken=True,
            slow=True,
            parameters={"seconds": 3, "pieces": 31},
        ),
    ),
    "truncated_json": (lost("", VendorUnreadable, taken=True),),
    "cut_body": (lost("", VendorUnavailable, taken=True),),
    "not_json": (
        lost("200", VendorUnreadable, taken=False, parameters={"status": 200}),
        lost("200 after processing", VendorUnreadable, taken=True, parameters={"processed": True}),
        lost("502", VendorFailed, taken=False, parameters={"status": 502}),
    ),
    "item_error": (
        item_error("failed precondition", VendorRejected, code=9, message="market closed"),
        item_error("not found", VendorNotFound, code=5),
        item_error("permission denied", VendorDenied, code=7),
        item_error("resource exhausted", VendorThrottled, code=8),
        item_error("unavailable", OrderOutcomeUnknown, code=14),
        item_error("internal, after processing", OrderOutcomeUnknown, code=13, processed=True, taken=True),
    ),
    "missing_ids": (Way("", alters=True, parameters={"ids": [BOND]}),),
    "item_faults": (Way("", alters=True, parameters={"ids": [BOND], "code": "INTERNAL"}),),
    "expired_token": (Way("", VendorDenied, None, taken=True, renews=True),),
    "compliance_timeout": (Way("", taken=True, alters=True),),
    "stale_risk_date": (Way("", alters=True, parameters={"days": 4}),),
    "empty_results": (
        Way("", writes=OrderOutcomeUnknown, alters=True),
        Way(
            "after processing",
            writes=OrderOutcomeUnknown,
            taken=True,
            alters=True,
            parameters={"processed": True},
        ),
    ),
}

ALL = [(kind, way) for kind in KINDS for way in WAYS[kind]]
"""A kind without an entry fails here."""


def ways_of(operation):
    """Every way in which a request of one operation can be hit."""
    return [(kind, way) for kind, way in ALL if operation in HITS[kind]]


def name_of(kind, way):
    return f"{kind} {way.name}".strip()
