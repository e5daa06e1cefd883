"""Compressed documents: every text comes back, and what was spoiled in the database comes back as it is."""

from __future__ import annotations

import base64
import json
import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.columns import PACKED, PACKED_CHARACTERS, packed, unpacked


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(1, 3_000))
def test_every_document_comes_back(text: str, times: int) -> None:
    document = json.dumps([text] * times)
    assert unpacked(packed(document)) == document


@given(st.dictionaries(st.text(), st.text(), max_size=5))
def test_what_is_stored_as_it_is_can_never_be_taken_for_a_compressed_one(value: dict[str, str]) -> None:
    assert not json.dumps(value, ensure_ascii=False).startswith(PACKED)


def test_short_documents_are_readable_in_the_database() -> None:
    assert packed('{"a":1}') == '{"a":1}'
    assert packed("x" * (PACKED_CHARACTERS - 1)) == "x" * (PACKED_CHARACTERS - 1)
    assert packed("x" * PACKED_CHARACTERS).startswith(PACKED)


def test_a_compressed_document_can_be_read_with_the_standard_library_alone() -> None:
    document = json.dumps({"accounts": [{"account_id": f"A{i}"} for i in range(200)]})
    stored = packed(document)
    assert stored.isascii()
    assert zlib.decompress(base64.b64decode(stored.removeprefix("zlib:"))).decode() == document
    assert len(stored) < len(document) / 4


@pytest.mark.parametrize("spoil", ["cut", "swapped", "no base64", "no zlib", "no utf-8"])
def test_a_spoiled_document_is_returned_as_it_is_stored(spoil: str) -> None:
    stored = packed(json.dumps(list(range(2_000))))
    at = random.Random(1).randrange(20, len(stored) // 2)
    spoiled = {
        "cut": stored[: len(stored) // 2],
        "swapped": stored[:at] + ("A" if stored[at] != "A" else "B") + stored[at + 1 :],
        "no base64": f"{PACKED}{{}}",
        "no zlib": PACKED + base64.b64encode(b"plain").decode(),
        "no utf-8": PACKED + base64.b64encode(zlib.compress(b"\xff" * 2_000)).decode(),
    }[spoil]
    assert unpacked(spoiled) == spoiled
