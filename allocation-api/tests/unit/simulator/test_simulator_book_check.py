"""The check of a book: everything that is wrong with it at once, and what is seldom meant, by name."""

from __future__ import annotations

import copy
import json
import random

import pytest

from aladdin_simulator import BookError, load_book, words
from aladdin_simulator.__main__ import main
from app.services.compliance import facts, rules
from app.services.domain.account import LimitScope
from tests.unit.simulator.vendor import GOLDEN, RATINGS, Vendor, book_entry

BOND = "912828YW4"


@pytest.fixture
def check(tmp_path, capsys, monkeypatch):
    """Check files by their contents, and return the exit status and the lines, names without the folder."""
    monkeypatch.chdir(tmp_path)

    def run(book=None, accounts=None, holdings=None):
        options = ["check"]
        for name, content, option in (
            ("book.json", book, ()),
            ("accounts.csv", accounts, ("--accounts",)),
            ("holdings.csv", holdings, ("--holdings",)),
        ):
            if content is not None:
                text = content if isinstance(content, str | bytes) else json.dumps(content, indent=1)
                (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
                options += [*option, name]
        status = main(options, {})
        return status, capsys.readouterr().out.splitlines()

    return run


def golden():
    return json.loads(GOLDEN.read_text())


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
    status, lines = check(entry)
    assert status == 0
    assert lines[-1] == "0 errors, 9 warnings"
    assert sorted(warned(lines[:-1])) == [
        ("accounts[0].nav", "NEGATIVE_NAV"),
        ("accounts[1].nav", "HOLDINGS_EXCEED_NAV"),
        ("accounts[2].nav", "ZERO_NAV"),
        ("accounts[2].restrictions[0]", "UNKNOWN_RESTRICTION"),
        ("accounts[3]", "ACCOUNT_IN_NO_GROUP"),
        ("groups[1].accounts", "EMPTY_GROUP"),
        ("securities[0].min_piece", "MIN_PIECE_BELOW_INCREMENT"),
        ("securities[0].sector", "UNKNOWN_SECTOR"),
        ("securities[0].spread_duration", "NO_SPREAD_DURATION"),
    ]
    text = "\n".join(lines)
    assert "known are INVESTMENT_GRADE_ONLY, NO_HIGH_YIELD, NO_EMERGING_MARKETS, NO_TOBACCO" in text
    # 2,000,000 at 98.5 without accrued.
    assert "holdings of 1,970,000.00 are 197.0 times the NAV of 10,000.00" in text
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


# --- CSV ----------------------------------------------------------------------------------------------------

ACCOUNTS = """\
Account ID,Account Name,Group ID,NAV,Cash,Currency,Restrictions,Benchmark OAS
A1,Fund one,GROWTH,"100,000,000",5000000,USD,NO_TOBACCO; ESG_COMPLIANT,80
A2,Fund two,GROWTH,,2500000.50,USD,,
A3,Fund three,INCOME,50000000,0,USD,,
"""
HOLDINGS = f"""\
account_id,cusip,face
A1,{BOND},1000000
A2,{BOND},"250,000"
"""


def bonds_only():
    return golden() | {"accounts": [], "groups": []}


def test_accounts_and_holdings_of_two_csv_files(check, tmp_path):
    status, lines = check(bonds_only(), ACCOUNTS, HOLDINGS)
    assert (status, lines) == (0, ["0 errors, 0 warnings"])
    book = load_book("book.json", accounts=tmp_path / "accounts.csv", holdings=tmp_path / "holdings.csv")
    one, two, three = book.accounts
    assert (one.account_id, one.nav, one.cash) == ("A1", 100_000_000, 5_000_000)
    assert (one.restrictions, one.benchmark.oas) == (("NO_TOBACCO", "ESG_COMPLIANT"), 80)
    # 250,000 at 98.5 and the cash: the NAV is left out.
    assert (str(two.nav), two.positions[0].face) == ("2746250.50", 250_000)
    assert three.positions == ()
    groups = {group.group_id: group.member_ids for group in book.groups}
    assert groups == {"GROWTH": ("A1", "A2"), "INCOME": ("A3",)}


def test_csv_files_add_to_the_accounts_of_a_book(check, tmp_path):
    assert check(golden(), ACCOUNTS.replace("GROWTH", "GOLDEN"), HOLDINGS)[0] == 0
    book = load_book("book.json", accounts=tmp_path / "accounts.csv", holdings=tmp_path / "holdings.csv")
    assert len(book.accounts) == 7
    assert book.groups[0].member_ids == ("ACC001", "ACC002", "ACC003", "ACC004", "A1", "A2")


def test_accounts_of_a_csv_file_may_be_in_the_groups_of_the_book_or_of_the_desk(check, tmp_path):
    entry = golden() | {"accounts": []}
    entry["groups"][0]["accounts"] = ["A1"]
    assert check(entry, ACCOUNTS.replace("Group ID", "Strategy"), HOLDINGS)[0] == 0
    book = load_book("book.json", accounts=tmp_path / "accounts.csv", holdings=tmp_path / "holdings.csv")
    groups = {group.group_id: group.member_ids for group in book.groups}
    assert groups == {"GOLDEN": ("A1",), "DESK": ("A2", "A3")}


def test_every_fault_of_csv_files_is_told_with_line_and_column(check):
    accounts = (
        "account_id;account_name;nav;cash;currency;strategy;benchmark_oas\n"
        "A1;Fund one;-5;much;USD;x;wide\n"
        ";Fund two;1;1;USD;x;\n"
        "A1;Fund three;1;1;usd;x;\n"
    )
    holdings = f"account_id\tcusip\tface\nA1\t{BOND}\t-1\nA9\t{BOND}\t5\n"
    status, lines = check(bonds_only(), accounts, holdings)
    assert status == 1
    found = [line.split(": ")[0] for line in lines[:-1]]
    assert found == [
        "accounts.csv, line 1, strategy",
        "accounts.csv, line 2, cash",
        "accounts.csv, line 2, benchmark_oas",
        "accounts.csv, line 3, account_id",
        "accounts.csv, line 4, currency",
        "accounts.csv, line 4, account_id",
        "holdings.csv, line 2, face",
        "holdings.csv, line 3, account_id",
    ]
    text = "\n".join(lines)
    assert (
        "line 1, strategy: warning UNUSED_COLUMN: the column is not used; the columns are account_id" in text
    )
    assert "line 4, account_id: 'A1' occurs twice" in text
    assert "'A9' is no account of this book" in text


ALL_OF_IT = f"""\
account_id,cusip,face,ticker,description,issuer,issuer_id,sector,country,rating,coupon,maturity,day_count,\
price,min_piece,increment,amount_issued,currency,pays_at_month_end,spread_duration
A1,{BOND},1000000,T,Treasury,US Treasury,UST,GOVT,US,AA+,2.5,2031-05-31,ACT/ACT,98.5,1000,1000,4e10,USD,Y,4.6
A2,{BOND},250000,T,Treasury,US Treasury,UST,GOVT,US,AA+,2.5,2031-05-31,ACT/ACT,98.5,1000,1000,4e10,USD,Y,4.6
"""
DATED = (
    "account_id,account_name,cash,currency,as_of\nA1,One,5000000,USD,2026-03-31\nA2,Two,5,USD,2026-03-31\n"
)


def test_two_csv_files_alone_are_a_book_where_holdings_describe_the_bonds(check, tmp_path):
    assert check(None, DATED, ALL_OF_IT) == (0, ["0 errors, 0 warnings"])
    book = load_book("default", accounts=tmp_path / "accounts.csv", holdings=tmp_path / "holdings.csv")
    (bond,) = book.securities
    # From 30 November 2025 to settlement on 1 April 2026: 122 of 182 days of 1.25.
    assert float(bond.accrued) == pytest.approx(1.25 * 122 / 182, abs=1e-6)
    assert (str(book.as_of), book.groups[0].group_id) == ("2026-03-31", "DESK")
    assert book.groups[0].member_ids == ("A1", "A2")


def test_rows_that_contradict_each_other_are_told(check):
    status, lines = check(
        None,
        DATED.replace("5,USD,2026-03-31", "5,USD,2026-04-30"),
        ALL_OF_IT.replace("250000,T,", "250000,TT,"),
    )
    assert status == 1
    assert lines == [
        "accounts.csv, line 3, as_of: 2026-04-30 is not the 2026-03-31 of line 2",
        "holdings.csv, line 3, ticker: 'TT' is not the 'T' of line 2 for the same bond",
        "2 errors, 0 warnings",
    ]


def test_a_column_that_is_missing_is_told_once(check):
    status, lines = check(bonds_only(), "account_id,cash\nA1,5\nA2,6\n", "account_id,cusip\n")
    assert status == 1
    assert [line for line in lines if "column is missing" in line] == [
        "accounts.csv, line 1, account_name: the column is missing",
        "accounts.csv, line 1, currency: the column is missing",
        "holdings.csv, line 1, face: the column is missing",
    ]


HELD = [("A1", 1_000_000), ("A2", 250_000)]


@pytest.mark.parametrize(
    "written",
    [
        lambda text: ("\ufeff" + text).replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: "\n \n,,,\n" + text + "\n,,,\n\n",
        lambda text: "sep=;\r\n" + text.replace(",", ";").replace('"250;000"', '"250,000.00"'),
        lambda text: text.replace(",", "\t").replace('"250\t000"', '"250000"'),
        lambda text: text.replace("\n", ",,,\n"),
    ],
    ids=["BOM and CRLF", "CR", "blank lines", "sep line", "tabs", "empty cells at the end"],
)
def test_files_as_spreadsheets_write_them(check, tmp_path, written):
    assert check(bonds_only(), ACCOUNTS, written(HOLDINGS)) == (0, ["0 errors, 0 warnings"])
    book = load_book("book.json", accounts=tmp_path / "accounts.csv", holdings=tmp_path / "holdings.csv")
    assert [(a.account_id, p.face) for a in book.accounts for p in a.positions] == HELD


def test_lines_are_those_of_the_file_whatever_is_before_the_header(check):
    _, lines = check(bonds_only(), ACCOUNTS, "sep=;\n\naccount_id;cusip;face;x\nA9;912828YW4;1\n")
    assert lines[0].startswith("holdings.csv, line 3, x: warning UNUSED_COLUMN")
    assert lines[1] == "holdings.csv, line 4, account_id: 'A9' is no account of this book"


def test_thousands_without_quotes_are_told_and_not_cut_off(check):
    # The face of the last column would be 1.
    status, lines = check(bonds_only(), ACCOUNTS, HOLDINGS.replace("1000000", "1,000,000"))
    assert status == 1
    assert lines[0] == (
        "holdings.csv, line 2: the row has 5 cells, the header 3: "
        "put what has ',' in it between double quotes"
    )


@pytest.mark.parametrize("text", ["100.000", "100,000"])
def test_what_may_be_thousands_or_decimals_is_told(check, text):
    holdings = f"account_id;cusip;face\nA1;{BOND};{text}\n"
    status, lines = check(bonds_only(), ACCOUNTS, holdings)
    assert status == 1
    assert lines[0] == (
        f"holdings.csv, line 2, face: {text!r} may have thousands or decimals: write thousands without a sign"
    )


def test_a_group_that_is_no_id_is_told_with_its_first_line(check):
    status, lines = check(bonds_only(), ACCOUNTS.replace("INCOME", "Core income"), HOLDINGS)
    assert status == 1
    assert [line.split("'Core income'")[0] for line in lines[:-1]] == ["accounts.csv, line 4, group_id: "]


def test_an_empty_cell_is_told_as_a_missing_value(check):
    _, lines = check(bonds_only(), ACCOUNTS.replace("2500000.50", ""), HOLDINGS)
    assert lines[0] == "accounts.csv, line 3, cash: the value is missing"


def test_a_price_may_have_three_decimals(check):
    assert check(None, DATED, ALL_OF_IT.replace(",", ";").replace(";98.5;", ";98.125;"))[0] == 0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (",2.5,", ",2.5%,", "coupon: expected a number like 1234567.89, got the text '2.5%'"),
        ("250000,T", "$250000,T", "face: expected a number like 1234567.89, got the text '$250000'"),
        ("2031-05-31", "5/31/2031", "maturity: expected a date as YYYY-MM-DD, got the text '5/31/2031'"),
        ("USD,Y", "USD,perhaps", "pays_at_month_end: expected true or false, got the text 'perhaps'"),
        (BOND, "9.13E+11", "cusip: '9.13E+11' is not valid: a CUSIP has nine characters; a spreadsheet"),
        (BOND, "91282804", "cusip: '91282804' is not valid: a CUSIP has nine characters; a spreadsheet"),
        (BOND, BOND.lower(), "cusip: '912828yw4' is not valid: a CUSIP has eight digits, capital letters"),
    ],
)
def test_a_cell_that_is_no_value_is_told_with_what_it_says(check, old, new, said):
    status, lines = check(None, DATED, ALL_OF_IT.replace(old, new))
    assert status == 1
    assert any(line.startswith("holdings.csv, line ") and said in line for line in lines)


@pytest.mark.parametrize(("encoding", "line"), [("cp1252", 4), ("utf-16", 1)])
def test_another_encoding_is_told_with_its_line_and_the_way_out(check, tmp_path, encoding, line):
    accounts = ACCOUNTS.replace("three", "tr\xeas").encode(encoding)
    assert check(bonds_only(), accounts)[0] == 2
    with pytest.raises(BookError) as refused:
        load_book("book.json", accounts=tmp_path / "accounts.csv")
    assert str(refused.value) == (
        f"{tmp_path / 'accounts.csv'}, line {line}: is not UTF-8: save it as UTF-8 (in Excel: CSV UTF-8)"
    )
