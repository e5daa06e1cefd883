"""AllocationInstructions as an independent reader of FIX 4.4 understands them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.core.errors import DataMissing
from app.services.domain.side import Side
from app.services.reports.fix import (
    AllocationInstruction,
    AllocTransType,
    AllocType,
    Header,
    Share,
    Transaction,
    body,
    encoded,
    readable,
)
from tests.support.fix_reader import read

HEADER = Header("ALLOCATOR", "ALADDIN", datetime(2026, 7, 1, 15, 4, 5, 678_901, tzinfo=UTC))
NEW = Transaction("3b1c", AllocTransType.NEW)
PRELIMINARY = {"type": AllocType.PRELIMINARY, "average_price": Decimal(0)}
GIVEN = AllocationInstruction(
    type=AllocType.CALCULATED,
    external_id="3b1c",
    order_id="90001",
    order_quantity=Decimal("3000000.0000"),
    side=Side.BUY,
    isin="US91282CKF76",
    cusip="91282CKF7",
    currency="USD",
    factor=Decimal(1),
    quantity=Decimal("3000000.0000"),
    average_price=Decimal("98.5012500000"),
    trade_date=date(2026, 6, 30),
    settlement_date=date(2026, 7, 1),
    transacted_at=datetime(2026, 6, 30, 20, 0, 0, tzinfo=UTC),
    shares=(
        Share("ACC A", Decimal("2000000.0000"), Decimal("1970025.00"), Decimal("1234.50")),
        Share("B", Decimal("1000000.0000"), Decimal("985012.50"), Decimal("617.25")),
    ),
)


def test_a_calculated_instruction():
    found = read(encoded(GIVEN, NEW, HEADER))
    assert found.header["49"] == "ALLOCATOR"
    assert found.header["56"] == "ALADDIN"
    assert found.header["34"] == "1"
    assert found.header["52"] == "20260701-15:04:05.678"
    assert found.body == {
        "70": "3b1c", "71": "0", "626": "1", "857": "1", "73": "1", "54": "1", "55": "[N/A]",
        "48": "US91282CKF76", "22": "4", "53": "3000000", "423": "1", "6": "98.50125", "15": "USD",
        "75": "20260630", "60": "20260630-20:00:00.000", "64": "20260701", "381": "2955037.5",
        "118": "2956889.25", "159": "1851.75", "78": "2",
    }  # fmt: skip
    assert found.orders == [{"11": "3b1c", "37": "90001", "38": "3000000"}]
    assert found.allocs[0] == {
        "79": "ACC A", "80": "2000000", "467": "3b1c:ACC A", "153": "98.50125", "154": "1971259.5",
        "742": "1234.5",
    }  # fmt: skip


def test_the_bytes_of_a_small_message():
    """Body length and checksum counted by hand from the characters."""
    small = replace(GIVEN, **PRELIMINARY, quantity=Decimal(1), shares=(Share("A", Decimal(1)),))
    message = encoded(small, NEW, HEADER)
    assert message.startswith(b"8=FIX.4.4\x019=")
    body = message[message.index(b"35=J") : message.rindex(b"10=")]
    assert message.startswith(
        b"8=FIX.4.4\x019=%d\x0135=J\x0149=ALLOCATOR\x0156=ALADDIN\x0134=1\x01" % len(body)
    )
    total = 0
    for byte in message[: message.rindex(b"10=")]:
        total = (total + byte) % 256
    assert message.endswith(b"\x0110=%03d\x01" % total)


def test_a_preliminary_instruction_has_no_money():
    found = read(encoded(replace(GIVEN, **PRELIMINARY), NEW, HEADER))
    assert (found.body["626"], found.body["6"], found.body["53"]) == ("2", "0", "3000000")
    assert not {"381", "118", "159"} & found.body.keys()
    assert found.allocs[1] == {"79": "B", "80": "1000000", "467": "3b1c:B"}


def test_a_sale_of_a_bond_without_isin():
    found = read(encoded(replace(GIVEN, side=Side.SELL, isin=None), NEW, HEADER))
    assert (found.body["54"], found.body["48"], found.body["22"]) == ("2", "91282CKF7", "1")


def test_a_thousand_accounts_add_up():
    shares = tuple(
        Share(f"ACC-{i:04}", Decimal(1_000 * i), Decimal(987 * i) + Decimal("0.01"), Decimal("0.03") * i)
        for i in range(1, 1_001)
    )
    face = sum(share.quantity for share in shares)
    found = read(encoded(replace(GIVEN, quantity=face, shares=shares), NEW, HEADER))
    assert len(found.allocs) == int(found.body["78"]) == 1_000
    for total, part in (("53", "80"), ("118", "154"), ("159", "742")):
        assert sum(Decimal(a[part]) for a in found.allocs) == Decimal(found.body[total])
    assert Decimal(found.body["118"]) == Decimal(found.body["381"]) + Decimal(found.body["159"])
    assert len({a["467"] for a in found.allocs}) == 1_000


@pytest.mark.parametrize(
    ("change", "tag"),
    [
        ({"order_id": "9\x018=x"}, "37"),
        ({"external_id": ""}, "11"),
        ({"shares": (Share("Zürich", Decimal(1)),)}, "79"),
        ({"isin": None, "cusip": "XS-1"}, "48"),
        ({"isin": "US91282CKF7", "cusip": "X"}, "48"),
    ],
)
def test_what_fix_cannot_say_is_refused_by_its_tag(change, tag):
    with pytest.raises(DataMissing, match=f"tag {tag}"):
        encoded(replace(GIVEN, **change), NEW, HEADER)


def test_large_numbers_have_no_exponent():
    shares = (Share("A", Decimal("1E+12"), Decimal("999999999999.99"), Decimal("0E-2")),)
    found = read(encoded(replace(GIVEN, quantity=Decimal("1E+12"), shares=shares), NEW, HEADER))
    assert (found.body["53"], found.body["381"]) == ("1000000000000", "999999999999.99")
    assert found.body["159"] == "0"


def test_a_message_for_people():
    text = readable(encoded(GIVEN, NEW, HEADER))
    assert "|79=B|80=1000000|" in text
    assert "\x01" not in text


@pytest.mark.parametrize(
    ("transaction", "code"), [(AllocTransType.REPLACE, "1"), (AllocTransType.CANCEL, "2")]
)
def test_what_replaces_or_cancels_says_what_and_why(transaction, code):
    # R14.2
    """FIX 4.4: 72 and 796 are required of both; 796=2 is a change in underlying order details."""
    found = read(encoded(GIVEN, Transaction("3b1c-2", transaction, "3b1c-1"), HEADER))
    assert [found.body[tag] for tag in ("70", "71", "72", "796")] == ["3b1c-2", code, "3b1c-1", "2"]
    assert found.allocs[0]["467"] == "3b1c-2:ACC A"


def test_a_cancellation_has_neither_accounts_nor_money():
    # R14.2
    cancelled = replace(GIVEN, shares=())
    found = read(encoded(cancelled, Transaction("3b1c-2", AllocTransType.CANCEL, "3b1c-1"), HEADER))
    assert not {"78", "381", "118", "159"} & found.body.keys()
    assert (found.allocs, found.body["53"]) == ([], "3000000")


def test_a_bond_with_a_factor_has_it():
    # R14.3
    """By hand: 3,000,000 x 98.50125 / 100 x 0.5 = 1,477,518.75."""
    shares = (Share("A", Decimal(3_000_000), Decimal("1477518.75"), Decimal(0)),)
    found = read(encoded(replace(GIVEN, factor=Decimal("0.5000000000"), shares=shares), NEW, HEADER))
    assert found.body["228"] == "0.5"
    face, price, factor = (Decimal(found.body[tag]) for tag in ("53", "6", "228"))
    assert face * price / 100 * factor == Decimal(found.body["381"])
    assert "228" not in read(encoded(GIVEN, NEW, HEADER)).body


def test_text_is_for_people():
    assert read(encoded(GIVEN, NEW, HEADER, "a look")).body["58"] == "a look"


def test_the_body_is_without_header_and_trailer():
    later = replace(HEADER, target="OTHER", sent_at=HEADER.sent_at.replace(year=2027))
    first, second = encoded(GIVEN, NEW, HEADER), encoded(GIVEN, NEW, later)
    assert first != second
    assert body(first) == body(second)
    assert body(first).startswith(b"\x0170=3b1c\x01")
    assert body(first).endswith(b"742=617.25")


def test_faces_with_cents_are_written_out():
    """By hand: 491.76 x 98.50125 / 100 = 484.389747."""
    shares = (Share("A", Decimal("491.7600"), Decimal("484.39"), Decimal("0.30")),)
    found = read(encoded(replace(GIVEN, quantity=Decimal("491.7600"), shares=shares), NEW, HEADER))
    assert (found.body["53"], found.allocs[0]["80"]) == ("491.76", "491.76")
    assert found.allocs[0]["154"] == found.body["118"] == "484.69"
