"""A reader of FIX 4.4 AllocationInstructions, written from the dictionary and not from our writer.

Tags, required fields and the order in groups are those of QuickFIX's FIX44.xml (message
AllocationInstruction, component Instrument), cut down to the fields that we know; any other tag is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SOH = b"\x01"
HEADER = ["8", "9", "35", "49", "56", "34", "52"]
BODY = {
    "70": "STRING", "71": "0|1|2", "626": "1|2|5|7|8", "72": "STRING", "796": "1|2|99", "857": "0|1",
    "73": "GROUP", "54": "1|2", "55": "STRING",
    "48": "STRING", "22": "1|4", "228": "FLOAT", "53": "QTY", "423": "1", "6": "PRICE", "15": "CURRENCY",
    "75": "DATE", "60": "TIME", "64": "DATE", "381": "AMT", "118": "AMT", "58": "STRING", "159": "AMT",
    "78": "GROUP",
}  # fmt: skip
GROUPS = {
    "73": {"11": "STRING", "37": "STRING", "38": "QTY"},
    "78": {"79": "STRING", "80": "QTY", "467": "STRING", "153": "PRICE", "154": "AMT", "742": "AMT"},
}
REQUIRED = {"70", "71", "626", "857", "54", "55", "53", "6", "75"}
NUMBER = r"-?[0-9]{1,15}(\.[0-9]{1,10})?"
KINDS = {
    "STRING": r"[ -~]+",
    "QTY": NUMBER,
    "FLOAT": NUMBER,
    "PRICE": NUMBER,
    "AMT": NUMBER,
    "CURRENCY": r"[A-Z]{3}",
    "DATE": r"[0-9]{8}",
    "TIME": r"[0-9]{8}-[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\.[0-9]{3}",
    "GROUP": r"[1-9][0-9]*",
}


@dataclass
class Instruction:
    header: dict[str, str]
    body: dict[str, str]
    orders: list[dict[str, str]]
    allocs: list[dict[str, str]]


def read(message: bytes) -> Instruction:
    """Check framing, order, required tags and values, and return what the message says."""
    fields = _fields(message)
    assert [tag for tag, _ in fields[: len(HEADER)]] == HEADER
    header = dict(fields[: len(HEADER)])
    assert (header["8"], header["35"]) == ("FIX.4.4", "J")
    assert re.fullmatch(KINDS["TIME"], header["52"])
    found = Instruction(header, {}, [], [])
    rest = fields[len(HEADER) : -1]
    while rest:
        tag, value = rest.pop(0)
        assert tag in BODY, f"tag {tag} is not defined for this message"
        assert tag not in found.body, f"tag {tag} appears more than once"
        assert re.fullmatch(KINDS.get(BODY[tag], BODY[tag]), value), f"{tag}={value}"
        found.body[tag] = value
        if tag in GROUPS:
            into = found.orders if tag == "73" else found.allocs
            rest = _groups(tag, int(value), rest, into)
    assert found.body.keys() >= REQUIRED
    # RefAllocID and AllocCancReplaceReason are required of replacements and cancellations, NoAllocs is not of
    # the latter.
    refers = found.body["71"] != "0"
    assert ("72" in found.body, "796" in found.body) == (refers, refers)
    assert "78" in found.body or found.body["71"] == "2"
    order = [tag for tag in BODY if tag in found.body]
    assert list(found.body) == order, "out of the dictionary's order"
    return found


def _fields(message: bytes) -> list[tuple[str, str]]:
    """Check body length and checksum over the bytes, and split them."""
    begin = re.match(rb"8=FIX\.4\.4\x019=([0-9]+)\x01", message)
    assert begin, message[:40]
    trailer = message[begin.end() + int(begin[1]) :]
    assert re.fullmatch(rb"10=[0-9]{3}\x01", trailer), "BodyLength does not lead to the trailer"
    summed = message[: len(message) - len(trailer)]
    assert sum(summed) % 256 == int(trailer[3:6])
    assert message.endswith(SOH)
    fields = [part.split("=", 1) for part in message.decode("ascii")[:-1].split("\x01")]
    return [(tag, value) for tag, value in fields]


def _groups(tag, count, rest, into):
    first, order = next(iter(GROUPS[tag])), list(GROUPS[tag])
    for _ in range(count):
        assert rest, f"the group {tag} ends too early"
        assert rest[0][0] == first, f"an entry of {tag} begins with {rest[0][0]}"
        entry = {}
        while rest and rest[0][0] in GROUPS[tag] and (rest[0][0] != first or not entry):
            name, value = rest.pop(0)
            assert name not in entry
            assert re.fullmatch(KINDS[GROUPS[tag][name]], value), f"{name}={value}"
            entry[name] = value
        assert list(entry) == [name for name in order if name in entry], "a group is out of order"
        into.append(entry)
    return rest
