"""Identifiers of simulated books: published examples, and check digits computed by hand."""

from __future__ import annotations

import pytest

from aladdin_simulator.identifiers import cusip_fault, cusip_of, isin_of


@pytest.mark.parametrize(
    "cusip",
    # Published: Apple, Cisco, Google, Microsoft, Oracle, a Treasury, a letter inside, a CINS. By hand, a
    # private placement, whose values 0 0 8 0 0 36 10 10, every second doubled, have the digits 8+9+1+2 = 20.
    [
        *("037833100", "17275R102", "38259P508", "594918104", "68389X105", "912828YW4", "912810TA6"),
        *("G0052B105", "00800*AA0"),
    ],
)
def test_published_cusips_have_their_check_digit(cusip):
    assert cusip_of(cusip[:8]) == cusip
    assert cusip_fault(cusip) is None


@pytest.mark.parametrize(
    ("country", "cusip", "isin"),
    [
        ("US", "037833100", "US0378331005"),
        ("US", "594918104", "US5949181045"),
        ("US", "38259P508", "US38259P5089"),
        ("US", "912828YW4", "US912828YW42"),
    ],
)
def test_published_isins_of_cusips(country, cusip, isin):
    assert isin_of(country, cusip) == isin


@pytest.mark.parametrize("cusip", ["00800*AA0", "00800@AA8", "00800#AA6"])
def test_a_private_placement_has_no_isin(cusip):
    assert isin_of("US", cusip) is None


@pytest.mark.parametrize("digit", [d for d in "0123456789" if d != "0"])
def test_every_other_check_digit_is_a_fault(digit):
    assert cusip_fault("03783310" + digit) == "the check digit should be 0"


@pytest.mark.parametrize(
    "text",
    [
        *("", "037833", "0378331000", "03783310o", "03783310A", "037833 00", "\u066037833100"),
        *("g0052b105", " 037833100", "037-83310"),
    ],
)
def test_what_does_not_look_like_a_cusip(text):
    assert cusip_fault(text) == "a CUSIP has eight digits, capital letters, *, @ or # and a check digit"


@pytest.mark.parametrize("text", ["37833100", "1.2345E+112", "9,1282E+11"])
def test_what_a_spreadsheet_has_made_a_number_of_says_how_to_keep_it(text):
    said = "a CUSIP has nine characters; a spreadsheet keeps them if the column is formatted as text"
    assert cusip_fault(text) == said
