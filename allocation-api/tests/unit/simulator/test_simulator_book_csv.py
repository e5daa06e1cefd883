"""The check of a book whose accounts and holdings are in CSV files."""

from __future__ import annotations

from decimal import Decimal

import pytest

from aladdin_simulator import BookError, load_book
from tests.unit.simulator.vendor import ACCOUNTS, HOLDINGS, golden

BOND = "912828YW4"


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


def test_a_csv_file_may_state_cash_reserves(check, tmp_path):
    # R4.9
    header, first, *others = ACCOUNTS.splitlines()
    stated = "\n".join([f"{header},Cash Reserve Percent", f"{first},0.02", *(f"{x}," for x in others), ""])
    assert check(bonds_only(), stated, HOLDINGS)[0] == 0
    book = load_book("book.json", accounts=tmp_path / "accounts.csv", holdings=tmp_path / "holdings.csv")
    kept = [account.cash_reserve_percent for account in book.reference().accounts]
    assert kept == [Decimal("0.02"), None, None]


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


def test_bonds_without_spread_duration_are_warned_of_once(check):
    without = ALL_OF_IT.replace(",4.6\n", ",\n")
    status, lines = check(None, DATED, without + without.splitlines()[2].replace(BOND, "037833100") + "\n")
    said = "without it a preview needs another target_metric than the usual one; bonds: 2"
    assert status == 0
    assert lines == [
        f"holdings.csv, line 2, spread_duration: warning NO_SPREAD_DURATION: {said}",
        "0 errors, 1 warning",
    ]


def test_files_without_rows_are_warned_of(check):
    status, lines = check(None, DATED.splitlines()[0] + "\n", ALL_OF_IT.splitlines()[0] + "\n")
    assert status == 0
    assert lines == [
        "accounts.csv, line 1, accounts: warning NO_ACCOUNTS: the book has no accounts",
        "0 errors, 1 warning",
    ]


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
