"""Media type, error body and headers of the vendor's HTTP answers."""

from __future__ import annotations

import email.utils
import uuid
from datetime import datetime
from http import HTTPStatus

from werkzeug.wrappers import Request, Response

from aladdin_simulator.wire.messages import ENCODER, Fault

REQUEST_ID = "VND.com.blackrock.Request-ID"
ORIGIN_TIMESTAMP = "VND.com.blackrock.Origin-Timestamp"
RESPONSE_ID = "VND.com.blackrock.Response-ID"
RESPONSE_TIMESTAMP = "VND.com.blackrock.Response-Timestamp"
API_KEY = "VND.com.blackrock.API-Key"

JSON = "application/json"


def refusal(status: HTTPStatus, fault: Fault) -> Response:
    """Return the answer to a refused request."""
    return Response(ENCODER.encode(fault), status=status, mimetype=JSON)


def stamp(response: Response, request: Request, now: datetime) -> Response:
    """Set the vendor's headers on an answer: request id, response id and time in UTC."""
    if REQUEST_ID in request.headers:
        response.headers[REQUEST_ID] = request.headers[REQUEST_ID]
    response.headers[RESPONSE_ID] = str(uuid.uuid4())
    response.headers[RESPONSE_TIMESTAMP] = email.utils.format_datetime(now, usegmt=True)
    return response
