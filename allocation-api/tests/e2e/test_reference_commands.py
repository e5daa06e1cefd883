"""A desk of an Aladdin in another process, from an empty database to a committed order, by commands alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.e2e.simulator_process import API_DIR, GOLDEN
from tests.e2e.vendor_client import BOND, GROUP, settings_of

pytestmark = pytest.mark.slow

DAY = "2026-06-30"
LOAD = ("--user", "ann", "--comment", "first load")


def test_from_an_empty_database_to_a_committed_order(simulator, make_server, log_in, tmp_path):
    environment = settings_of(
        simulator,
        MOCK_ALADDIN_DATA="false",
        ALADDIN_GROUPS=GROUP,
        BUSINESS_DATE=DAY,
        DATABASE_URL=f"sqlite:///{tmp_path / 'desk.db'}",
    )

    def run(*arguments, told=1):
        done = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", "app", *arguments],
            cwd=API_DIR,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stderr if told == 2 else done.stdout

    folder = tmp_path / "files"
    run("migrate")
    told = run("reference", "fetch", str(folder))
    assert f"{folder / 'accounts.csv'}: 4 rows" in told
    assert (folder / "accounts.csv").read_text().splitlines()[1] == "ACC001,ACC001,GOLDEN,USD,,"
    assert (folder / "securities.csv").read_text().splitlines()[1].startswith(f"{BOND},")
    # What Aladdin does not know, a desk states in the files.
    accounts = json.loads(GOLDEN.read_text())["accounts"]
    rows = [f"ACCOUNT,{a['account_id']},{a['benchmark']['spread_duration']},," for a in accounts]
    (folder / "benchmarks.csv").write_text("\n".join(["scope,id,spread_duration,duration,oas", *rows]))
    (folder / "restrictions.csv").write_text("account_id,restriction\nACC003,NO_TOBACCO\n")
    unstated = run("reference", "check", str(folder), told=2)
    assert unstated.splitlines() == [
        f"warning: accounts.csv, line {line}, column account_id: {account} gets nothing: restrictions.csv "
        "has no row of it. State each restriction, or NONE where there is none."
        for line, account in ((2, "ACC001"), (3, "ACC002"), (5, "ACC004"))
    ]
    with (folder / "restrictions.csv").open("a") as file:
        file.writelines(f"{account},NONE\n" for account in ("ACC001", "ACC002", "ACC004"))
    assert "Stored and recorded: " in run("reference", "load", str(folder), *LOAD)
    assert "Nothing to change" in run("reference", "check", str(folder), "--remove")

    client = log_in(make_server(**environment).start())
    body = {
        "order": {"security_id": BOND, "side": "BUY", "quantity": 3_800_000},
        "allocation_method": "PRO_RATA",
        "portfolio_groups": [GROUP],
    }
    preview = client.post("allocations/preview", json=body).json()
    # NAV 100, 150, 80 and 50 million.
    assert {a["account_id"]: a["allocated_quantity"] for a in preview["allocations"]} == {
        "ACC001": 1_000_000,
        "ACC002": 1_500_000,
        "ACC003": 800_000,
        "ACC004": 500_000,
    }
    path = f"allocations/{preview['allocation_id']}/commit"
    assert client.post(path, json={"override_warnings": True}).json()["status"] == "SUCCESS"
    assert client.get("audit/verify").json()["whole"] is True
    assert "Nothing to change" in run("reference", "check", str(folder), "--remove")
