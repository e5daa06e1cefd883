"""Traceability of the allocation rules: every rule is cited by a test, every citation has its rule.

A citation is the number of a rule in `docs/rules.md`, standing alone in code, tests or documents.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
API = ROOT / "allocation-api"
RULES = ROOT / "docs" / "rules.md"

CITATION = re.compile(r"(?<![\w.])R(\d{1,2})\.(\d{1,2})(?![\w]|\.\d)")
HEADING = re.compile(r"^### R(\d+)\.(\d+) (.+)$", re.MULTILINE)
SUBJECT = re.compile(r"^## R(\d+) (.+)$", re.MULTILINE)
ANCHOR = re.compile(r'^<a id="r(\d+)\.(\d+)"></a>\n### R(\d+)\.(\d+) ', re.MULTILINE)

Number = tuple[int, int]


def cited(text: str) -> set[Number]:
    return {(int(subject), int(rule)) for subject, rule in CITATION.findall(text)}


def sources() -> Iterator[Path]:
    """Whatever may cite a rule, this file apart."""
    for folder in ("app", "aladdin_simulator", "bonds", "benchmarks", "migrations", "tests"):
        yield from (path for path in sorted((API / folder).rglob("*.py")) if path != Path(__file__))
    for folder in (ROOT, ROOT / "docs", API / "docs"):
        yield from sorted(folder.rglob("*.md") if folder != ROOT else folder.glob("*.md"))
    yield from sorted(ROOT.glob("*.py"))


def sections() -> dict[Number, str]:
    """The text under each rule's heading, by number."""
    parts = re.split(r"^(?=#{2,3} )", RULES.read_text(), flags=re.MULTILINE)
    found = {}
    for part in parts:
        heading = HEADING.match(part)
        if heading:
            found[int(heading[1]), int(heading[2])] = part[heading.end() :]
    return found


def shown(numbers: set[Number]) -> list[str]:
    return [f"R{subject}.{rule}" for subject, rule in sorted(numbers)]


def test_numbers_have_no_gap_and_no_duplicate():
    text = RULES.read_text()
    numbers = [(int(subject), int(rule)) for subject, rule, _ in HEADING.findall(text)]
    subjects = [int(subject) for subject, _ in SUBJECT.findall(text)]
    assert subjects == list(range(1, len(subjects) + 1))
    per_subject = Counter(subject for subject, _ in numbers)
    assert numbers == [(s, rule) for s in subjects for rule in range(1, per_subject[s] + 1)]
    assert set(per_subject) == set(subjects)


def test_every_rule_has_its_anchor():
    text = RULES.read_text()
    anchors = [tuple(map(int, found)) for found in ANCHOR.findall(text)]
    assert [anchor[:2] for anchor in anchors] == list(sections())
    assert all(anchor[:2] == anchor[2:] for anchor in anchors)


def test_every_rule_has_a_worked_number():
    without = set()
    for number, text in sections().items():
        examples = [part for part in text.split("\n\n") if part.startswith("Example:")]
        if len(examples) != 1 or not re.search(r"\d", CITATION.sub("", examples[0])):
            without.add(number)
    assert shown(without) == []


def test_every_rule_is_cited_by_a_test():
    tests = [
        path for path in sources() if path.is_relative_to(API / "tests") and path.name.startswith("test_")
    ]
    found = set().union(*(cited(path.read_text()) for path in tests))
    assert shown(set(sections()) - found) == []


def test_every_citation_exists():
    known = set(sections())
    wrong = {
        str(path.relative_to(ROOT)): shown(unknown)
        for path in sources()
        if (unknown := cited(path.read_text()) - known)
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("see R3.2, R4.1.", {(3, 2), (4, 1)}),
        ("(R12.5) and `R1.1`", {(12, 5), (1, 1)}),
        ("PR3.2 R3.2.1 R3.2a R3 r3.2 1.R3.2", set()),
    ],
)
def test_what_a_citation_is(text, numbers):
    assert cited(text) == numbers
