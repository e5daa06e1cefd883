"""What ships is licensed to ship, and a package that nobody could check never counts as good."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[3] / "scripts"
LICENCES = SCRIPTS / "check_licences.py"
check = runpy.run_path(str(LICENCES))
audit = runpy.run_path(str(SCRIPTS / "audit_packages.py"))


def test_everything_that_ships_may():
    done = subprocess.run([sys.executable, LICENCES], capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("name", "licence", "allowed"),
    [
        ("any", "MIT", True),
        ("any", "Apache-2.0 OR BSD-3-Clause", True),
        ("any", "GPL-3.0-only OR MIT", True),
        ("any", "(MIT OR CC0-1.0)", True),
        ("any", "(GPL-3.0-only AND MIT)", False),
        ("any", "(MIT OR CC0-1.0) AND (GPL-3.0-only)", False),
        ("any", "(MIT) AND (GPL-3.0-only OR MIT)", False),
        ("any", "OFL-1.1", False),
        ("@fontsource-variable/inter", "OFL-1.1", True),
        ("any", "MIT AND GPL-3.0-only", False),
        ("any", "MIT License; GNU General Public License (GPL)", False),
        ("any", "GNU Affero General Public License v3", False),
        ("any", "AGPL-3.0-or-later", False),
        ("any", "SSPL-1.0", False),
        ("any", "Apache-2.0 with Commons Clause", False),
        ("any", "UNKNOWN", False),
        ("any", "", False),
        ("any", "LGPL-3.0-only", False),
        ("psycopg", "LGPL-3.0-only", True),
        ("psycopg", "GPL-3.0-only", False),
    ],
)
def test_a_licence_is_refused_unless_it_is_listed(name, licence, allowed):
    assert check["is_allowed"](name, licence) is allowed


def test_a_licence_given_as_its_text_counts_only_as_it_was_read():
    text = subprocess.run(
        [sys.executable, "-m", "piplicenses", "--from=mixed", "--format=json", "--packages", "piqp"],
        capture_output=True,
        text=True,
        check=True,
    )
    licence = json.loads(text.stdout)[0]["License"]
    assert licence.startswith("BSD 2-Clause License\n")
    assert check["named"](licence) == "BSD-2-Clause"
    assert check["named"](licence + " with the Commons Clause") == licence + " with the Commons Clause"
    assert check["named"]("MIT") == "MIT"


def test_what_is_not_installed_is_not_judged_to_be_good():
    assert check["refused"]({"a", "b", "c"}, {"a": "MIT", "b": "SSPL-1.0"}) == [
        "b: SSPL-1.0",
        "c: not installed, so its licence is not known",
    ]


def test_pins_for_other_machines_do_not_ship():
    lines = [
        "# comment",
        "Flask_RESTX==1.3.2 \\",
        "    --hash=sha256:00",
        "colorama==0.4.6 ; sys_platform == 'no-such' \\",
    ]
    assert check["shipped"](lines) == {"flask-restx"}


def test_of_the_workbench_ships_what_is_not_there_to_build_it():
    packages = {
        "": {"license": "UNLICENSED"},
        "node_modules/react": {"license": "MIT"},
        "node_modules/@mui/material": {"license": "MIT"},
        "node_modules/vite": {"license": "MIT", "dev": True},
        "node_modules/d3/node_modules/react": {"license": "GPL-3.0-only"},
        "node_modules/nameless": {},
        "node_modules/types": {"license": "MIT", "optional": True},
    }
    licences = check["of_the_workbench"](json.dumps({"packages": packages}))
    assert licences == {
        "react": "GPL-3.0-only AND MIT",
        "@mui/material": "MIT",
        "nameless": "UNKNOWN",
        "types": "MIT",
    }
    assert check["refused"](licences, licences) == ["nameless: UNKNOWN", "react: GPL-3.0-only AND MIT"]


NAMES = {"flask", "waitress"}
FLASK = {"name": "flask", "version": "3.1.3", "vulns": []}
NOT_FOUND = "Dependency not found on PyPI and could not be audited: waitress (3.0.2)"
HOLE = {"id": "PYSEC-2024-1", "fix_versions": ["3.0.3"], "aliases": [], "description": "Request smuggling."}


@pytest.mark.parametrize(
    ("dependencies", "status", "said"),
    [
        ([FLASK, {"name": "waitress", "version": "3.0.2", "vulns": []}], 0, "2 packages have no known"),
        ([FLASK, {"name": "waitress", "skip_reason": NOT_FOUND}], 3, "Not checked: 1 of 2 packages"),
        ([{"name": n, "skip_reason": NOT_FOUND} for n in sorted(NAMES)], 3, "Not checked: 2 of 2 packages"),
        ([], 3, "Not checked: 2 of 2 packages"),
        (
            [{"name": "flask", "skip_reason": ""}, {"name": "waitress", "version": "3.0.2", "vulns": [HOLE]}],
            1,
            "Vulnerable: waitress 3.0.2: PYSEC-2024-1",
        ),
    ],
)
def test_only_what_was_checked_is_good(dependencies, status, said):
    verdict = audit["judge"](json.dumps({"dependencies": dependencies, "fixes": []}), NAMES)
    assert verdict.status == status
    assert verdict.lines[0].startswith(said)


@pytest.mark.parametrize("output", ["", "Traceback", "{}", "[]", "null"])
def test_without_a_report_nothing_was_checked(output):
    verdict = audit["judge"](output, NAMES)
    assert (verdict.status, verdict.lines) == (3, ("Not checked: pip-audit gave no report.",))


def test_the_pins_are_those_of_the_file():
    assert audit["pinned"]("# x\nFlask_RESTX==1 \\\n    --hash=sha256:0\nzxcvbn==4.5\n") == {
        "flask-restx",
        "zxcvbn",
    }
