"""A migration that has landed is never edited: databases that ran its first form would not get the change.

Revisions 0001 and 0003 were, and 0006 and 0011 mend what that left. A revision joins the list when a version
of the product with it has been handed over; of the newest one, `tests/storage/databases/make.py` makes a
database then.
"""

from __future__ import annotations

import ast
from hashlib import sha256
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
VERSIONS = TESTS.parent / "migrations" / "versions"
LANDED = {
    "0001": "c3a9cde66a84e823",
    "0002": "7f4d76fde38ecc8a",
    "0003": "5e07d93dbb3d6598",
    "0004": "b42e00e2a3ccddd2",
    "0005": "fadbbf2de8435aa4",
    "0006": "88d001f0140b3d3e",
    "0007": "62c67b9e2495f2a4",
    "0008": "8ee7e568568bfc6b",
    "0009": "d271ca1669544408",
    "0010": "b18398dfc53e6e29",
    "0011": "6c118034740d9397",
    "0012": "d9aeec6f410e127a",
    "0013": "63f7d8fdfc76061c",
    "0014": "bb67362fd0908672",
    "0015": "d78dbcb25f29a1e1",
    "0016": "14372994f9a7a276",
    "0017": "2a608cb30bad89fd",
    "0018": "8f7c4d69137a773e",
    "0019": "0b512d74bbab5449",
    "0020": "297a4a689f07e07f",
    "0021": "6c3b5bcdaaaa3533",
    "0022": "175130fdf9642d7b",
    "0023": "fde4a1aacb742934",
    "0024": "3b2ca8ce442351fc",
    "0025": "06614f7d338d40ba",
    "0026": "e4085624bf116180",
    "0027": "97ab0a8244847c57",
    "0028": "2ebd3cb5c7644c8d",
    "0029": "dcf3d71c18048733",
    "0030": "eac12da455b2f7d7",
    "0031": "6ca11f7b09ca2f4a",
    "0032": "d50d54bfd0a8bf8d",
    "0033": "19747bec15e79d21",
    "0034": "37c76133c37f476c",
    "0035": "5bcca79270fade1a",
    "0036": "2b8e7d1b3ea73fba",
    "0037": "e625a5c0518006d1",
    "0038": "c0f796476570ba6e",
    "0039": "df804f8b9079ded6",
}
HANDED_OVER_TOGETHER = frozenset(
    {
        "0007",
        "0008",
        "0009",
        "0010",
        "0012",
        "0013",
        *(f"{number:04}" for number in range(15, 21)),
        "0022",
        "0024",
        "0026",
        "0028",
        "0029",
        "0031",
        "0032",
        "0034",
        "0035",
        "0036",
        "0038",
    }
)
"""Never the newest of a version that was handed over, so no database stopped at one."""


def _is_text(statement: ast.AST) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def code_of(path: Path) -> str:
    """What a migration does, without words for people."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and _is_text(body[0]):
            node.body = body[1:]  # its docstring
    return ast.dump(tree)


@pytest.mark.parametrize("revision", LANDED)
def test_a_landed_migration_is_as_it_landed(revision: str) -> None:
    (path,) = VERSIONS.glob(f"{revision}_*.py")
    assert sha256(code_of(path).encode()).hexdigest()[:16] == LANDED[revision]


@pytest.mark.parametrize("revision", sorted(LANDED.keys() - HANDED_OVER_TOGETHER))
def test_a_database_of_every_landed_revision_is_kept(revision: str) -> None:
    dump = (TESTS / "storage" / "databases" / f"{revision}.sql").read_text()
    assert f"INSERT INTO \"alembic_version\" VALUES('{revision}');" in dump
