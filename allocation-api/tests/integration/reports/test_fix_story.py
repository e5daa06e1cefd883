"""FIX messages as a story: each has an id of its own and says what it replaces, and what left is kept."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from hashlib import sha256

import pytest
from sqlalchemy import select, update

from app.core.database import Database
from app.models import FixMessageRow
from app.models.append_only import AppendOnlyError
from tests.support.desk import GOLDEN_BOOK
from tests.support.fix_reader import read
from tests.support.orders import BOND, FILL_SECONDS, OrderDesk, order_details

FACE = 3_800_000
SPLIT = {"ACC001": 1_000_000, "ACC002": 1_500_000, "ACC003": 800_000, "ACC004": 500_000}
"""3,800,000 by NAV, 100 : 150 : 80 : 50."""


@pytest.fixture
def desk(tmp_path):
    return OrderDesk(tmp_path)


@pytest.fixture
def quiet(tmp_path):
    """A desk whose orders fill only by what the test lets the vendor say."""
    return OrderDesk(tmp_path, fill_seconds=0)


def allocation_of(desk, order_id):
    return desk.order_shown(order_id)["allocation_id"]


def answer(desk, allocation_id, more="", method="GET", **query):
    path = f"/v1/allocations/{allocation_id}/fix{more}"
    return desk.app.test_client().open(path, method=method, headers=desk.headers, query_string=query)


def sent(desk, allocation_id):
    """The message as it leaves now: its bytes, and what an independent reader of FIX reads in them."""
    found = answer(desk, allocation_id)
    assert found.status_code == 200, found.text
    return found.data, read(found.data)


def listed(desk, allocation_id, **query):
    return desk.get(f"allocations/{allocation_id}/fix/messages", **query)["messages"]


def links(message):
    """AllocID, AllocTransType, AllocType, RefAllocID."""
    return [message.body.get(tag) for tag in ("70", "71", "626", "72")]


def booked(price=98.5, **more):
    """What the vendor says of the order of 3,800,000 when all of it is filled and booked."""
    return {"fillAmount": FACE, "averagePrice": price, "orderDetails": order_details(SPLIT, SPLIT), **more}


def faces(message):
    return {a["79"]: int(a["80"]) for a in message.allocs}


def test_from_the_order_over_a_change_to_the_cancellation(quiet):
    # R14.2
    order_id = quiet.order()
    key = allocation_of(quiet, order_id)
    first, message = sent(quiet, key)
    assert links(message) == [f"{key}-1", "0", "2", None]
    assert faces(message) == SPLIT
    quiet.clock.pass_by(60)
    assert sent(quiet, key)[0] == first

    quiet.change(order_id, 1_900_000)
    second, message = sent(quiet, key)
    assert links(message) == [f"{key}-2", "1", "2", f"{key}-1"]
    assert message.body["796"] == "2"
    assert faces(message) == {a: face // 2 for a, face in SPLIT.items()}
    assert message.orders[0]["38"] == message.body["53"] == "1900000"

    quiet.cancel(order_id)
    third, message = sent(quiet, key)
    assert links(message) == [f"{key}-3", "2", "2", f"{key}-2"]
    assert (message.body["796"], message.body["53"], message.allocs) == ("2", "1900000", [])
    quiet.clock.pass_by(60)
    assert sent(quiet, key)[0] == third

    story = listed(quiet, key)
    assert [(m["sequence"], m["trans_type"], m["alloc_type"], m["replaces"]) for m in story] == [
        (3, "CANCEL", "PRELIMINARY", f"{key}-2"),
        (2, "REPLACE", "PRELIMINARY", f"{key}-1"),
        (1, "NEW", "PRELIMINARY", None),
    ]
    for kept, message in zip(story, (third, second, first), strict=True):
        assert answer(quiet, key, f"/messages/{kept['alloc_id']}").data == message
        assert kept["sha256"] == sha256(message).hexdigest()


def test_what_was_filled_replaces_what_was_ordered(desk):
    # R14.2
    order_id = desk.order()
    key = allocation_of(desk, order_id)
    preliminary, _ = sent(desk, key)
    seen = set()
    while desk.order_shown(order_id)["filled_quantity"] < FACE:
        seen.add(desk.order_shown(order_id)["average_price"])
        assert sent(desk, key)[0] == preliminary
        desk.clock.pass_by(FILL_SECONDS // 10)
    assert len(seen) > 1
    _, found = sent(desk, key)
    assert links(found) == [f"{key}-2", "1", "1", f"{key}-1"]
    assert faces(found) == SPLIT
    assert len(listed(desk, key)) == 2


def test_the_first_message_of_a_filled_order_is_new(desk):
    # R14.2
    order_id = desk.order()
    desk.clock.pass_by(FILL_SECONDS)
    key = allocation_of(desk, order_id)
    assert links(sent(desk, key)[1]) == [f"{key}-1", "0", "1", None]


def test_an_order_cancelled_after_a_part_is_calculated_with_that_part(desk):
    order_id = desk.partly_filled()
    key = allocation_of(desk, order_id)
    sent(desk, key)
    desk.cancel(order_id)
    _, message = sent(desk, key)
    assert links(message) == [f"{key}-2", "1", "1", f"{key}-1"]
    assert int(message.body["53"]) == desk.order_shown(order_id)["filled_quantity"] > 0


@pytest.mark.parametrize("word", ["Canceled", "Expired", "Rejected"])
def test_an_order_that_ends_unfilled_at_aladdin_is_cancelled(quiet, word):
    # R14.2
    order_id = quiet.order()
    key = allocation_of(quiet, order_id)
    sent(quiet, key)
    quiet.wire.order = {"orderStatus": word}
    assert links(sent(quiet, key)[1]) == [f"{key}-2", "2", "2", f"{key}-1"]


def test_without_a_message_there_is_none_to_cancel(quiet):
    order_id = quiet.order()
    key = allocation_of(quiet, order_id)
    quiet.cancel(order_id)
    for query in ({}, {"readable": "true"}):
        found = answer(quiet, key, **query)
        assert (found.status_code, found.get_json()["code"]) == (409, "CONFLICT")
    assert listed(quiet, key) == []


def test_slices_that_changed_at_aladdin_replace_the_message(quiet):
    # R14.2
    order_id = quiet.order()
    key = allocation_of(quiet, order_id)
    sent(quiet, key)
    slices = {"ACC001": 1_300_000, "ACC002": 700_000}
    quiet.wire.order = {"face": 2_000_000, "orderDetails": order_details(slices, {})}
    _, message = sent(quiet, key)
    assert links(message) == [f"{key}-2", "1", "2", f"{key}-1"]
    assert faces(message) == slices


def test_a_fill_that_aladdin_corrects_replaces_what_was_calculated(quiet):
    # R14.2
    order_id = quiet.order()
    key = allocation_of(quiet, order_id)
    quiet.wire.order = booked()
    assert links(sent(quiet, key)[1]) == [f"{key}-1", "0", "1", None]
    quiet.wire.order = booked(98.25)
    _, message = sent(quiet, key)
    assert links(message) == [f"{key}-2", "1", "1", f"{key}-1"]
    assert message.body["6"] == "98.25"


def test_a_fill_that_is_taken_back_is_cancelled_and_comes_back_as_new(quiet):
    # R14.2
    order_id = quiet.order()
    key = allocation_of(quiet, order_id)
    quiet.wire.order = booked()
    sent(quiet, key)
    nothing = {"fillAmount": 0, "averagePrice": None, "orderDetails": order_details(SPLIT, {})}
    quiet.wire.order = {**nothing, "orderStatus": "Canceled"}
    assert links(sent(quiet, key)[1]) == [f"{key}-2", "2", "1", f"{key}-1"]
    quiet.wire.order = booked()
    assert links(sent(quiet, key)[1]) == [f"{key}-3", "0", "1", None]


def test_while_aladdin_s_booking_differs_the_preliminary_message_stands(quiet):
    # R12.6, R14.2
    order_id = quiet.order()
    key = allocation_of(quiet, order_id)
    sent(quiet, key)
    half = {account: face // 2 for account, face in SPLIT.items()}
    over = {"fillAmount": FACE // 2, "averagePrice": 98.5, "orderStatus": "Canceled"}
    quiet.wire.order = {**over, "orderDetails": order_details(SPLIT, {"ACC001": 500_000})}
    for query in ({}, {"readable": "true"}):
        found = answer(quiet, key, **query)
        assert (found.status_code, found.get_json()["code"]) == (409, "ALLOCATION_DIFFERENT")
    assert len(listed(quiet, key)) == 1
    quiet.wire.order = {**over, "orderDetails": order_details(SPLIT, half)}
    _, message = sent(quiet, key)
    assert links(message) == [f"{key}-2", "1", "1", f"{key}-1"]
    assert faces(message) == half


# --- money --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["BUY", "SELL"])
def test_money_is_the_preview_s_and_the_ledger_s_to_the_cent(tmp_path, side):
    # R1.2, R14.3
    """By hand for 750,000: 738,280.59225 and 6,093.093 are 744,373.68525, so 744,373.69, not .59 + .09."""
    book = json.loads(GOLDEN_BOOK.read_text())
    book["securities"][0] |= {"price": 98.4374123, "accrued": 0.8124124}
    file = tmp_path / "book.json"
    file.write_text(json.dumps(book))
    desk = OrderDesk(tmp_path, scenario=file, fill_seconds=0)
    more = {"order": {"side": side}, "parameters": {"base_metric": "NAV"}}
    preview = desk.preview(BOND, 1_900_000, groups=["GOLDEN"], **more)
    amounts = {
        a["account_id"]: Decimal(str(a["settlement_amount"]))
        for a in preview["allocations"]
        if a["allocated_quantity"]
    }
    if side == "BUY":
        assert amounts["ACC002"] == Decimal("744373.69")
    total = Decimal(str(preview["summary"]["total_settlement_amount"]))
    key = preview["allocation_id"]
    (order_id,) = desk.post(f"allocations/{key}/commit")["aladdin_order_ids"]
    faces_of = {a["account_id"]: a["allocated_quantity"] for a in preview["allocations"]}
    details = order_details(faces_of, faces_of)
    desk.wire.order = {"fillAmount": 1_900_000, "averagePrice": 98.4374123, "orderDetails": details}
    _, message = sent(desk, key)
    assert {a["79"]: Decimal(a["154"]) for a in message.allocs} == amounts
    ledger = {
        a["account_id"]: Decimal(str(a["principal"]))
        for a in desk.fills(order_id)["fills"][-1]["allocations"]
    }
    assert {a["79"]: Decimal(a["154"]) - Decimal(a["742"]) for a in message.allocs} == ledger
    assert Decimal(message.body["118"]) == sum(amounts.values()) == total
    assert Decimal(message.body["381"]) + Decimal(message.body["159"]) == total


# --- looks --------------------------------------------------------------------------------------------------


def test_a_readable_look_stores_nothing_and_says_so(quiet):
    key = allocation_of(quiet, quiet.order())
    look = answer(quiet, key, readable="true")
    assert look.headers["Fix-Message-Sent"] == "false"
    assert "|58=Not sent: a look at what would be sent now|" in look.text
    assert f"|70={key}-1|71=0|" in look.text
    assert listed(quiet, key) == []
    head = answer(quiet, key, method="HEAD")
    assert (head.status_code, head.headers["Fix-Message-Sent"]) == (200, "false")
    assert listed(quiet, key) == []


def test_a_readable_look_at_what_left_is_what_left(quiet):
    order_id = quiet.order()
    key = allocation_of(quiet, order_id)
    message, _ = sent(quiet, key)
    look = answer(quiet, key, readable="true")
    assert look.headers["Fix-Message-Sent"] == "true"
    assert look.data == message.replace(b"\x01", b"|")
    quiet.change(order_id, 1_900_000)
    look = answer(quiet, key, readable="true")
    assert look.headers["Fix-Message-Sent"] == "false"
    assert f"|70={key}-2|71=1|626=2|72={key}-1|796=2|" in look.text
    assert len(listed(quiet, key)) == 1


# --- what is kept -------------------------------------------------------------------------------------------


def test_each_message_that_leaves_is_audited_with_the_hash_of_its_bytes(quiet):
    order_id = quiet.order()
    key = allocation_of(quiet, order_id)
    messages = [sent(quiet, key)[0], sent(quiet, key)[0]]
    quiet.change(order_id, 1_900_000)
    quiet.clock.pass_by(1)
    messages.append(sent(quiet, key)[0])
    records = sorted(quiet.audited(key, "FIX_SENT"), key=lambda record: record["sequence"])
    assert [r["after"]["sha256"] for r in records] == [
        sha256(messages[0]).hexdigest(),
        sha256(messages[2]).hexdigest(),
    ]
    assert [r["username"] for r in records] == [m["sent_by"] for m in listed(quiet, key)]
    assert quiet.get("audit/verify")["whole"] is True


def test_pages_of_messages_are_newest_first(quiet):
    order_id = quiet.order()
    key = allocation_of(quiet, order_id)
    for face in range(1_900_000, 2_000_000, 10_000):
        sent(quiet, key)  # The clock stands still: the order of the list does not.
        quiet.change(order_id, face)
    found, cursor = [], {}
    while True:
        page = quiet.get(f"allocations/{key}/fix/messages", limit=3, **cursor)
        found += [m["sequence"] for m in page["messages"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert found == list(range(10, 0, -1))


def test_there_is_no_message_of_an_allocation_that_is_not_there(quiet):
    key = allocation_of(quiet, quiet.order())
    sent(quiet, key)
    assert quiet.get("allocations/none/fix/messages", status=404)["code"] == "NOT_FOUND"
    assert quiet.get(f"allocations/{key}/fix/messages/{key}-2", status=404)["code"] == "NOT_FOUND"
    assert quiet.get(f"allocations/none/fix/messages/{key}-1", status=404)["code"] == "NOT_FOUND"


def test_what_left_is_not_changed_any_more(quiet):
    key = allocation_of(quiet, quiet.order())
    sent(quiet, key)
    database = Database(quiet.settings.database_url)

    def change(session):
        session.scalars(select(FixMessageRow)).one().message = "8=FIX.4.4"

    def change_by_statement(session):
        session.execute(update(FixMessageRow).values(message="8=FIX.4.4"))

    def drop(session):
        session.delete(session.scalars(select(FixMessageRow)).one())

    for unit in (change, change_by_statement, drop):
        with pytest.raises(AppendOnlyError, match="fix_messages"):
            database.retried(unit)
    database.close()


def test_another_process_hands_out_what_left(quiet, tmp_path):
    key = allocation_of(quiet, quiet.order())
    message, _ = sent(quiet, key)
    quiet.clock.pass_by(60)
    assert sent(OrderDesk(tmp_path, beside=quiet), key)[0] == message


def test_two_processes_that_are_asked_at_once_send_one_message(quiet, tmp_path):
    order_id = quiet.order()
    key = allocation_of(quiet, order_id)
    desks = [quiet, *(OrderDesk(tmp_path, beside=quiet) for _ in range(3))]
    for sequence, face in enumerate((FACE, 1_900_000, 2_850_000), start=1):
        quiet.change(order_id, face)
        with ThreadPoolExecutor(len(desks)) as pool:
            messages = set(pool.map(lambda desk: sent(desk, key)[0], desks))
        assert len(messages) == 1
        assert [m["sequence"] for m in listed(quiet, key)] == list(range(sequence, 0, -1))


def test_a_message_of_a_changed_partner_is_not_sent_again(quiet, tmp_path):
    """Sender and target are of the connection, and no change of the allocation."""
    key = allocation_of(quiet, quiet.order())
    message, _ = sent(quiet, key)
    assert sent(OrderDesk(tmp_path, beside=quiet, FIX_TARGET_COMP_ID="CUSTODIAN"), key)[0] == message
