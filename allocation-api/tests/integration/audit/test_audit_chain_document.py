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


def export(folder, *, first=None, **last):
    lines = [{"hash": known, "hashed_text": text} for text, known in zip(TEXTS, HASHES, strict=True)]
    lines[0] |= first or {}
    lines.append({"anchor": ANCHOR, "public_key": PUBLIC_KEY, "signature": SIGNATURE, **last})
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


@pytest.mark.parametrize(
    "last",
    [
        # A 65th byte of zero leaves the number that it ends in as it is (RFC 8032: 64 octets).
        *({"signature": SIGNATURE + "00"}, {"signature": SIGNATURE[:64]}, {"signature": ""}),
        *({"public_key": ""}, {"public_key": PUBLIC_KEY + "00"}),
    ],
)
def test_the_script_refuses_a_signature_of_another_length(tmp_path, last):
    done = run(export(tmp_path, **last))
    words = "the signature of the anchor is wrong\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, words, "")


@pytest.mark.parametrize(
    "spoilt",
    [
        *({"public_key": None}, {"signature": 7}, {"signature": "zz"}, {"anchor": None}),
        *({"first": {"hashed_text": text}} for text in ("[]", "7", "", "[" * 100_000)),
    ],
)
def test_the_script_says_what_is_no_export(tmp_path, spoilt):
    """Exit status and words, as of any other break: a stranger need not read a traceback."""
    done = run(export(tmp_path, **spoilt))
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith(("it cannot be read: ", "the anchor is None, and the last record "))


@pytest.mark.parametrize("text", ["[]", "[1]", "1", "null", "[" * 100_000, "{}", '{"audit_records": 3}'])
def test_the_script_says_what_is_no_answer(tmp_path, text):
    path = tmp_path / "answer.json"
    path.write_text(text)
    done = run(path)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("it cannot be read: ")
    assert run(tmp_path / "missing.json").stdout.startswith("it cannot be read: FileNotFoundError")


def test_the_script_refuses_an_anchor_without_records(tmp_path):
    path = tmp_path / "export.jsonl"
    path.write_text(json.dumps({"anchor": "missing", "public_key": PUBLIC_KEY, "signature": SIGNATURE}))
    done = run(path)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("the anchor is missing, and the last record missing\n")


def test_the_script_refuses_another_key_than_the_one_it_is_given(tmp_path):
    done = run(export(tmp_path), "0" * 64)
    assert (done.returncode, done.stdout) == (1, "the anchor is signed with another key\n")
