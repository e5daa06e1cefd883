"""Wire that counts calls to the vendor, by operation and outcome."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec

from app.core import metrics
from app.services.aladdin.errors import VendorError
from app.services.aladdin.operations import Operation
from app.services.aladdin.transport import Wire

T = TypeVar("T")

OK = "OK"


class MeteredWire:
    """Counts and times the calls of another wire, as the service sees them: retries and refusals included."""

    def __init__(self, wire: Wire, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._wire = wire
        self._monotonic = monotonic

    def call(
        self,
        operation: Operation,
        decoder: msgspec.json.Decoder[T],
        *,
        item: str = "",
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> T:
        """Make one call; parameters and errors as for the other wire."""
        began, outcome = self._monotonic(), OK
        try:
            return self._wire.call(operation, decoder, item=item, params=params, body=body)
        except VendorError as error:
            outcome = error.code
            raise
        finally:
            metrics.VENDOR_CALLS.labels(operation.name, outcome).inc()
            metrics.VENDOR_SECONDS.labels(operation.name).observe(self._monotonic() - began)
