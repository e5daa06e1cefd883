"""Search of bonds: in every case, without accents, by words in any order, cut short, by coupon and year."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import delete, select, update

from app.models import SecurityRow
from app.services.accounts import reference, search
from tests.support.desk import GOLDEN_BOOK, Desk

# Check digits by the rule of ANSI X9.6; a wrong one would be refused by the book.
BONDS = {
    "D12345AA8": {"ticker": "BUERO", "issuer": "+B\u00fcro, GmbH", "coupon": 3.5, "maturity": "2031-03-01"},
    "037833100": {"ticker": "AAPL", "issuer": "Apple", "coupon": 3, "maturity": "2029-05-11"},
    "037833AB6": {"ticker": "AAPL", "issuer": "Apple", "coupon": 2.9, "maturity": "2032-02-29"},
    "912810TA6": {"ticker": "T", "issuer": "US Treasury", "coupon": 4.125, "maturity": "2033-11-15"},
    "912810TB4": {"ticker": "T", "issuer": "US Treasury", "coupon": 4.125, "maturity": "2043-11-15"},
    "912810TC2": {"ticker": "T", "issuer": "US Treasury", "coupon": 4, "maturity": "2033-05-15"},
    "594918104": {"ticker": "ORSTED", "issuer": "\u00d8rsted A/S", "coupon": 5, "maturity": "2040-01-01"},
    "17275R102": {"ticker": "T1", "issuer": "AT&T Stra\u00dfe", "coupon": 6, "maturity": "2041-01-01"},
    "00800*AA0": {"ticker": "PP", "issuer": "Caf\u00e9 \u00c9lan", "coupon": 7, "maturity": "2042-01-01"},
}


def book():
    found = json.loads(GOLDEN_BOOK.read_text())
    (treasury,) = found["securities"]
    for cusip, terms in BONDS.items():
        month, day = terms["maturity"][5:7], terms["maturity"][8:]
        words = f"{terms['issuer']} {terms['coupon']} {month}/{day}/{terms['maturity'][:4]}"
        found["securities"].append(treasury | terms | {"cusip": cusip, "description": words})
    return found


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("search")
    (folder / "book.json").write_text(json.dumps(book()))
    return Desk(folder, scenario=folder / "book.json")


def found(desk, query):
    return [s["cusip"] for s in desk.get("securities/search", query=query)["securities"]]


QUERIES = {
    "D12345AA8": (
        *("b\u00fcro", "B\u00dcRO", "buro", "BURO", "B\u00fcro,", "+B\u00fcro, GmbH", "gmbh b\u00fcro"),
        *("bur", "gm bu", "bu\u0308ro", "\uff22\uff35\uff32\uff2f"),
    ),
    "912810TA6": (
        *(
            "t 4.125 33",
            "33 t 4.125",
            "T 4 1/8 33",
            "t 4-1/8 2033",
            "treas 4.125 2033",
            "T 4.1250 11/15/2033",
        ),
        *("t 4.125 11/15/33 Govt", "T Govt 4 1/8 33"),
        *("T 2033-11-15", "t 4.125% 11/33", "us 4,125 33", "T nov 33", "T 15.11.2033", "t 15/11/2033"),
        *("t 4.125s of 33", "T 4 1/8s of 2033", "t 4\u215bs 33", "4,125s t 11/33"),
    ),
    "912810TC2": (
        *("t 4 33", "t 4.0 33", "treasury 4% 05/33", "t 4s of 33", "t 4s 5/33"),
        *("t 5/15/33", "T 5/15/2033", "t 2033-5-15", "T 15.5.2033"),
    ),
    "037833100": (
        *("AAPL 29", "aapl 3 29", "29 apple", "app 2029", "US0378331005", "us 0378331005", "0378-33100"),
        *(
            "AAPL 3 05/11/29 Corp",
            "CUSIP 037833100",
            "cusip: 0378-33100",
            "ISIN US0378331005",
            "037833100 corp",
        ),
    ),
    "594918104": ("\u00f8rsted", "orsted", "\u00d8RSTED A/S"),
    "17275R102": ("AT&T", "at t stra\u00dfe", "STRASSE", "strasse 41", "R102"),
    "00800*AA0": ("00800*AA0", "00800*aa", "cafe elan", "\u00c9LAN CAF\u00c9", "008-00*AA-0"),
}


@pytest.mark.parametrize(("query", "cusip"), [(q, c) for c, queries in QUERIES.items() for q in queries])
def test_the_best_match(desk, query, cusip):
    assert found(desk, query)[0] == cusip


@pytest.mark.parametrize("around", ["\t", "\r\n", "\u00a0", "\ufeff", "\u200b", "\u202a", " \t\u2028"])
def test_what_a_cell_has_around_is_forgiven(desk, around):
    for query in ("912810TA6", "t 4.125 33"):
        assert found(desk, f"{around}{query}{around}")[0] == "912810TA6"
    assert desk.get("securities/search", query=around, status=422)["errors"][0]["field"] == "query"


@pytest.mark.parametrize(
    ("query", "cusips"),
    [
        ("AAPL 29", ["037833100"]),
        ("t 4.125 33", ["912810TA6"]),
        # Nine characters with the check digit of a CUSIP, by chance.
        ("treas 2033", ["912810TC2", "912810TA6"]),
        ("treasury 4.125", ["912810TA6", "912810TB4"]),
        ("apple", ["037833100", "037833AB6"]),
        ("b\u00fcro apple", []),
        ("uro", ["D12345AA8"]),
        ("corp", []),
        ("apple corporation", []),
        ("100%_", []),
        ("%", []),
        ("_", []),
        (", ;", []),
    ],
)
def test_all_matches_and_no_others(desk, query, cusips):
    assert found(desk, query) == cusips


def test_a_bond_that_the_desk_adds_by_itself_is_found_at_once_and_indexed_at_the_next_start(desk):
    database = desk.services.database
    with database.write() as session:
        session.add(SecurityRow(security_id="912828YW4X", description="Gr\u00fcn 5 2030", currency="USD"))
        session.execute(
            update(SecurityRow).where(SecurityRow.security_id == "912828YW4").values(issuer="Bl\u00e5")
        )
    with database.read() as session:
        assert [s.security_id for s in search.search(session, "GRUN 5", 9)] == ["912828YW4X"]
        assert search.search(session, "bla", 9) == ()
    with database.write() as session:
        search.fill_index(session)
    with database.read() as session:
        assert [s.security_id for s in search.search(session, "bla", 9)] == ["912828YW4"]
        texts = set(session.scalars(select(SecurityRow.search_text)))
    assert len(texts) == len(BONDS) + 2
    assert None not in texts


@pytest.mark.parametrize("query", ["912810TA6", "us912810ta60", "912810-TA-6", " US 912810TA60"])
def test_a_bond_that_only_aladdin_knows_is_found_by_its_ids(book_desk, query):
    desk = book_desk(book())
    with desk.services.database.write() as session:
        session.execute(delete(SecurityRow))
    (hit,) = desk.get("securities/search", query=query)["securities"]
    assert (hit["cusip"], hit["coupon"], hit["maturity"]) == ("912810TA6", 4.125, "2033-11-15")
    assert found(desk, "037833101") == []  # a wrong check digit
    assert found(desk, "treasury") == []


def test_a_lookup_says_that_the_check_digit_is_wrong(desk):
    refused = desk.preview("912810TA7", 1_000_000, groups=("GOLDEN",), status=422)
    message = "There is no security '912810TA7': its check digit is wrong."
    assert refused["errors"] == [{"field": "order.security_id", "message": message}]
    detail = desk.get("securities/912810TA7", status=404)["detail"]
    assert detail == "There is no security '912810TA7': its check digit is wrong"
    assert desk.get("securities/912810ZZ4", status=404)["detail"] == "There is no security '912810ZZ4'"


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        ({"security_id": "594918AB1X "}, "blanks"),
        ({"security_id": "g0052b105"}, "lower case"),
        ({"security_id": "G0052-B105"}, "dashes"),
        ({"security_id": "G0052B105", "isin": "US00800*AA03"}, "ISIN"),
        ({"security_id": "G0052B105", "isin": "us0378331005"}, "ISIN"),
    ],
)
def test_a_bond_with_ids_that_no_agency_writes_is_refused_by_name(golden_desk, ids, words):
    database = golden_desk.services.database
    with database.write() as session:
        session.add(SecurityRow(description="Rogue 5 2030", currency="USD", **ids))
    assert found(golden_desk, "rogue") == []
    with database.write() as session:
        search.fill_index(session)
    assert found(golden_desk, "rogue") == []
    with database.read() as session:
        row = session.scalars(select(SecurityRow).where(SecurityRow.description == "Rogue 5 2030")).one()
        assert words in reference.id_fault(reference.copied(reference.SecurityReference, row))
