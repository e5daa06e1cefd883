"""The dashboard and the alert rules ask for metrics that the service has, with labels that they have."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from app.core import metrics
from app.services.aladdin.errors import VendorNotFound
from tests.support.desk import GOLDEN_BOOK, Desk

DEPLOY = Path(__file__).resolve().parents[3] / "deploy"
ALERTS = DEPLOY / "alerts.yml"
OF_PROMETHEUS = {"up"}
LABELS_OF_STATE = {
    "allocator_allocations_open": {"status"},
    "allocator_jobs_open": {"state"},
    "allocator_alerts_open": {"severity"},
    "allocator_alert_messages": {"state"},
}


def rules():
    return [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]


def panels():
    return json.loads((DEPLOY / "grafana-dashboard.json").read_text())["panels"]


def expressions():
    yield from ((rule["alert"], rule["expr"]) for rule in rules())
    yield from ((panel["title"], target["expr"]) for panel in panels() for target in panel["targets"])


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    """Samples that the service gives, with their labels."""
    desk = Desk(tmp_path_factory.mktemp("metrics"), scenario=GOLDEN_BOOK)
    own = {
        name: set(found._labelnames)
        for found in vars(metrics).values()
        if isinstance(found, metrics.Counter | metrics.Gauge | metrics.Histogram)
        for name in metrics.REGISTRY._collector_to_names[found]
    }
    state = {metric.name: LABELS_OF_STATE.get(metric.name, set()) for metric in desk.services.state.collect()}
    return own | state


@pytest.mark.parametrize(("where", "expression"), list(expressions()))
def test_every_metric_that_is_asked_for_exists_and_has_its_labels(known, where, expression):
    asked = re.findall(r"\b(allocator_\w+)(?:\{([^}]*)\})?", expression)
    assert asked or set(re.findall(r"\w+", expression)) & OF_PROMETHEUS
    for name, selector in asked:
        assert name in known
        assert set(re.findall(r"(\w+)\s*(?:=|!)", selector)) <= known[name]
    grouped = {
        label.strip() for labels in re.findall(r"by \(([^)]*)\)", expression) for label in labels.split(",")
    }
    assert grouped <= {"le"}.union(*(known[name] for name, _ in asked), set())


def test_there_are_ten_rules_and_each_says_what_is_wrong_and_where_to_look():
    assert len(rules()) >= 10
    for rule in rules():
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert rule["annotations"]["summary"].endswith(".")
        assert rule["annotations"]["runbook"] == "docs/operations.md"


def test_every_metric_is_on_the_dashboard_or_alerted(known):
    shown = " ".join(expression for _, expression in expressions())
    of_process = {
        name for name in known if not name.endswith(("_created", "_sum", "_count", "_bucket", "_total"))
    }
    assert {name for name in of_process if name not in shown} == set()


def test_the_code_of_what_is_not_found_is_that_of_the_rule():
    assert f'outcome!="{VendorNotFound.code}"' in ALERTS.read_text()


PROMTOOL = shutil.which("promtool")


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed")
def test_prometheus_takes_the_rules():
    command = [PROMTOOL, "check", "rules", ALERTS]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
