"""CUSIP, CINS and ISIN: published ids, and check digits computed by hand."""

from __future__ import annotations

import pytest

from app.services.domain.fix_fields import SecurityIdSource, fix_gaps, security_id_of
from app.services.domain.security_ids import as_written_by_agency, has_wrong_check_digit, is_cusip, is_isin
from tests.support import builders

# Published: Apple, Microsoft, a Treasury, a CINS, the example of the CUSIP manual. The check digits of the
# three private placements by hand: 00800*AA is 0 0 8 0 0 36 10 10, every second doubled 0 0 8 0 0 72 10 20,
# and the digits are 8+9+1+2 = 20, so 0. With @, 37, they are 8+11+1+2 = 22, so 8; with #, 38, 8+13+1+2 = 24,
# so 6.
CUSIPS = (
    "037833100",
    "594918104",
    "912828YW4",
    "G0052B105",
    "837649128",
    "\uff1000800*AA0"[1:],
    "00800@AA8",
    "00800#AA6",
)
NO_CUSIPS = (
    "",
    "03783310",
    "037833101",
    "03783310O",
    "g0052b105",
    " 037833100",
    "037 833100",
    "037833100\n",
    "\uff100800*AA0",
    "00800*AA1",
    "00800+AA0",
)
ISINS = ("US0378331005", "AU0000XVGZA3", "GB0002634946", "DE000BAY0017", "JP3435000009", "XS0203470157")
NO_ISINS = (
    "",
    "US0378331006",
    "us0378331005",
    "US037833100 5",
    "US00800*AA03",
    "ZZ0378331005",
    "US037833100",
)


@pytest.mark.parametrize("text", CUSIPS)
def test_what_is_a_cusip(text):
    # R14.4
    assert is_cusip(text)
    assert security_id_of(None, text) == (text, SecurityIdSource.CUSIP)


@pytest.mark.parametrize("text", NO_CUSIPS)
def test_what_is_none(text):
    assert not is_cusip(text)
    assert security_id_of(None, text) is None


@pytest.mark.parametrize("text", ISINS)
def test_what_is_an_isin(text):
    assert is_isin(text)
    assert security_id_of(text, "037833100") == (text, SecurityIdSource.ISIN)


@pytest.mark.parametrize("text", NO_ISINS)
def test_what_is_no_isin(text):
    assert not is_isin(text)
    assert security_id_of(text, "037833100") == ("037833100", SecurityIdSource.CUSIP)


@pytest.mark.parametrize(
    ("pasted", "meant"),
    [
        ("us0378331005", "US0378331005"),
        (" US 0378 3310 05 ", "US0378331005"),
        ("US-037833100-5", "US0378331005"),
        ("US\u00a0037833100\u20115", "US0378331005"),
        ("\ufeff037833100\u200b", "037833100"),
        ("US\u2212037833100\u22125", "US0378331005"),
        ("037833100\t\r\n", "037833100"),
        ("037833-10-0", "037833100"),
        ("00800*aa 0", "00800*AA0"),
        ("\uff10\uff10\uff18\uff10\uff10\uff0a\uff21\uff21\uff10", "00800*AA0"),
        # No id of an agency keeps what may mean something in it.
        ("brs-1 x", "BRS-1 X"),
        ("US-037833100-6", "US-037833100-6"),
    ],
)
def test_what_was_pasted(pasted, meant):
    assert as_written_by_agency(pasted) == meant


def test_what_fix_cannot_name():
    # R14.4
    assert fix_gaps(builders.security(), ["A", "B C"]) == ()
    assert fix_gaps(builders.security(isin=None), ["A"]) == ()
    bond, account = fix_gaps(builders.security(isin=None, security_id="XS-1"), ["FONDS-É", "A"])
    assert (bond.account_id, account.account_id) == (None, "FONDS-É")
    assert "XS-1" in bond.message


# Right digits by the published examples of ANSI X9.6 and ISO 6166: 037833100, US0378331005.
@pytest.mark.parametrize(
    ("text", "is_wrong"),
    [
        *(("037833100", False), ("037833101", True), ("00800*AA0", False), ("00800*AA1", True)),
        *(("US0378331005", False), ("US0378331006", True), ("US00800*AA01", False)),
        *(("TREASURY1", True), ("TREASURYS", False), ("037833", False), ("", False), ("03783310a", False)),
    ],
)
def test_a_wrong_check_digit_is_told_from_what_is_no_id(text, is_wrong):
    assert has_wrong_check_digit(text) is is_wrong
