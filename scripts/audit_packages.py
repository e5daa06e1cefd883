"""Looks for known vulnerabilities of what ships: pip-audit over requirements.txt, read with suspicion.

`python scripts/audit_packages.py`. pip-audit says "No known vulnerabilities found", with status 0, also where
its source of advisories knows none of the packages: here a package that it did not check is not a good one.
Exit status: 0 if every package was checked and is good, 1 if one is vulnerable, 3 if not all were checked.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parents[1] / "allocation-api" / "requirements.txt"
GOOD, VULNERABLE, NOT_CHECKED = 0, 1, 3
MAX_SECONDS = 300


@dataclass(frozen=True)
class Verdict:
    """Exit status, and what to say."""

    status: int
    lines: tuple[str, ...]


def pinned(text: str) -> set[str]:
    """Return the normalised names of all pins of a requirements file."""
    names = re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}


def judge(output: str, names: set[str]) -> Verdict:
    """Return what pip-audit's report in JSON says of these packages; markers leave out some of them."""
    try:
        found = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Verdict(NOT_CHECKED, ("Not checked: pip-audit gave no report.",))
    bad = [f"{d['name']} {d['version']}: {v['id']}" for d in found for v in d.get("vulns", ())]
    skipped = [d["name"] for d in found if "skip_reason" in d]
    if bad:
        return Verdict(VULNERABLE, tuple(f"Vulnerable: {line}" for line in bad))
    if skipped or not found:
        count, example = len(skipped) or len(names), next(iter(skipped), min(names))
        why = (
            f"Not checked: {count} of {len(names)} packages, such as {example}; advisories cannot be reached."
        )
        return Verdict(NOT_CHECKED, (why,))
    return Verdict(GOOD, (f"{len(found)} packages have no known vulnerability.",))


def main() -> int:
    """Ask, judge and say."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(REQUIREMENTS), "--format", "json"]
    try:
        done = subprocess.run(  # noqa: S603
            [*command, "--disable-pip", "--require-hashes", "--progress-spinner", "off"],
            capture_output=True,
            text=True,
            check=False,
            timeout=MAX_SECONDS,
        )
        verdict = judge(done.stdout, pinned(REQUIREMENTS.read_text()))
    except subprocess.TimeoutExpired:
        verdict = Verdict(NOT_CHECKED, (f"Not checked: no answer in {MAX_SECONDS} seconds.",))
    print(*verdict.lines, sep="\n", file=sys.stdout if verdict.status == GOOD else sys.stderr)
    return verdict.status


if __name__ == "__main__":
    sys.exit(main())
