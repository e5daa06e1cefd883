"""What tests of pages look at."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[4] / "workbench" / "node_modules" / "axe-core" / "axe.min.js"

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
"""Rules of axe that hold on every page."""

BESIDE_LANDMARKS = "dialog, [role=dialog], [role=alertdialog], svg, [role=menu], [role=tooltip]"
"""What axe lets be outside all landmarks; menus, beside which all is inert as beside a dialog; and tooltips,
which are read with the element that they describe."""

END_OF_TRANSITIONS = """Promise.allSettled(
    document.getAnimations()
        .filter(each => each.playState === 'running')
        .filter(each => each.effect.getComputedTiming().iterations !== Infinity)
        .map(each => each.finished)
).then(() => null)"""
"""Half faded in, a button has a contrast that nobody is meant to read it by."""


def violations(page: Page) -> list[str]:
    """Run axe on the page, seen from its top, and return what it found: rule, help and the first elements."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(AXE.read_text())
        region = {"id": "region", "options": {"regionMatcher": BESIDE_LANDMARKS}}
        page.evaluate("region => axe.configure({checks: [region]})", region)
    # A link that the top bar happens to cover in part counts as too small a target.
    page.evaluate("scrollTo(0, 0)")
    page.evaluate(END_OF_TRANSITIONS)
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}}).then(r => r.violations)", RULES
    )
    return [
        f"{each['id']}: {each['help']}: {json.dumps([node['target'] for node in each['nodes'][:3]])}"
        for each in found
    ]


def wait_until(page: Page, condition: str) -> None:
    """Wait for a condition in JavaScript, which the page's own policy forbids to `wait_for_function`."""
    page.evaluate(
        f"new Promise(done => {{ const look = () => ({condition}) ? done() : setTimeout(look, 50); look() }})"
    )
