from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from aladdin_simulator import Benchmark, BookError, SimulatorBook, load_book
from aladdin_simulator.book import Position
from tests.unit.simulator.vendor import COMPANY, GOLDEN, TREASURY, book_entry

Entry = dict[str, Any]


def load(folder: Path, entry: object) -> SimulatorBook:
    file = folder / "book.json"
    file.write_text(entry if isinstance(entry, str) else json.dumps(entry, indent=2))
    return load_book(str(file))


def refusal(folder: Path, entry: object) -> str:
    with pytest.raises(BookError) as caught:
        load(folder, entry)
    return str(caught.value).replace(str(folder), "")


# --- what is served -----------------------------------------------------------------------------------------


def test_the_golden_book_has_the_active_spread_durations_of_the_rules():
    """Section 7 of the allocation rules, in exact fractions: ASD = market value x 3.8 / NAV - benchmark."""
    book = load_book(str(GOLDEN))
    stated = {"ACC001": "5.2", "ACC002": "4.8", "ACC003": "5.5", "ACC004": "5.0"}
    sizes = {a.account_id: (a.nav, a.cash, sum(p.face for p in a.positions)) for a in book.accounts}
    assert sizes == {
        "ACC001": (100_000_000, 5_000_000, 1_000_000),
        "ACC002": (150_000_000, 8_000_000, 2_000_000),
        "ACC003": (80_000_000, 3_000_000, 500_000),
        "ACC004": (50_000_000, 1_000_000, 0),
    }
    for account_id, (nav, _, face) in sizes.items():
        (benchmark,) = (a.benchmark for a in book.accounts if a.account_id == account_id)
        held = Fraction(face) * Fraction("0.985") * Fraction("3.8") / Fraction(nav)
        active = held - Fraction(benchmark.spread_duration)
        assert abs(active - Fraction(stated[account_id])) < Fraction(1, 10**15)
    (bond,) = book.securities
    assert (bond.price, bond.accrued, bond.spread_duration) == (Decimal("98.5"), 0, 3.8)
    assert (bond.min_piece, bond.increment) == (1000, 1000)


def test_what_the_file_states_is_served_as_it_stands(tmp_path):
    book = load(tmp_path, book_entry())
    bond = book.bond_by_cusip[TREASURY]
    assert book.as_of == date(2026, 6, 30)
    assert (bond.isin, bond.kind, bond.issue_date, bond.risk_country) == ("US912828YW42", "GOVT", None, "US")
    assert (bond.accrued, bond.yield_to_maturity, bond.duration, bond.convexity, bond.oas) == (
        Decimal("0.25"),
        4.1,
        4.2,
        0.2,
        12.0,
    )
    assert book.accounts[2].positions == (
        Position(TREASURY, Decimal(500_000)),
        Position(COMPANY, Decimal(250_000)),
    )
    assert book.groups[2].member_ids == ("ALPHA", "BETA", "ACC004")


def test_numbers_left_out_are_computed_from_terms_and_price(tmp_path):
    """Against a calculation by hand: 31 of 183 days accrued; the yield by the street formula."""
    entry = json.loads(GOLDEN.read_text())
    for key in ("accrued", "yield", "duration", "convexity"):
        del entry["securities"][0][key]
    (bond,) = load(tmp_path, entry).securities
    assert bond.accrued == Decimal("0.211749")
    half = 1 + bond.yield_to_maturity / 200
    flows = [1.25] * 9 + [101.25]
    value = sum(flow / half ** (152 / 183 + number) for number, flow in enumerate(flows))
    assert value == pytest.approx(98.711749, abs=1e-6)
    assert bond.duration == pytest.approx(4.58, abs=0.01)
    assert bond.convexity == pytest.approx(0.24, abs=0.001)
    assert (bond.spread_duration, bond.oas) == (3.8, 12.0)


@pytest.mark.parametrize("key", ["accrued", "yield", "duration", "convexity"])
def test_one_number_left_out_leaves_the_stated_ones_alone(tmp_path, key):
    entry = json.loads(GOLDEN.read_text())
    stated = {"accrued": Decimal(0), "yield": 4.1, "duration": 4.2, "convexity": 0.2}
    del entry["securities"][0][key]
    (bond,) = load(tmp_path, entry).securities
    served = {
        "accrued": bond.accrued,
        "yield": bond.yield_to_maturity,
        "duration": bond.duration,
        "convexity": bond.convexity,
    }
    assert {name for name in stated if served[name] != stated[name]} == {key}


def test_spread_duration_and_oas_left_out_are_not_invented(tmp_path):
    bond = load(tmp_path, book_entry()).bond_by_cusip[COMPANY]
    assert (bond.spread_duration, bond.oas) == (None, None)


def test_nav_left_out_is_cash_and_market_value_with_accrued(tmp_path):
    """ACC003: 3,000,000 cash, 500,000 at 98.75 and 250,000 at 101.5."""
    entry = book_entry()
    del entry["accounts"][2]["nav"]
    assert load(tmp_path, entry).accounts[2].nav == Decimal("3747500.00")


def test_benchmarks_stay_as_they_are_said(tmp_path):
    entry = book_entry()
    entry["groups"][0]["benchmark"] = {"spread_duration": -5, "duration": 5.5, "oas": 80}
    del entry["accounts"][3]["benchmark"]
    book = load(tmp_path, entry)
    assert book.groups[0].benchmark == Benchmark(-5.0, 5.5, 80.0)
    assert book.groups[1].benchmark is None
    assert book.accounts[0].benchmark == Benchmark(spread_duration=-5.16257)
    assert book.accounts[3].benchmark is None


def test_optional_texts_and_lists_may_be_left_out(tmp_path):
    entry = book_entry()
    for key in ("description", "strategy", "manager"):
        del entry["groups"][0][key]
    del entry["accounts"][3]["restrictions"], entry["accounts"][3]["positions"]
    book = load(tmp_path, entry)
    assert (book.groups[0].description, book.groups[0].strategy, book.groups[0].manager) == ("", "", "")
    assert (book.accounts[3].restrictions, book.accounts[3].positions) == ((), ())


def test_unknown_restrictions_pass_because_the_reader_must_fail_closed(tmp_path):
    entry = book_entry()
    entry["accounts"][0]["restrictions"] = ["NO_FUN"]
    assert load(tmp_path, entry).accounts[0].restrictions == ("NO_FUN",)


def test_a_byte_order_mark_does_no_harm(tmp_path):
    file = tmp_path / "book.json"
    file.write_text(GOLDEN.read_text(), encoding="utf-8-sig")
    assert len(load_book(str(file)).accounts) == 4


# --- what is refused ----------------------------------------------------------------------------------------

SECURITY, ACCOUNT, GROUP = ("securities", 0), ("accounts", 2), ("groups", 0)

IMPOSSIBLE: list[tuple[tuple[str | int, ...], object, str]] = [
    (
        (*SECURITY, "cusip"),
        "912828YW5",
        "securities[0].cusip: '912828YW5' is not valid: the check digit should be 4",
    ),
    (
        (*SECURITY, "cusip"),
        "912828YW",
        "securities[0].cusip: '912828YW' is not valid: a CUSIP has eight digits",
    ),
    ((*SECURITY, "cusip"), COMPANY, "securities[1].cusip: '037833100' occurs twice"),
    ((*SECURITY, "price"), 0, "securities[0].price: expected `number` > 0"),
    ((*SECURITY, "price"), -1.5, "securities[0].price: expected `number` > 0"),
    (
        (*SECURITY, "price"),
        "98.5",
        "securities[0].price: expected a number like 1234567.89, got the text '98.5'",
    ),
    ((*SECURITY, "price"), True, "securities[0].price: expected `number`, got `bool`"),
    ((*SECURITY, "price"), None, "securities[0].price: expected `number`, got `null`"),
    (
        (*SECURITY, "price"),
        float("nan"),
        "securities[0].price: expected `number`, got a number that is not finite",
    ),
    ((*SECURITY, "duration"), float("inf"), "securities[0].duration: expected"),
    ((*SECURITY, "coupon"), -0.5, "securities[0].coupon: expected `number` >= 0"),
    (
        (*SECURITY, "maturity"),
        "2026-06-30",
        "securities[0].maturity: 2026-06-30 is not after as_of 2026-06-30",
    ),
    (
        (*SECURITY, "maturity"),
        "2025-01-01",
        "securities[0].maturity: 2025-01-01 is not after as_of 2026-06-30",
    ),
    ((*SECURITY, "maturity"), "2031-02-30", "securities[0].maturity: expected a date as YYYY-MM-DD"),
    ((*SECURITY, "maturity"), 20310531, "securities[0].maturity: expected `date`, got `integer`"),
    ((*SECURITY, "day_count"), "BUS/252", "securities[0].day_count: "),
    ((*SECURITY, "rating"), "A++", "securities[0].rating: 'A++' is not one of AAA, AA+"),
    ((*SECURITY, "country"), "usa", "securities[0].country: "),
    ((*SECURITY, "min_piece"), 0, "securities[0].min_piece: expected `integer` >= 1"),
    ((*SECURITY, "increment"), 0, "securities[0].increment: expected `integer` >= 1"),
    ((*SECURITY, "increment"), 2.5, "securities[0].increment: expected `integer`, got `number`"),
    ((*SECURITY, "increment"), True, "securities[0].increment: expected `integer`, got `bool`"),
    ((*SECURITY, "amount_issued"), 0, "securities[0].amount_issued: expected `number` > 0"),
    ((*SECURITY, "colour"), "red", "securities[0].colour: unknown key"),
    ((*ACCOUNT, "positions", 0, "face"), -1, "accounts[2].positions[0].face: expected `number` >= 0"),
    (
        (*ACCOUNT, "positions", 0, "face"),
        "1000",
        "accounts[2].positions[0].face: expected a number like 1234567.89, got the text '1000'",
    ),
    ((*ACCOUNT, "positions", 0, "price"), 98, "accounts[2].positions[0].price: unknown key"),
    (
        (*ACCOUNT, "positions", 0, "cusip"),
        "594918104",
        "accounts[2].positions[0].cusip: '594918104' is not among",
    ),
    (
        (*ACCOUNT, "positions", 0, "cusip"),
        COMPANY,
        "accounts[2].positions[1].cusip: '037833100' occurs twice",
    ),
    ((*ACCOUNT, "nav"), float("-inf"), "accounts[2].nav: expected"),
    ((*ACCOUNT, "nav"), 1e300, "accounts[2].nav: expected"),
    ((*ACCOUNT, "cash"), "1", "accounts[2].cash: expected a number like 1234567.89, got the text '1'"),
    (
        (*ACCOUNT, "currency"),
        "EUR",
        "accounts[2].positions[0].cusip: 912828YW4 is in USD, the account in EUR",
    ),
    ((*ACCOUNT, "account_id"), "ACC001", "accounts[2].account_id: 'ACC001' occurs twice"),
    ((*ACCOUNT, "account_id"), "-ACC", "accounts[2].account_id: "),
    ((*ACCOUNT, "account_id"), "A,B", "accounts[2].account_id: "),
    ((*ACCOUNT, "restrictions"), "NO_TOBACCO", "accounts[2].restrictions: expected `array`, got `str`"),
    ((*ACCOUNT, "cash_reserve_percent"), 2, "accounts[2].cash_reserve_percent: expected `number` <= 1.0"),
    ((*ACCOUNT, "benchmark", "dts"), 1, "accounts[2].benchmark.dts: unknown key"),
    ((*ACCOUNT, "benchmark", "oas"), float("nan"), "accounts[2].benchmark.oas: expected"),
    ((*GROUP, "accounts", 1), "NOBODY", "groups[0].accounts[1]: 'NOBODY' is neither an account nor a group"),
    ((*GROUP, "accounts", 1), "ACC001", "groups[0].accounts[1]: 'ACC001' occurs twice"),
    ((*GROUP, "accounts", 1), "ALPHA", "groups[0].accounts: the groups form a cycle: ALPHA > ALPHA"),
    ((*GROUP, "accounts", 1), "TOP", "groups[0].accounts: the groups form a cycle: ALPHA > TOP > ALPHA"),
    ((*GROUP, "group_id"), "ACC004", "groups[0].group_id: 'ACC004' occurs twice"),
    ((*GROUP, "created_date"), "01/01/2020", "groups[0].created_date: expected a date as YYYY-MM-DD"),
    (("as_of",), "1815-06-18", "as_of: 1815-06-18 is not between 1970-01-01 and 2100-12-31"),
    (("comment",), "ours", "comment: unknown key"),
]


@pytest.mark.parametrize(("path", "value", "message"), IMPOSSIBLE)
def test_impossible_values_are_refused_with_key_and_line(tmp_path, path, value, message):
    entry = book_entry()
    holder: Any = entry
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    said = refusal(tmp_path, entry).splitlines()
    places = [re.fullmatch(r"/book\.json, line (\d+), (.*)", line) for line in said]
    assert all(places)
    (found,) = [place for place in places if place[2].startswith(message)]
    lines = (tmp_path / "book.json").read_text().splitlines()
    named = re.search(r"([a-z_]+)(?:\[\d+\])?:", found[2])[1]
    near = "\n".join(lines[max(0, int(found[1]) - 3) : int(found[1])])
    assert f'"{named}"' in near


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (("as_of",), "line 1, as_of: the value is missing"),
        (("groups", 1, "group_name"), "groups[1].group_name: the value is missing"),
        (("accounts", 0, "cash"), "accounts[0].cash: the value is missing"),
        (("accounts", 0, "currency"), "accounts[0].currency: the value is missing"),
        (("accounts", 0, "positions", 0, "face"), "accounts[0].positions[0].face: the value is missing"),
        *(
            (("securities", 1, key), f"securities[1].{key}: the value is missing")
            for key in (
                "cusip",
                "price",
                "coupon",
                "maturity",
                "day_count",
                "min_piece",
                "increment",
                "rating",
            )
        ),
    ],
)
def test_missing_keys_are_named(tmp_path, path, message):
    entry = book_entry()
    holder: Any = entry
    for step in path[:-1]:
        holder = holder[step]
    del holder[path[-1]]
    assert refusal(tmp_path, entry).endswith(message)


def test_a_key_said_twice_is_refused(tmp_path):
    text = GOLDEN.read_text().replace('"face": 500000', '"face": 500000, "face": 0')
    line = next(n for n, row in enumerate(text.splitlines(), start=1) if '"face": 0' in row)
    said = f"/book.json, line {line}, accounts[2].positions[0].face: the key occurs twice in the same object"
    assert refusal(tmp_path, text) == said


BREAK: list[tuple[Callable[[str], str], str]] = [
    (lambda _: "", "/book.json, line 1, column 1: not JSON: Expecting value"),
    (lambda text: text[:-3], "not JSON: Expecting"),
    (
        lambda text: text.replace('"as_of":', '"as_of"'),
        "/book.json, line 2, column 11: not JSON: Expecting ':'",
    ),
    (lambda text: text + "x", "not JSON: Extra data"),
    (lambda _: "[]", "/book.json, line 1: expected `object`, got `array`"),
    (lambda _: "[" * 100_000, "the JSON cannot be read: maximum recursion depth exceeded"),
    (lambda text: text.replace("150000000", "1" * 5000), "the JSON cannot be read: Exceeds the limit"),
]


@pytest.mark.parametrize(("spoil", "message"), BREAK)
def test_what_is_not_json_is_refused_with_line_and_column(tmp_path, spoil, message):
    assert message in refusal(tmp_path, spoil(GOLDEN.read_text()))


def test_what_is_not_utf8_is_refused(tmp_path):
    file = tmp_path / "book.json"
    file.write_bytes(b'{"as_of": "\xff"}')
    with pytest.raises(BookError, match=r"/book\.json, line 1: is not UTF-8: save it as UTF-8"):
        load_book(str(file))


def test_a_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(BookError, match=r"nowhere\.json: cannot be read: No such file"):
        load_book(str(tmp_path / "nowhere.json"))


def test_a_folder_is_not_a_book(tmp_path):
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(BookError, match=r"folder\.json: cannot be read: Is a directory"):
        load_book(str(tmp_path / "folder.json"))


def test_numbers_that_cannot_be_computed_are_asked_for(tmp_path):
    """The bond matures on the settlement date: no cash flow is left to yield anything."""
    entry = json.loads(GOLDEN.read_text())
    entry["securities"][0]["maturity"] = "2026-07-01"
    assert load(tmp_path, entry).securities[0].duration == 4.2
    del entry["securities"][0]["duration"]
    said = refusal(tmp_path, entry)
    assert "securities[0]: accrued, yield, duration or convexity is left out and cannot be computed" in said
    assert "2026-07-01 is not after settlement 2026-07-01" in said
