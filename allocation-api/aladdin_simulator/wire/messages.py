"""Encoding of answers, and errors, common to all endpoints."""

from __future__ import annotations

from http import HTTPStatus

import msgspec

ENCODER = msgspec.json.Encoder(decimal_format="number")


class Message(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """Base of the vendor's messages: names in camel case, values of None omitted."""


class Fault(Message, frozen=True):
    """The body of a refused request, and an entry of an `errors` map; `code` is a mnemonic."""

    code: str
    message: str


class WireFaultError(Exception):
    """A request is refused with an HTTP status."""

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.fault = Fault(code=code, message=message)


def bad_request(code: str, message: str) -> WireFaultError:
    """Return a 400 for an invalid request."""
    return WireFaultError(HTTPStatus.BAD_REQUEST, code, message)


def not_found(code: str, message: str) -> WireFaultError:
    """Return a 404 for something that does not exist."""
    return WireFaultError(HTTPStatus.NOT_FOUND, code, message)
