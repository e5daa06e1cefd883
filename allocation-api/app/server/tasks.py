"""What a request thread does for a request: call the application, also where the server refuses it."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from waitress.task import WSGITask
from waitress.utilities import Error, InternalServerError, RequestEntityTooLarge

from app.core.errors import REFUSAL, AllocatorError, BodyTooLarge, MalformedRequest

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

LAST_WORD = b'{"code": "INTERNAL_ERROR", "status": 500, "title": "Internal error"}'


class RequestTask(WSGITask):  # type: ignore[misc]
    """Calls the application; while the server stops, the answer ends its connection."""

    def build_response_header(self) -> bytes:
        """Return status line and headers."""
        if self.channel.server.stopping:
            self.set_close_on_finish()
        header: bytes = super().build_response_header()
        return header


class RefusalTask(RequestTask):
    """Has the application answer a request that the server refuses, so that one place makes all errors.

    The application finds the error in the WSGI environment under `REFUSAL`. A request that could not be read
    is a GET of / there.
    """

    def execute(self) -> None:
        """Answer, and end the connection: what follows on it cannot be read."""
        self.set_close_on_finish()
        try:
            super().execute()
        except Exception:
            if self.wrote_header:
                raise
            self.logger.exception("The application cannot answer a refused request")
            self.status = "500 Internal Server Error"
            self.response_headers = [("Content-Type", "application/problem+json"), ("Connection", "close")]
            self.content_length = len(LAST_WORD)
            self.complete = True
            self.write(LAST_WORD)

    def get_environment(self) -> WSGIEnvironment:
        """Return the environment of the request without a body, and with its error."""
        request = self.request
        if not hasattr(request, "path"):
            request.command, request.path, request.query, request.request_uri = "GET", "/", "", "/"
            request.url_scheme = self.channel.adj.url_scheme
        environ: dict[str, Any] = super().get_environment()
        environ.pop("CONTENT_LENGTH", None)
        return environ | {"wsgi.input": BytesIO(), REFUSAL: self._refusal()}

    def _refusal(self) -> AllocatorError:
        error = self.request.error
        if not isinstance(error, Error):
            refusal: AllocatorError = error
            return refusal
        if isinstance(error, RequestEntityTooLarge):
            return BodyTooLarge(f"The body is longer than {self.channel.server.limits.max_body_bytes} bytes")
        if isinstance(error, InternalServerError):
            return AllocatorError("Something went wrong on our side")
        # A transfer coding that is not known (501) is among them: nothing failed here.
        return MalformedRequest(str(error.body))
