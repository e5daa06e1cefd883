"""Snapshots and results as canonical JSON: equal values give equal bytes, and decoding gives the values back.

Decimals travel as strings and floats in their shortest exact form, so nothing is rounded on the way.
"""

from __future__ import annotations

import hashlib
from typing import TypeVar

import msgspec

T = TypeVar("T")

_ENCODER = msgspec.json.Encoder(order="deterministic")


def encode(value: object) -> str:
    """Return the canonical JSON of a value object."""
    return _ENCODER.encode(value).decode()


def decode(text: str, kind: type[T]) -> T:
    """Return the value object that `encode` made the text of."""
    return msgspec.json.decode(text, type=kind)


def digest(text: str) -> str:
    """Return the SHA-256 of a snapshot, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()
