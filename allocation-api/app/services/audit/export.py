"""Export of the audit trail for third parties: the texts that were hashed, and a signed anchor.

The signature is Ed25519 (RFC 8032), which is verified with the public key alone: who holds an export cannot
make another one. `docs/audit-chain.md` describes the format.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from app.services.audit.chain import FIRST_HEAD, Head, encoded
from app.services.audit.stored import stored_heads, stored_records
from app.services.audit.verification import Span

SIGNED_SCHEME = "audit-anchor/1"


class AnchorSigner:
    """Signs anchors with the key whose seed is given, 32 bytes."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    @classmethod
    def derived(cls, secret: str) -> AnchorSigner:
        """Return a signer whose key is derived from another secret of the service."""
        return cls(hashlib.sha256(f"{SIGNED_SCHEME}:{secret}".encode()).digest())

    @property
    def public_key(self) -> str:
        """The public key, 64 hexadecimal digits."""
        return self._key.public_key().public_bytes_raw().hex()

    def signature(self, anchor: Head) -> str:
        """Return the signature of the anchor's text after the scheme and a colon, 128 hexadecimal digits."""
        return self._key.sign(f"{SIGNED_SCHEME}:{anchor.text}".encode()).hex()


def exported(session: Session, span: Span, signer: AnchorSigner) -> Iterator[str]:
    """Yield the lines of an export: the records of the span's days in the order of the chain, and the anchor.

    The heads are read once at the beginning, so records that are written meanwhile are left to the next one.
    """
    heads = stored_heads(session)
    days = sorted(day for day in heads if day != FIRST_HEAD and day in span)
    for day in days:
        for page in stored_records(session, day, heads[day].end.sequence):
            for stored in page:
                yield _line({"hash": stored.hash, "hashed_text": encoded(stored.record).decode()})
    if days:
        anchor = heads[days[-1]].end
        signed = {"public_key": signer.public_key, "signature": signer.signature(anchor)}
        yield _line({"anchor": anchor.text, **signed})


def _line(document: dict[str, Any]) -> str:
    return msgspec.json.encode(document).decode() + "\n"
