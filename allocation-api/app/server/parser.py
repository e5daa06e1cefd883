"""Parser of requests, with bounds on the request line, the headers and the framing of chunked bodies."""

from __future__ import annotations

from waitress.parser import HTTPRequestParser, ParsingError
from waitress.receiver import ChunkedReceiver

from app.core.errors import AllocatorError, HeadersTooLarge, MalformedRequest, UriTooLong

MAX_HEADER_BYTES = 32_768
MAX_REQUEST_LINE_BYTES = 8_192
MAX_CHUNK_LINE_BYTES = 1_024
MAX_TRAILER_BYTES = 8_192


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """waitress's parser of HTTP/1.1; it refuses what is too large as soon as that can be known."""

    def received(self, data: bytes) -> int:
        """Take bytes, and return how many of them belong to this request."""
        head = self.header_plus + data if self.body_rcv is None else b""
        consumed: int = super().received(data)
        refusal = self._too_large(head)
        if refusal is not None:
            self.refuse(refusal)
        if self.completed:
            # waitress would send "100 Continue" to a request that is complete or refused, and wait for more.
            self.expect_continue = False
        return consumed

    def refuse(self, error: AllocatorError) -> None:
        """End the request with an error, whatever is still to come."""
        self.error = error
        self.completed = True

    def parse_header(self, header_plus: bytes) -> None:
        """Parse request line and headers; numbers and addresses that Python refuses are errors, too."""
        try:
            super().parse_header(header_plus)
        except ValueError as error:
            raise ParsingError(str(error)) from error

    def _too_large(self, head: bytes) -> AllocatorError | None:
        if len(head.lstrip().partition(b"\r\n")[0]) > MAX_REQUEST_LINE_BYTES:
            return UriTooLong(f"The request line is longer than {MAX_REQUEST_LINE_BYTES} bytes")
        if self.header_bytes_received >= MAX_HEADER_BYTES:
            return HeadersTooLarge(f"The headers are longer than {MAX_HEADER_BYTES} bytes")
        body = self.body_rcv
        if isinstance(body, ChunkedReceiver) and (
            len(body.control_line) > MAX_CHUNK_LINE_BYTES or len(body.trailer) > MAX_TRAILER_BYTES
        ):
            return MalformedRequest("A line between the chunks of the body is too long")
        return None
