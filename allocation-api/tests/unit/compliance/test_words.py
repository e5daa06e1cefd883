"""The words of the rules, as files are read by them and the documentation lists them."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

from app.services.accounts.reference_files import NONE
from app.services.compliance import facts, words
from app.services.compliance.rules import DEFAULT_LIMITS, KNOWN_RESTRICTIONS
from app.services.domain.account import LimitScope

PAGE = (Path(__file__).resolve().parents[4] / "docs" / "reference-data.md").read_text()


def test_every_restriction_and_limit_that_a_rule_knows_is_a_word():
    assert set(words.RESTRICTIONS) == KNOWN_RESTRICTIONS
    assert set(words.LIMITS) == {limit.code for limit in DEFAULT_LIMITS}
    assert all(words.RESTRICTIONS.values())


def test_a_limit_says_its_default_and_scopes():
    found = words.LIMITS["ISSUE_OWNERSHIP"]
    assert (found.default, found.scopes) == (Decimal("0.25"), (LimitScope.DEFAULT, LimitScope.SECTOR))


def test_a_sector_is_known_in_any_spelling():
    assert words.is_sector("Thermal coal")
    assert words.is_sector("real-estate")
    assert not words.is_sector("4010")
    assert not words.is_sector(None)
    assert not words.is_sector("")


def test_what_is_special_about_a_sector_is_said():
    assert words.about_sector("TOBACCO") == "excluded by NO_TOBACCO and ESG_COMPLIANT"
    assert words.about_sector("GOVT") == "free of concentration limits"
    assert words.about_sector("BANKING") == ""


def test_the_documentation_lists_every_word():
    section = PAGE.partition("## Words")[2].partition("## By HTTP")[0]
    listed = set(re.findall(r"\b[A-Z][A-Z_]{2,}\b", section))
    assert listed - {*LimitScope} == {*words.RESTRICTIONS, NONE, *words.LIMITS, *facts.KNOWN_SECTORS}
