"""The worked example of the document on the chain is right to the last digit, and is what the service does.

The hashes are computed here from the fields alone, with json and hashlib; the signature is verified by the
stand-alone script, which shares no code with the service.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.services.audit.chain import ChainedRecord, Head, digest
from app.services.audit.export import AnchorSigner

ROOT = Path(__file__).resolve().parents[4]
DOCUMENT = ROOT / "docs" / "audit-chain.md"
SCRIPT = ROOT / "scripts" / "verify_audit.py"
TEXTS = re.findall(r"^```json\n(.+)\n```$", DOCUMENT.read_text(), re.MULTILINE)
HASHES = re.findall(r"^```text\n([0-9a-f]{64})\n```$", DOCUMENT.read_text(), re.MULTILINE)
ANCHOR, SIGNATURE, PUBLIC_KEY = re.search(
    r"^```text\n(.+:.+)\n([0-9a-f]{128})\n([0-9a-f]{64})\n```$", DOCUMENT.read_text(), re.MULTILINE
).groups()
ORDER = [
    *("scheme", "day", "sequence", "previous_hash", "id", "at", "user_id", "username", "action"),
    *("entity_type", "entity_id", "request_id", "before", "after"),
]


def export(folder, *, signature=SIGNATURE):
    lines = [{"hash": known, "hashed_text": text} for text, known in zip(TEXTS, HASHES, strict=True)]
    lines.append({"anchor": ANCHOR, "public_key": PUBLIC_KEY, "signature": signature})
    path = folder / "export.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def run(*arguments):
    return subprocess.run(  # noqa: S603 - our own script
        [sys.executable, SCRIPT, *arguments], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("place", range(2))
def test_the_hashes_of_the_example_are_those_of_its_fields(place):
    fields = json.loads(TEXTS[place])
    assert list(fields) == ORDER
    again = json.dumps({name: fields[name] for name in ORDER}, ensure_ascii=False, separators=(",", ":"))
    assert again == TEXTS[place]
    assert hashlib.sha256(again.encode()).hexdigest() == HASHES[place]
    assert fields["previous_hash"] == ("0" * 64, HASHES[0])[place]


@pytest.mark.parametrize("place", range(2))
def test_the_service_gives_the_hashes_of_the_example(place):
    fields = json.loads(TEXTS[place])
    assert fields.pop("scheme") == "audit/1"
    assert digest(ChainedRecord(**fields)) == HASHES[place]


def test_every_control_character_is_escaped_as_the_document_says():
    text = "".join(map(chr, range(0x20))) + '"\\/\x7fé\u2028'
    escapes = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r"}
    written = "".join(escapes.get(code, f"\\u00{code:02x}") for code in range(0x20)) + '\\"\\\\/\x7fé\u2028'
    fields = json.loads(TEXTS[0]) | {"username": text}
    fields.pop("scheme")
    expected = TEXTS[0].replace('Zoë \\"Z\\" Marsh', written)
    assert expected != TEXTS[0]
    assert digest(ChainedRecord(**fields)) == hashlib.sha256(expected.encode()).hexdigest()


def test_the_service_signs_the_anchor_of_the_example_as_shown(tmp_path):
    signer = AnchorSigner(bytes(range(32)))
    day, sequence, known = ANCHOR.split(":")
    assert (signer.signature(Head(day, int(sequence), known)), signer.public_key) == (SIGNATURE, PUBLIC_KEY)


def test_the_script_verifies_the_example(tmp_path):
    done = run(export(tmp_path), PUBLIC_KEY)
    assert (done.returncode, done.stdout) == (0, f"2 records hold from 2026-06-30 up to {ANCHOR}\n")


@pytest.mark.parametrize("place", [0, 40, 64, 100, 127])
def test_the_script_refuses_another_signature(tmp_path, place):
    digit = "0" if SIGNATURE[place] != "0" else "1"
    done = run(export(tmp_path, signature=SIGNATURE[:place] + digit + SIGNATURE[place + 1 :]))
    assert done.returncode == 1


def test_the_script_refuses_another_key_than_the_one_it_is_given(tmp_path):
    done = run(export(tmp_path), "0" * 64)
    assert (done.returncode, done.stdout) == (1, "the anchor is signed with another key\n")
