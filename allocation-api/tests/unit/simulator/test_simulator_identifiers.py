from __future__ import annotations

import pytest

from aladdin_simulator.identifiers import cusip_check_digit, cusip_fault, isin_check_digit, isin_of


@pytest.mark.parametrize(
    "cusip",
    # Published examples: Apple, Cisco, Google, Microsoft, Oracle, a Treasury, a letter inside, a CINS.
    ["037833100", "17275R102", "38259P508", "594918104", "68389X105", "912828YW4", "912810TA6", "G0052B105"],
)
def test_published_cusips_have_their_check_digit(cusip):
    assert cusip_check_digit(cusip[:8]) == int(cusip[8])
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


@pytest.mark.parametrize("isin", ["AU0000XVGZA3", "GB0002634946", "DE000BAY0017", "JP3435000009"])
def test_published_isins_have_their_check_digit(isin):
    assert isin_check_digit(isin[:11]) == int(isin[11])


@pytest.mark.parametrize("digit", [d for d in "0123456789" if d != "0"])
def test_every_other_check_digit_is_a_fault(digit):
    assert cusip_fault("03783310" + digit) == "the check digit should be 0"


@pytest.mark.parametrize(
    "text", ["", "03783310", "0378331000", "03783310o", "03783310A", "037833 00", "\u066037833100"]
)
def test_what_does_not_look_like_a_cusip(text):
    assert cusip_fault(text) == "a CUSIP has eight digits or capital letters and a check digit"
