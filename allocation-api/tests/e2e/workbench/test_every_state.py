"""Every page and state: nothing for axe to find in either theme, and nothing wider than a phone.

`SCREENSHOTS=folder` leaves a picture of each, in both themes, at the width of a desk and of a phone.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.e2e.workbench.browser import violations
from tests.e2e.workbench.states import ADMIN, BOOKS, DESK, visit

LOOKS = (("light", 1280), ("dark", 390))
ALL_LOOKS = (*LOOKS, ("light", 390), ("dark", 1280))
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SCREENSHOTS = os.environ.get("SCREENSHOTS")


def _look(page, name):
    """Return what is wrong with the state that the page is in."""
    found = []
    for scheme, width in ALL_LOOKS if SCREENSHOTS else LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_timeout(150)
        if (too_wide := page.evaluate(TOO_WIDE)) > 0:
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
    [("demo_user", DESK), ("demo_user", BOOKS), ("demo_admin", ADMIN)],
    ids=["desk", "books", "admin"],
)
def test_every_state(open_desk, username, states):
    desk = open_desk(username)
    found = [fault for name in visit(desk, states) for fault in _look(desk.page, name)]
    assert found == []


def test_login(page):
    assert _look(page, "login") == []
    page.get_by_role("button", name="Log in", exact=True).click()
    assert _look(page, "login-faults") == []
