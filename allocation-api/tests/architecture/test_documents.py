"""Documents that stay true: links and paths lead somewhere, decisions are whole, settings documented."""

from __future__ import annotations

import re
from itertools import takewhile
from pathlib import Path

import pytest

from app.core.config import setting_specs
from app.services.allocations.types import ReasonCode, WarningType
from app.services.compliance.rules import DEFAULT_LIMITS, KNOWN_RESTRICTIONS
from app.services.kernels.allocation.registry import Method

ROOT = Path(__file__).resolve().parents[3]
API = ROOT / "allocation-api"
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
DOCUMENTS = (
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted(API.glob("docs/*.md")),
)
LIVING = tuple(
    path
    for path in DOCUMENTS
    if path.name != "CHANGELOG.md" and "\nStatus: superseded" not in path.read_text()
)
"""What must be true now: a changelog and a superseded decision tell of their time."""
SECTIONS = ["Context", "Decision", "Consequences", "Alternatives considered"]
MAX_LINES = 45
"""What fits one screen."""


def named(path):
    return str(path.relative_to(ROOT))


def anchors(path):
    """The places in a document that a link can name: its headings as GitHub spells them, and `<a id=...>`."""
    text = path.read_text()
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return slugs | set(re.findall(r'<a id="([^"]+)">', text))


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_link_leads_somewhere(path):
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text()):
        file, _, place = target.partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        found = path.parent / file if file else path
        if not found.exists() or (place and place not in anchors(found)):
            broken.append(target)
    assert broken == []


def tree(text):
    """Yield the paths of the first tree in a document: one or more names a line, nested by indentation."""
    block = re.search(r"^```\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)[1]
    parents = []
    for line in block.splitlines():
        indent = len(line) - len(line.lstrip())
        names = list(takewhile(lambda word: re.search(r"(/|\.py)$", word), line.split()))
        if names:
            parents = [parent for parent in parents if parent[0] < indent]
            inside = "".join(name for _, name in parents)
            yield from (inside + name for name in names)
            parents.append((indent, names[0]))


def test_the_tree_of_the_house_is_as_it_is():
    found = list(tree((ROOT / "implementation-plan.md").read_text()))
    assert "allocation-api/app/services/trading/commit/" in found
    assert [path for path in found if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("path", LIVING, ids=named)
def test_every_path_that_is_named_exists(path):
    """Paths in code marks, below the repository, the service or its `app`; `<room>` stands for any name."""
    missing = []
    for name in re.findall(r"`([\w.\-/]+/[\w.\-]*)`", path.read_text()):
        if name.startswith(("/", "draft-")) or not re.search(r"(\.(py|md|txt|json|svg)|/)$", name):
            continue
        if not any((base / name).exists() for base in (ROOT, API, API / "app", API / "app" / "services")):
            missing.append(name)
    assert missing == []


@pytest.mark.parametrize("path", LIVING, ids=named)
def test_every_test_that_is_named_exists(path):
    """By its function or its file: a recipe says which test fails when a step is forgotten."""
    files = list((API / "tests").rglob("test_*.py"))
    defined = {
        name for file in files for name in re.findall(r"^def (test_\w+)", file.read_text(), re.MULTILINE)
    }
    known = defined | {file.name for file in files}
    assert set(re.findall(r"`(test_\w+(?:\.py)?)`", path.read_text())) <= known


CODES = {*ReasonCode, *WarningType, *KNOWN_RESTRICTIONS, *(limit.code for limit in DEFAULT_LIMITS)}


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_that_a_portfolio_manager_meets_is_in_the_rules(code):
    assert re.search(rf"\b{code}\b", (ROOT / "docs" / "rules.md").read_text())


def test_every_method_is_in_the_table_of_the_readme():
    rows = re.findall(r"^\| `([A-Z_]+)` \|", section("## Methods"), re.MULTILINE)
    assert rows == [method.value for method in Method]


def section(heading):
    """The part of the README under a heading."""
    return (ROOT / "README.md").read_text().split(f"{heading}\n")[1].split("\n## ")[0]


def test_every_subject_of_the_rules_is_in_the_index_of_the_plan():
    subjects = re.findall(r"^## (R\d+) ", (ROOT / "docs" / "rules.md").read_text(), re.MULTILINE)
    plan = (ROOT / "implementation-plan.md").read_text()
    assert re.findall(r"\[(R\d+)\]\(docs/rules\.md#", plan) == subjects


def test_decisions_are_numbered_without_a_gap():
    assert [path.name[:5] for path in DECISIONS] == [f"{n:04}-" for n in range(1, len(DECISIONS) + 1)]


@pytest.mark.parametrize("path", DECISIONS, ids=named)
def test_a_decision_is_complete_and_fits_one_screen(path):
    text = path.read_text()
    assert re.match(rf"# {path.name[:4]}\. \S.*\n\nStatus: (accepted|superseded by \d{{4}})\.", text)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS
    assert all(part.strip() for part in re.split(r"^## .+$", text, flags=re.MULTILINE))
    assert len(text.splitlines()) <= MAX_LINES


def test_every_page_is_in_the_index():
    plan = (ROOT / "implementation-plan.md").read_text()
    listed = re.findall(r"^- \[(\d{4})\]\(docs/decisions/([^)]+)\) (.+)$", plan, re.MULTILINE)
    titles = [path.read_text().splitlines()[0].removeprefix(f"# {path.name[:4]}. ") for path in DECISIONS]
    assert listed == [(p.name[:4], p.name, title) for p, title in zip(DECISIONS, titles, strict=True)]


def test_every_setting_is_in_the_example():
    """Both ways: what is read from the environment is in `.env.example`, and nothing else is."""
    read = {spec.name for spec in setting_specs()}
    example = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert sorted(read - example) == []
    assert sorted(example - read) == []
