"""The check of a book: everything that is wrong with it at once, and what is seldom meant, by name."""

from __future__ import annotations

import copy
import random

import pytest

from aladdin_simulator import BookError, load_book, words
from aladdin_simulator.__main__ import main
from app.services.compliance import facts, rules
from app.services.domain.account import LimitScope
from tests.unit.simulator.vendor import ACCOUNTS, GOLDEN, HOLDINGS, RATINGS, Vendor, book_entry, golden

BOND = "912828YW4"


def test_a_book_without_faults(check):
    assert check(golden()) == (0, ["0 errors, 0 warnings"])


def test_all_errors_are_told_at_once_with_line_path_and_what_is_allowed(check):
    entry = book_entry()
    entry["colour"] = "red"
    entry["groups"][0]["accounts"].append("NOBODY")
    del entry["groups"][1]["group_name"]
    entry["accounts"][0] |= {"cash": "much", "currency": "Dollar"}
    entry["accounts"][1]["positions"][0] = {"cusip": "594918104", "face": -1}
    entry["securities"][0] |= {"day_count": "BUS/252", "rating": "A++", "frequency": 5, "price": 0}
    entry["securities"][1] |= {"cusip": "037833101", "maturity": "2026-06-30", "spread_duration": 9}
    status, lines = check(entry)
    assert status == 1
    assert lines[-1] == "12 errors, 0 warnings"
    text = "\n".join(lines)
    for path, said in [
        ("colour", "unknown key: use as_of, groups, accounts, securities, limits"),
        ("groups[0].accounts[2]", "'NOBODY' is neither an account nor a group of this book"),
        ("groups[1].group_name", "the value is missing"),
        ("accounts[0].cash", "expected a number like 1234567.89, got the text 'much'"),
        ("accounts[0].currency", "'Dollar' is not a currency of three capital letters, like USD"),
        ("accounts[1].positions[0].face", "expected `number` >= 0.0"),
        (
            "securities[0].day_count",
            "'BUS/252' is not one of ACT/ACT, 30/360, 30E/360, ACT/360, ACT/365, ACT/366",
        ),
        ("securities[0].frequency", "5 is not one of 1, 2, 3, 4, 6, 12"),
        ("securities[0].price", "expected `number` > 0.0"),
        ("securities[1].cusip", "'037833101' is not valid: the check digit should be 0"),
        ("securities[1].maturity", "2026-06-30 is not after as_of 2026-06-30 and by 2199-12-31"),
        ("accounts[2].positions[1].cusip", "'037833100' is not among the securities"),
    ]:
        assert f", {path}: {said}" in text
    numbers = [int(line.split("line ")[1].split(",")[0]) for line in lines[:-1]]
    assert numbers == sorted(numbers)


def test_a_character_that_does_not_show_is_named_in_texts_and_ids(check):
    entry = book_entry()
    entry["groups"][0]["group_name"] = "Growth\u202e"
    entry["accounts"][0]["account_name"] = "Käufe\u200d für 中文"
    entry["accounts"][1]["account_name"] = "two\nlines"
    status, lines = check(entry)
    assert (status, lines[-1].partition(",")[0]) == (1, "2 errors")
    assert "groups[0].group_name: the character U+202E is not allowed" in "\n".join(lines)
    assert "accounts[1].account_name: the character U+000A is not allowed" in "\n".join(lines)


def test_the_start_refuses_a_book_in_the_same_words(check, tmp_path):
    entry = book_entry()
    entry["accounts"][0]["cash"] = "much"
    entry["securities"][1] |= {"rating": "A++", "spread_duration": 9}
    _, lines = check(entry)
    with pytest.raises(BookError) as refused:
        load_book("book.json")
    assert str(refused.value).splitlines() == lines[:-1]
    assert len(lines) == 3


def warned(lines):
    """Path and name of each warning."""
    return [
        (line.split(", ", 2)[2].split(": ")[0], line.split("warning ")[1].split(":")[0]) for line in lines
    ]


def test_what_is_seldom_meant_is_warned_of_by_name(check, tmp_path):
    entry = golden()
    entry["accounts"][0]["nav"] = -5
    entry["accounts"][1]["nav"] = 10_000
    entry["accounts"][2] |= {"nav": 0, "restrictions": ["NO_FUN"]}
    entry["groups"][0]["accounts"].remove("ACC004")
    entry["groups"].append(entry["groups"][0] | {"group_id": "NONE", "accounts": []})
    entry["securities"][0] |= {"min_piece": 500, "sector": "Space tourism", "spread_duration": None}
    entry["securities"][0]["amount_issued"] = 3_499_999.99
    status, lines = check(entry)
    assert status == 0
    assert lines[-1] == "0 errors, 10 warnings"
    assert sorted(warned(lines[:-1])) == [
        ("accounts[0].nav", "NEGATIVE_NAV"),
        ("accounts[1].nav", "HOLDINGS_EXCEED_NAV"),
        ("accounts[2].nav", "ZERO_NAV"),
        ("accounts[2].restrictions[0]", "UNKNOWN_RESTRICTION"),
        ("accounts[3]", "ACCOUNT_IN_NO_GROUP"),
        ("groups[1].accounts", "EMPTY_GROUP"),
        ("securities[0].amount_issued", "HOLDINGS_EXCEED_ISSUE"),
        ("securities[0].min_piece", "MIN_PIECE_BELOW_INCREMENT"),
        ("securities[0].sector", "UNKNOWN_SECTOR"),
        ("securities[0].spread_duration", "NO_SPREAD_DURATION"),
    ]
    text = "\n".join(lines)
    assert "known are INVESTMENT_GRADE_ONLY, NO_HIGH_YIELD, NO_EMERGING_MARKETS, NO_TOBACCO" in text
    # 2,000,000 at 98.5 without accrued.
    assert "holdings of 1,970,000.00 are 197.0 times the NAV of 10,000.00" in text
    # 1,000,000, 2,000,000 and 500,000.
    assert "3,500,000 are held in this book, 3,499,999.99 were issued" in text
    assert list(load_book("book.json").warnings) == lines[:-1]


@pytest.mark.parametrize("key", ["groups", "accounts", "securities", "limits"])
def test_a_list_that_is_none_is_told_once(check, key):
    status, lines = check(golden() | {key: {}})
    assert status == 1
    assert sum(f", {key}: expected `array`, got `object`" in line for line in lines) == 1


def test_a_key_is_told_wherever_it_occurs_twice(check):
    text = GOLDEN.read_text().replace('"face": 500000', '"face": 500000, "face": 0')
    status, lines = check(text.replace('"cash": 1000000', '"cash": 1000000, "cash": 0'))
    assert status == 1
    assert [line.split(", ")[-1] for line in lines[:-1]] == [
        "accounts[2].positions[0].face: the key occurs twice in the same object",
        "accounts[3].cash: the key occurs twice in the same object",
    ]


def paths(value, path=()):
    """The path of every value in a JSON value, but its own."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield (*path, key)
        yield from paths(each, (*path, key))


JUNK = (None, True, -1, 1e300, "", "x", "2026-02-30", "2049-12-31", [], {}, [None], {"a": 1}, BOND, 10**30)


@pytest.mark.parametrize("seed", range(60))
def test_however_a_book_is_spoilt_the_check_tells_it(check, seed):
    rng = random.Random(seed)
    entry = book_entry() | {"limits": [{"code": "ISSUE_OWNERSHIP", "value": 0.1}]}
    for _ in range(3):
        *above, key = rng.choice(list(paths(entry)))
        holder = entry
        for step in above:
            holder = holder[step]
        holder[key] = copy.deepcopy(rng.choice(JUNK))
    csv = (ACCOUNTS, HOLDINGS) if seed % 2 else (None, None)
    status, lines = check(entry, *csv)
    assert (status == 1) == (not lines[-1].startswith("0 errors"))
    assert all(", line " in line for line in lines[:-1])


def test_check_needs_something_to_check(capsys):
    assert main(["check"], {}) == 2
    assert "check needs a BOOK, --accounts or --holdings" in capsys.readouterr().err
    assert main(["check", "nowhere.json"], {}) == 2
    assert "nowhere.json: cannot be read" in capsys.readouterr().err


# --- limits, ratings, words ---------------------------------------------------------------------------------


def test_limits_of_a_book_are_checked(check):
    entry = golden()
    entry["limits"] = [
        {"code": "ISSUER_CONCENTRATION", "value": 0.05},
        {"code": "ISSUER_CONCENTRATION", "scope": "SECTOR", "scope_id": "BANKING", "value": 0.2},
        {"code": "ISSUE_OWNERSHIP", "scope": "ACCOUNT", "scope_id": "ACC001", "value": 0.1},
    ]
    assert check(entry) == (0, ["0 errors, 0 warnings"])
    entry["limits"] += [
        {"code": "ISSUER_CONCENTRATION", "value": 0.06},
        {"code": "SPEED", "value": 0.1},
        {"code": "PRICE_DEVIATION", "value": 5},
        {"code": "PRICE_DEVIATION", "scope": "SECTOR", "scope_id": "SPACE", "value": 0.1},
        {"code": "PRICE_DEVIATION", "scope": "ACCOUNT", "scope_id": "NOBODY", "value": 0.1},
    ]
    status, lines = check(entry)
    assert status == 1
    assert [line.split(", ", 2)[2][:59] for line in lines[:-1]] == [
        "limits[3]: 'ISSUER_CONCENTRATION DEFAULT *' occurs twice",
        "limits[4].code: 'SPEED' is not one of ISSUER_CONCENTRATION,",
        "limits[5].value: expected `number` <= 1.0",
        "limits[6].scope_id: 'SPACE' is not one of GOVT, TREASURY, A",
        "limits[7].scope_id: 'NOBODY' is no account of this book",
    ]


@pytest.mark.parametrize(
    ("ratings", "composite"),
    # The middle of three, the lower of two, the only one, none.
    [
        ({"moodys": "Baa3", "sp": "BB+", "fitch": "BBB"}, "BBB-"),
        ({"moodys": "Aa3", "sp": "A"}, "A"),
        ({"fitch": "CCC+"}, "CCC+"),
        ({}, "NR"),
    ],
)
def test_ratings_by_agency_are_served_as_they_are_given(check, ratings, composite):
    entry = golden()
    del entry["securities"][0]["rating"]
    entry["securities"][0]["ratings"] = ratings
    assert check(entry) == (0, ["0 errors, 0 warnings"])
    book = load_book("book.json")
    assert book.bond_by_cusip[BOND].rating == composite
    served = Vendor(book).get(RATINGS, assetId=BOND)["ratingsByAssetId"][BOND]["ratingsByAgencyId"]
    names = {"1": "moodys", "2": "sp", "3": "fitch"}
    assert {names[k]: v["rating"][0]["creditRating"] for k, v in served.items()} == ratings


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"ratings": {"moodys": "BBB"}, "rating": None}, "ratings.moodys: 'BBB' is not one of Aaa, Aa1"),
        ({"ratings": {"sp": "Baa2"}, "rating": None}, "ratings.sp: 'Baa2' is not one of AAA, AA+"),
        ({"ratings": {"dbrs": "A"}, "rating": None}, "ratings.dbrs: unknown key: use moodys, sp, fitch"),
        ({"ratings": {"sp": "A"}}, "rating: give either `rating` or `ratings`, not both"),
        ({"rating": None}, "rating: the value is missing"),
        ({"first_coupon": "2030-01-15", "yield": None}, "computed: its first coupon 2030-01-15 does not fit"),
        ({"maturity": "2049-12-31", "yield": None}, "computed: it is perpetual, and its first coupon is"),
        (
            {"last_coupon": "2035-01-15"},
            "last_coupon: 2035-01-15 is not after the issue date and by the matur",
        ),
        ({"issue_date": "2031-05-31"}, "issue_date: 2031-05-31 is not before the maturity 2031-05-31"),
        (
            {"first_coupon": "2030-05-31", "last_coupon": "2028-05-31"},
            "last_coupon: 2028-05-31 is before the first coupon 2030-05-31",
        ),
    ],
)
def test_ratings_and_coupon_dates_that_do_not_fit(check, fields, words):
    entry = golden()
    entry["securities"][0] |= fields
    status, lines = check(entry)
    assert status == 1
    assert words in "\n".join(lines)


def test_the_words_of_books_are_those_that_the_service_rules_by():
    assert set(words.RESTRICTIONS) == rules.KNOWN_RESTRICTIONS
    assert set(words.SECTORS) == facts.CLEAN_SECTORS | facts.ESG_EXCLUDED_SECTORS
    assert set(words.LimitCode) == {limit.code for limit in rules.DEFAULT_LIMITS}
    assert set(words.LimitScope) == set(LimitScope)
    for written in ("Thermal coal", "REAL-ESTATE", " banking "):
        assert words.plain_sector(written) == facts.sector_name(written)
