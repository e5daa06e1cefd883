"""Checks the licences of what ships.

That is every package of requirements.txt as it is installed here, and every package of the workbench but
those that only build it, as package-lock.json has them: `python scripts/check_licences.py`. A licence is
refused unless it is listed below, so GPL, AGPL, SSPL, the Commons Clause and whatever nobody has read yet
are refused alike. Exit status: 0 if all are allowed, 1 if not.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "allocation-api" / "requirements.txt"
LOCK = ROOT / "workbench" / "package-lock.json"

ALLOWED = frozenset(
    {
        "0BSD",
        "3-Clause BSD License",
        "Apache License 2.0",
        "Apache Software License",
        "Apache-2.0",
        "BSD License",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "ISC",
        "MIT",
        "MIT License",
        "MIT-0",
        "MPL-2.0",
        "Mozilla Public License 2.0 (MPL 2.0)",
        "PSF-2.0",
        "Python Software Foundation License",
        "Zlib",
        "Zope Public License",
    }
)
"""Licences that ask for notices alone, or, like the MPL, for changes of their own files."""

LINKED = "it is imported as it was published, and whoever runs the service can replace it"
ALLOWED_OF = {
    "orjson": (
        "MPL-2.0 AND (Apache-2.0 OR MIT)",
        "the MPL and the MIT are allowed, which this says in brackets",
    ),
    "frozendict": ("LGPL-3.0-only", LINKED),
    "psycopg": ("LGPL-3.0-only", LINKED),
    "psycopg-binary": ("LGPL-3.0-only", LINKED),
    "@fontsource-variable/inter": ("OFL-1.1", "a font may ship with software, under its own licence"),
    "python-stdnum": ("GNU Lesser General Public License v2 or later (LGPLv2+)", LINKED),
}
"""Further licences of single packages, each with the reason why it does not bind this product."""

READ = {"c7457e4abccf85aeecb3c975047798f9952cd98b8061fc100e80e7a02c10883d": "BSD-2-Clause"}  # piqp
"""Licences whose whole text stands where the metadata have room for a name, by the SHA-256 of their words.

Each was read: it is what it is called here and nothing else. Another text, by a word, is another licence.
"""


def is_allowed(name: str, licence: str) -> bool:
    """Return whether a package may ship under a licence, an SPDX expression or a list with semicolons."""
    if name in ALLOWED_OF and ALLOWED_OF[name][0] == licence:
        return True
    # AND binds tighter than OR. Brackets inside are not read: what has them is refused until it is listed.
    bare = re.sub(r"^\(([^()]*)\)$", r"\1", licence)
    choices = (re.split(r" AND |; ", choice) for choice in bare.split(" OR "))
    return any(all(part.strip() in ALLOWED for part in choice) for choice in choices)


def shipped(lines: Iterable[str]) -> set[str]:
    """Return the names of the packages that requirements ask for on this machine."""
    pins = (line.partition("\\")[0].strip() for line in lines if line[:1].isalnum())
    wanted = (Requirement(pin) for pin in pins)
    return {canonicalize_name(w.name) for w in wanted if w.marker is None or w.marker.evaluate()}


def of_the_workbench(lock: str) -> dict[str, str]:
    """Return the licences of the packages that ship with the workbench, of all versions of each."""
    found: dict[str, set[str]] = {}
    for path, package in json.loads(lock)["packages"].items():
        if path and not package.get("dev"):
            name = path.rpartition("node_modules/")[2]
            found.setdefault(name, set()).add(package.get("license", "UNKNOWN"))
    return {name: " AND ".join(sorted(licences)) for name, licences in found.items()}


def refused(names: Iterable[str], licences: dict[str, str]) -> list[str]:
    """Return in words which packages may not ship; one that is not installed cannot be judged."""
    found = []
    for name in sorted(names):
        if name not in licences:
            found.append(f"{name}: not installed, so its licence is not known")
        elif not is_allowed(name, licences[name]):
            found.append(f"{name}: {licences[name]}")
    return found


def installed(names: Iterable[str]) -> dict[str, str]:
    """Return the licences of installed packages, as their metadata says."""
    command = [sys.executable, "-m", "piplicenses", "--from=mixed", "--format=json", "--with-system"]
    done = subprocess.run(  # noqa: S603
        [*command, "--packages", *names], capture_output=True, text=True, check=True
    )
    return {canonicalize_name(each["Name"]): named(each["License"]) for each in json.loads(done.stdout)}


def named(licence: str) -> str:
    """Return the name of a licence that was read where its text is given, else what is given."""
    words = " ".join(licence.split())
    return READ.get(sha256(words.encode()).hexdigest(), licence)


def main() -> int:
    """Check all; say what is refused."""
    names = shipped(REQUIREMENTS.read_text().splitlines())
    workbench = of_the_workbench(LOCK.read_text())
    found = refused(names, installed(names)) + refused(workbench, workbench)
    for line in found:
        print(f"Not allowed: {line}", file=sys.stderr)
    if not found:
        print(f"The licences of {len(names)} + {len(workbench)} packages are allowed.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
