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
    "0001": "15f7fe1219bceda2",
    "0002": "54f0f4b75259a647",
    "0003": "90e68b02a72b814f",
    "0004": "f9d12c5d17ca0bda",
    "0005": "397eb8d4878c52d3",
    "0006": "15e3248bca6eb042",
    "0007": "673d4087a91d5a38",
    "0008": "856d4786958ccb54",
    "0009": "d271ca1669544408",
    "0010": "c750b68897020403",
    "0011": "162c762dcee27abd",
    "0012": "29b565b61a744409",
    "0013": "1649eddbe3bc0f3b",
    "0014": "bb67362fd0908672",
    "0015": "56dcbf00ec8da163",
    "0016": "27cbc21aa14a8258",
    "0017": "2a608cb30bad89fd",
    "0018": "160ebbae2224266f",
    "0019": "4c4e46cd97afca0d",
    "0020": "c30385d9aafdd45f",
    "0021": "bef3b109bd47700d",
    "0022": "175130fdf9642d7b",
    "0023": "e8c89b9af40034cf",
    "0024": "2b993b279fc252ff",
    "0025": "bb0b60b26911fdb9",
    "0026": "e4085624bf116180",
    "0027": "97ab0a8244847c57",
    "0028": "c0ba6e7696f3c201",
    "0029": "2d68022ca18ed546",
    "0030": "711c435f3e77bc51",
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
    }
)
"""Never the newest of a version that was handed over, so no database stopped at one."""


def code_of(path: Path) -> str:
    """What a migration does, without words for people."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
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
