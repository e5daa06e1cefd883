"""The server as a user starts it: the README's walk-through, restarts, threads, refusals."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.signing import SIGNING_KEY
from tests.support.waiting import answered

pytestmark = pytest.mark.slow

README = Path(__file__).resolve().parents[3] / "README.md"


def walk_through():
    """All commands of the walk-through, as one shell script."""
    text = README.read_text()
    walk = text[text.index("<!-- walk: begin -->") : text.index("<!-- walk: end -->")]
    return "\n".join(re.findall(r"```bash\n(.*?)```", walk, re.DOTALL))


@pytest.mark.skipif(shutil.which("curl") is None, reason="the walk-through needs curl")
def test_the_readme_walk_through(make_server):
    # The walk-through names accounts of the default scenario.
    server = make_server(MOCK_DATA_SCENARIO="default").start()
    script = f"set -euo pipefail\nAPI={server.root}/v1\n{walk_through()}"
    done = subprocess.run(  # noqa: S603
        ["/bin/bash", "-c", script], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout
    assert "'PUBLICPRE', 12" in said
    assert '"identical": true' in said
    assert said.count('"status": "SUCCESS"') == 3
    assert "'OPTIMAL'" in said
    for action in ("LOGIN", "PREVIEW", "COMMIT", "MODIFY", "CANCEL"):
        assert f"'demo_user', '{action}'" in said
    assert server.stop() == 0


def commit_one(client):
    found = client.get("securities/search", params={"query": "treasury"}).json()["securities"][0]
    order = {"security_id": found["cusip"], "side": "BUY", "quantity": 1_000_000}
    body = {"order": order, "allocation_method": "PRO_RATA", "portfolio_groups": ["BIG6"]}
    preview = client.post("allocations/preview", json=body).json()
    path = f"allocations/{preview['allocation_id']}/commit"
    done = client.post(path, json={"override_warnings": True}).json()
    assert done["status"] == "SUCCESS", done
    return done["aladdin_order_ids"][0]


def test_previews_outlive_a_restart(make_server, log_in):
    server = make_server(JWT_SECRET_KEY=SIGNING_KEY, MOCK_DATA_SCENARIO="default").start()
    client = log_in(server)
    cusip = client.get("securities/search", params={"query": "treasury"}).json()["securities"][0]["cusip"]
    order = {"security_id": cusip, "side": "BUY", "quantity": 1_000_000}
    body = {"order": order, "allocation_method": "PRO_RATA", "portfolio_groups": ["BIG6"]}
    shown = client.post("allocations/preview", json=body)
    assert shown.status_code == 200
    server.stop(signal.SIGKILL)
    server.start()
    again = client.get(f"allocations/{shown.json()['allocation_id']}")
    assert again.text == shown.text
    replayed = client.post(f"allocations/{shown.json()['allocation_id']}/replay", json={})
    assert replayed.json()["identical"] is True


def test_orders_after_a_restart_have_ids_of_their_own(make_server, log_in):
    """The simulated vendor forgets its orders when the process ends; our record of them stays."""
    server = make_server(JWT_SECRET_KEY=SIGNING_KEY, MOCK_DATA_SCENARIO="default").start()
    client = log_in(server)
    before = commit_one(client)
    server.stop(signal.SIGKILL)
    server.start()
    after = commit_one(client)
    assert after != before
    statuses = {o["order_id"]: o["status"] for o in client.get("orders").json()["orders"]}
    assert statuses[before] == "UNREPORTED"
    assert statuses[after] == "Open"


def test_many_at_once(make_server, log_in):
    server = make_server(MOCK_DATA_SCENARIO="default").start()
    client = log_in(server)
    cusip = client.get("securities/search", params={"query": "treasury"}).json()["securities"][0]["cusip"]

    def preview(number):
        order = {"security_id": cusip, "side": "BUY", "quantity": 1_000_000 + 1000 * number}
        body = {"order": order, "allocation_method": "MIN_DISPERSION", "portfolio_groups": ["PUBLICPRE"]}
        return answered(lambda: client.post("allocations/preview", json=body))

    def commit(_):
        body = {"override_warnings": True}
        return answered(lambda: client.post(f"allocations/{one}/commit", json=body))

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(preview, range(48)))
    assert {a.status_code for a in answers} == {200}
    assert len({a.json()["allocation_id"] for a in answers}) == 48
    one = answers[0].json()["allocation_id"]
    with ThreadPoolExecutor(16) as pool:
        commits = list(pool.map(commit, range(16)))
    assert sorted(c.status_code for c in commits) == [200] + [409] * 15
    orders = client.get("orders", params={"allocation_id": one}).json()["orders"]
    assert len(orders) == 1


def test_the_configured_scenario_previews_by_every_method(make_server, log_in):
    """Whatever book the environment names: each group takes its first bond by each method."""
    server = make_server().start()
    client = log_in(server)
    groups = client.get("portfolio-groups").json()["portfolio_groups"]
    assert groups
    for group in groups:
        accounts = [a["account_id"] for a in group["accounts"]]
        held = client.get(f"positions/{accounts[0]}", params={"as_of": "SOD"}).json()["positions"]
        order = {"security_id": held[0]["cusip"], "side": "BUY", "quantity": 1_000_000}
        for method in ("PRO_RATA", "CUSTOM_WEIGHTS", "MIN_DISPERSION"):
            body = {"order": order, "allocation_method": method, "portfolio_groups": [group["group_id"]]}
            if method == "CUSTOM_WEIGHTS":
                body["parameters"] = {"weights": {accounts[0]: 1}}
            answer = client.post("allocations/preview", json=body)
            assert answer.status_code == 200, answer.text
            found = answer.json()
            total = sum(a["allocated_quantity"] for a in found["allocations"])
            assert total + found["summary"]["unallocated"] == 1_000_000


@pytest.mark.parametrize(
    ("setting", "value", "named"),
    [
        ("MOCK_DATA_SCENARIO", "no_such_scenario", "no_such_scenario"),
        ("PORT", "eighty", "PORT"),
        ("JWT_SECRET_KEY", "short", "JWT_SECRET_KEY"),
        ("FLASK_ENV", "holiday", "FLASK_ENV"),
    ],
)
def test_a_wrong_setting_is_named(make_server, setting, value, named):
    said = make_server(**{setting: value}).refuses_to_start()
    assert "Cannot start" in said
    assert named in said


def test_a_wrong_book_file_is_named_with_its_place(make_server, tmp_path):
    book = tmp_path / "book.json"
    book.write_text(
        json.dumps({"as_of": "2026-06-30", "groups": [], "accounts": [], "securities": [], "x": 1})
    )
    said = make_server(MOCK_DATA_SCENARIO=str(book)).refuses_to_start()
    assert "x" in said
    assert "Traceback" not in said
