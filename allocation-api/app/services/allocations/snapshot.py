"""Canonical JSON of snapshots and results: equal values have equal bytes, and decoding is lossless.

Decimals are encoded as strings and floats in their shortest exact form, so nothing is rounded.
"""

from __future__ import annotations

import hashlib
from threading import Lock
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_ENCODER = msgspec.json.Encoder(order="deterministic")

# msgspec crashes the process when two threads inspect the same dataclass for the first time.
_BUILDING = Lock()
_DECODERS: dict[type, msgspec.json.Decoder[Any]] = {}


def encode(value: object) -> str:
    """Return the canonical JSON of a value object."""
    return _ENCODER.encode(value).decode()


def decode(text: str, kind: type[T]) -> T:
    """Return the value object of type `kind` that `encode` encoded."""
    decoder: msgspec.json.Decoder[T] = _decoder(kind)
    return decoder.decode(text)


def digest(text: str) -> str:
    """Return the SHA-256 of a snapshot, as hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def _decoder(kind: type[T]) -> msgspec.json.Decoder[T]:
    with _BUILDING:
        if kind not in _DECODERS:
            _DECODERS[kind] = msgspec.json.Decoder(kind)
        return _DECODERS[kind]
