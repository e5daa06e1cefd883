"""Every page and state: nothing for axe to find in either theme, and nothing wider than a phone.

In the profile `full` each state is looked at in both ways; else they take turns from state to state.
`SCREENSHOTS=folder` leaves a picture of each, in both themes, at the width of a desk and of a phone.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.e2e.workbench import states_of_pages as pages
from tests.e2e.workbench.browser import violations
from tests.e2e.workbench.states import DESK, visit
from tests.support.profiles import PROFILE

LOOKS = (("light", 1280), ("dark", 390))
ALL_LOOKS = (*LOOKS, ("light", 390), ("dark", 1280))
HIGHEST = 3000
SETTLED_MILLISECONDS = 100
FITTED_MILLISECONDS = 2_000
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SCREENSHOTS = os.environ.get("SCREENSHOTS")


@pytest.fixture(scope="module")
def settings():
    """Orders that stay open, so that they can be changed, and one that is large enough for a second user."""
    return {"MOCK_FILL_SECONDS": "0", "APPROVAL_ABOVE_NOTIONAL": "20000000", "JOB_WORKERS": "1"}


def _too_wide(page):
    """Return by how many pixels the page stays too wide; a table may take a moment to fit a new width."""
    try:
        page.wait_for_function(f"{TOO_WIDE} <= 0", timeout=FITTED_MILLISECONDS)
    except PlaywrightTimeout:
        return page.evaluate(TOO_WIDE)
    return 0


def _look(page, name, number=0):
    """Return what is wrong with the state that the page is in; `number` counts the states."""
    found = []
    looks = LOOKS if SCREENSHOTS or PROFILE == "full" else (LOOKS[number % len(LOOKS)],)
    for scheme, width in ALL_LOOKS if SCREENSHOTS else looks:
        page.emulate_media(color_scheme=scheme)
        # As high as the page, so that no part of it lies below the bar of a step.
        page.set_viewport_size({"width": width, "height": 800})
        height = min(page.evaluate("document.documentElement.scrollHeight"), HIGHEST)
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(SETTLED_MILLISECONDS)
        if too_wide := _too_wide(page):
            found.append(f"{name} at {width}: {too_wide} pixels too wide")
        if SCREENSHOTS:
            Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(SCREENSHOTS) / f"{name}-{scheme}-{width}.png")
        if (scheme, width) in LOOKS:
            found += [f"{name} {scheme} {width}: {each}" for each in violations(page)]
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(color_scheme="light")
    return found


@pytest.mark.parametrize(
    ("username", "states"),
    [
        ("demo_user", DESK),
        ("demo_user", pages.BOOKS),
        ("demo_supervisor", pages.SUPERVISOR),
        ("demo_admin", pages.ADMIN),
        ("demo_admin", pages.NOT_PERMITTED),
        ("demo_user", (("admin-not-permitted", pages.at("/admin")),)),
        ("demo_user", pages.LOADING),
        ("demo_user", pages.FAILED),
        ("demo_user", pages.STOP),
    ],
    ids=["desk", "books", "supervisor", "admin", "not-permitted", "no-admin", "loading", "failed", "stop"],
)
def test_every_state(open_desk, username, states):
    """In this order: the books are those that the desk's orders leave."""
    desk = open_desk(username)
    names = enumerate(visit(desk, states))
    found = [fault for number, name in names for fault in _look(desk.page, name, number)]
    assert found == []


def test_login(page):
    assert _look(page, "login") == []
    page.get_by_role("button", name="Log in", exact=True).click()
    assert _look(page, "login-faults") == []
