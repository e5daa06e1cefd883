#!/usr/bin/env python3
"""Verifies the Allocator's audit trail with the standard library alone; docs/audit-chain.md has the scheme.

    verify_audit.py FILE [PUBLIC_KEY]     an export, a page of GET audit or one record; - reads standard input

The public key, 64 hexadecimal digits that the desk handed over, says whose signature the anchor must have.
Exit status: 0 if all holds, 1 if anything does not.
"""

import hashlib
import json
import sys
from datetime import datetime

FIELDS = ["scheme", "day", "sequence", "previous_hash", "id", "at", "user_id", "username", "action"]
FIELDS += ["entity_type", "entity_id", "request_id", "before", "after"]
SCHEMES = {"audit/1": FIELDS, "audit/2": [*FIELDS, "address"]}
P = 2**255 - 19  # Ed25519, RFC 8032
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def point(text):
    y = int.from_bytes(text, "little") & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P:
        raise ValueError("not a point of the curve")
    return (x if x % 2 == text[31] >> 7 else P - x), y


def add(a, b):
    product = D * a[0] * b[0] * a[1] * b[1]
    x = (a[0] * b[1] + b[0] * a[1]) * pow(1 + product, -1, P) % P
    return x, (a[1] * b[1] + a[0] * b[0]) * pow(1 - product, -1, P) % P


def times(factor, a):
    total = (0, 1)
    for bit in bin(factor)[2:]:
        total = add(total, total)
        total = add(total, a) if bit == "1" else total
    return total


def is_signed(public_key, signature, message):
    key, made = bytes.fromhex(public_key), bytes.fromhex(signature)
    if (len(key), len(made)) != (32, 64):
        return False
    scalar = int.from_bytes(hashlib.sha512(made[:32] + key + message).digest(), "little") % ORDER
    base = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    left, right = times(int.from_bytes(made[32:], "little"), base), times(scalar, point(key))
    return int.from_bytes(made[32:], "little") < ORDER and left == add(point(made[:32]), right)


def read(text):
    """Return the records and the export's last line; None for an answer of the API, which may leave out some."""
    if not text.strip():
        raise ValueError("it is empty")
    try:
        document = json.loads(text)
    except ValueError:  # JSON lines
        # Only line feeds end a line: texts may hold U+2028 and the like as they are.
        *records, last = [json.loads(line) for line in text.split("\n") if line.strip()]
        return records, last
    if "anchor" in document:
        return [], document
    records = document.get("audit_records", [document])
    return sorted(records, key=lambda shown: (shown["day"], shown["sequence"])), None


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def wrong(shown, before, complete):
    """Yield what is wrong with a record; `before` are the fields and the hash of the one before it."""
    text = shown["hashed_text"]
    fields = json.loads(text)
    if list(fields) != SCHEMES.get(fields.get("scheme")):
        yield "it does not have the fields of audit/1 or audit/2"
    if json.dumps(fields, ensure_ascii=False, separators=(",", ":")) != text:
        yield "its text is not canonical"
    if hashlib.sha256(text.encode()).hexdigest() != shown["hash"]:
        yield "it does not match its hash"
    hashed = {"address": None, **fields, "audit_id": fields["id"]}
    for name in set(hashed) & set(shown) - {"before", "after"}:
        if shown[name] != hashed[name] and not (name == "at" and moment(shown[name]) == moment(hashed[name])):
            yield f"{name} is shown as {shown[name]!r} and hashed as {hashed[name]!r}"
    for name in {"before", "after"} & set(shown):
        if shown[name] != (None if fields[name] is None else json.loads(fields[name])):
            yield f"{name} is not shown as it is hashed"
    if before is None:
        if complete and fields["sequence"] != 1:
            yield "it is not the first of its day: the beginning of the export is missing"
        if fields["previous_hash"] == "0" * 64 and fields["sequence"] != 1:
            yield "it is said to be the first record, and is not"
        return
    follows = fields["day"] == before[0]["day"] and fields["sequence"] == before[0]["sequence"] + 1
    if (follows or complete) and fields["previous_hash"] != before[1]:
        yield "it does not continue the record before it"
    if complete and not follows and not (fields["day"] > before[0]["day"] and fields["sequence"] == 1):
        yield "its place does not follow that of the record before it"


def main(path, public_key=None):
    try:
        text = (sys.stdin.buffer if path == "-" else open(path, "rb")).read().decode("utf-8-sig")
        records, last = read(text)
        found, before = [], None
        for number, shown in enumerate(records, 1):
            found += [f"record {number}: {what}" for what in wrong(shown, before, last is not None)]
            before = json.loads(shown["hashed_text"]), shown["hash"]
        if last is not None:
            end = f"{before[0]['day']}:{before[0]['sequence']}:{before[1]}" if before else "missing"
            if before is None or last["anchor"] != end:
                found.append(f"the anchor is {last['anchor']}, and the last record {end}")
            if public_key is not None and public_key.strip().lower() != last["public_key"]:
                found.append("the anchor is signed with another key")
            if not is_signed(
                last["public_key"], last["signature"], f"audit-anchor/1:{last['anchor']}".encode()
            ):
                found.append("the signature of the anchor is wrong")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, OSError) as error:
        found = [f"it cannot be read: {error!r}"]
    if found:
        print("\n".join(found))
        return 1
    held = "1 record holds" if len(records) == 1 else f"{len(records)} records hold"
    if last:
        held += f" from {json.loads(records[0]['hashed_text'])['day']} up to {last['anchor']}"
        held += "" if public_key else "; who signed it is not checked without the desk's public key"
    print(held)
    return 0


if __name__ == "__main__":
    if len(sys.argv) not in {2, 3}:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
