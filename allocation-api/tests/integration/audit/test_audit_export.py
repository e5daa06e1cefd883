"""The export of the trail, and the stand-alone script that verifies what a running service answers."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from threading import Thread
from urllib.request import Request, urlopen

import pytest
from werkzeug.serving import make_server

from app.core.security import Permission
from tests.support.orders import BOND, OrderDesk

SCRIPT = Path(__file__).resolve().parents[4] / "scripts" / "verify_audit.py"


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """A desk with an order behind it, served over HTTP: call it with a path to get the answer's bytes."""
    desk = OrderDesk(tmp_path_factory.mktemp("export"))
    desk.order_shown(desk.partly_filled())
    server = make_server("127.0.0.1", 0, desk.app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()

    def get(path):
        url = f"http://127.0.0.1:{server.port}/v1/{path}"
        with urlopen(Request(url, headers=desk.headers), timeout=30) as answer:
            return answer.read()

    yield get
    server.shutdown()
    thread.join()


def verified(document, *key):
    """Exit status and words of the script, given a document on its standard input."""
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-I", SCRIPT, "-", *key],
        input=document,
        capture_output=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout.decode()


@pytest.mark.parametrize("path", ["audit/export", "audit?limit=200", "audit?limit=3", "audit?action=PREVIEW"])
def test_what_a_running_service_answers_is_verified(service, path):
    status, words = verified(service(path))
    assert (status, words.splitlines()[0].split(" ", 1)[1].startswith(("record holds", "records hold"))) == (
        0,
        True,
    ), words


def test_one_record_is_verified(service):
    (newest,) = json.loads(service("audit?limit=1"))["audit_records"]
    assert verified(service(f"audit/{newest['audit_id']}")) == (0, "1 record holds\n")


def test_the_export_has_every_record_and_the_anchor_of_a_verification(service):
    *records, last = map(json.loads, service("audit/export").splitlines())
    found = json.loads(service("audit/verify"))
    assert (len(records), last["anchor"]) == (found["records"], found["anchor"]["text"])
    assert verified(service("audit/export"), last["public_key"])[0] == 0


def test_a_flipped_bit_of_any_line_is_found(service):
    lines = service("audit/export").splitlines(keepends=True)
    for number, line in enumerate(lines):
        place = len(line) // 2
        flipped = line[:place] + bytes([line[place] ^ 1]) + line[place + 1 :]
        status, words = verified(b"".join([*lines[:number], flipped, *lines[number + 1 :]]))
        assert status == 1, (line, words)


@pytest.mark.parametrize("gone", [0, 1, -2, -1])
def test_a_line_that_is_gone_is_found(service, gone):
    lines = service("audit/export").splitlines(keepends=True)
    del lines[gone]
    status, words = verified(b"".join(lines))
    assert status == 1, words


def test_an_export_that_breaks_off_within_a_line_cannot_be_read(service):
    status, words = verified(service("audit/export")[:-50])
    assert (status, words.startswith("it cannot be read: ")) == (1, True)


def test_a_whole_day_may_be_exported_without_the_days_before_and_it_is_said_from_where(folded):
    today = folded.clock().date().isoformat()
    lines = exported(folded, date_from=today)
    assert json.loads(json.loads(lines[0])["hashed_text"])["sequence"] == 1
    status, words = verified(b"\n".join(lines))
    assert (status, words.startswith(f"{len(lines) - 1} records hold from {today} up to {today}:")) == (
        0,
        True,
    )
    assert verified(b"\n".join(lines[1:]))[1].startswith("record 1: it is not the first of its day")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("username", "nobody"),
        ("audit_id", "00000000-0000-0000-0000-000000000000"),
        ("at", "2001-02-03T04:05:06.000007Z"),
        ("entity_id", "other"),
        ("after", {"total": 1}),
    ],
)
def test_a_record_that_is_shown_otherwise_than_it_is_hashed_is_found(service, name, value):
    document = json.loads(service("audit?limit=2"))
    document["audit_records"][0][name] = value
    status, words = verified(json.dumps(document).encode())
    assert status == 1
    assert f"{name} is " in words


# What ends a line for some readers, and not in JSON lines; the API refuses it, older records may hold it.
UNSEEN = ["a\u2028b\u2029c", "\ufeffd"]
COMMENTS = ["\N{FIRE}\N{COMBINING ACUTE ACCENT}", 'q" \\ / \u00a0', "long " * 199]


def test_texts_of_any_kind_and_length_are_verified(folded):
    for comment in COMMENTS:
        found = folded.preview(BOND, 1_000_000, groups=["GOLDEN"])
        folded.post(f"allocations/{found['allocation_id']}/commit", {"comment": comment})
    services = folded.services
    for comment in UNSEEN:
        services.database.retried(lambda session, said=comment: services.audit.record_limits(session, said))
    lines = exported(folded)
    texts = [json.loads(json.loads(line)["hashed_text"])["after"] for line in lines[:-1]]
    told = [json.loads(after).get("comment") for after in texts if after]
    assert {*COMMENTS, *UNSEEN} - set(told) == set()
    status, words = verified(b"\n".join(lines))
    assert status == 0, words
    assert verified(b"\xef\xbb\xbf" + b"\r\n".join(lines))[0] == 0


def test_the_word_that_it_holds_says_whether_the_signer_was_checked(service):
    export = service("audit/export")
    key = json.loads(export.splitlines()[-1])["public_key"]
    assert "is not checked" in verified(export)[1]
    status, words = verified(export, f" {key.upper()}\n")
    assert (status, "is not checked" in words) == (0, False)


def test_an_answer_with_a_record_of_another_chain_is_found(service):
    """It fits its own hash, and its place; only what it says of the record before it does not fit."""
    document = json.loads(service("audit?limit=200"))
    record = next(r for r in document["audit_records"] if r["sequence"] == 2)
    fields = json.loads(record["hashed_text"]) | {"previous_hash": "1" * 64}
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    known = hashlib.sha256(text.encode()).hexdigest()
    record |= {"hashed_text": text, "hash": known, "previous_hash": "1" * 64}
    status, words = verified(json.dumps(document).encode())
    assert status == 1
    assert "it does not continue the record before it" in words


@pytest.fixture
def folded(tmp_path):
    """A desk with an order of yesterday and one of today."""
    desk = OrderDesk(tmp_path)
    desk.order(1_000_000)
    desk.clock.pass_by(24 * 3600)
    desk.token = desk.login()["access_token"]
    desk.order(1_000_000)
    return desk


def exported(desk, **span):
    answer = desk.client.get("/v1/audit/export", query_string=span, headers=desk.headers)
    assert answer.status_code == 200
    return answer.data.splitlines()


def test_an_export_needs_the_permission_to_read_the_trail(golden_desk):
    golden_desk.log_in_without(Permission.AUDIT_READ)
    assert golden_desk.get("audit/export", status=403)["permission"] == "audit:read"


def test_no_days_are_no_lines(golden_desk):
    answer = golden_desk.client.get("/v1/audit/export?date_from=2999-01-01", headers=golden_desk.headers)
    assert (answer.status_code, answer.data) == (200, b"")
    assert verified(answer.data) == (1, "it cannot be read: ValueError('it is empty')\n")
