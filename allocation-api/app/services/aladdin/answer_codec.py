"""Bytes of the vendor's answers in a store outside this process: compressed MessagePack, never code."""

from __future__ import annotations

import zlib
from typing import Any, Generic, TypeVar, cast

import msgspec

from app.core.errors import FieldError
from app.services.aladdin.errors import VendorNotFound
from app.services.domain.book import AssetFault

V = TypeVar("V")

FASTEST = 1
"""Compression level: the slower ones save a tenth more, and take up to five times as long."""


class _Missing(msgspec.Struct, frozen=True):
    """What the vendor says of what it does not have."""

    detail: str
    errors: tuple[FieldError, ...]
    extra: dict[str, Any]


class _Envelope(msgspec.Struct, Generic[V], frozen=True, omit_defaults=True):
    """An answer, the vendor's fault in place of one, or that it does not have what was asked for."""

    answer: V | None = None
    fault: AssetFault | None = None
    missing: _Missing | None = None


class AnswerCodec(Generic[V]):
    """Encodes and decodes the answers of one kind without loss; `of` is the type of what is no fault."""

    def __init__(self, of: Any) -> None:
        # Here and not at the first answer: msgspec must not inspect a class in two threads at once.
        self._decoder = msgspec.msgpack.Decoder(_Envelope[of])
        self._encoder = msgspec.msgpack.Encoder(enc_hook=str)

    def encode(self, answer: V) -> bytes:
        """Return the bytes of an answer."""
        envelope: _Envelope[V]
        if isinstance(answer, AssetFault):
            envelope = _Envelope(fault=answer)
        elif isinstance(answer, VendorNotFound):
            envelope = _Envelope(missing=_Missing(answer.detail, answer.errors, answer.extra))
        else:
            envelope = _Envelope(answer=answer)
        return zlib.compress(self._encoder.encode(envelope), FASTEST)

    def decode(self, content: bytes) -> V | None:
        """Return the answer; None for bytes that this version does not write, which are read anew."""
        try:
            envelope: Any = self._decoder.decode(zlib.decompress(content))
        except (zlib.error, msgspec.DecodeError):
            return None
        if envelope.missing is not None:
            missing = envelope.missing
            found: Any = VendorNotFound(missing.detail, errors=missing.errors, extra=missing.extra)
        else:
            found = envelope.fault if envelope.answer is None else envelope.answer
        return cast("V | None", found)
