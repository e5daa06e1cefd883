"""Ten screens are as their stored pictures; `UPDATE_PICTURES=1` stores them, and those of README, anew."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tests.e2e.workbench.desk import Desk
from tests.e2e.workbench.pictures import compare, read, small_png
from tests.e2e.workbench.states import BOOKS, DESK, visit

STORED = Path(__file__).parent / "pictures"
README = Path(__file__).resolve().parents[4] / "docs" / "pictures"
UPDATE = os.environ.get("UPDATE_PICTURES") == "1"
TOLERANCE = 0.01
WELL_BEFORE = "2020-01-01T12:00:00Z"
"""The browser's clock: nothing that the server makes expires before it."""

SCREENS = {"entry-begin", "entry", "method", "weights", "preview", "commit", "comparison"}
BOOK_SCREENS = {"accounts": "light", "account": "dark", "security": "light"}
IN_README = {"preview", "comparison"}
CHANGING = re.compile(r"Can be committed|[0-9a-f]{8}…|\d\d:\d\d:\d\d|Compared|Development|Data \d")


def _picture(desk: Desk, scheme: str = "light") -> bytes:
    page = desk.page
    page.emulate_media(color_scheme=scheme)
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement?.blur()")
    page.wait_for_timeout(300)
    png = page.screenshot(animations="disabled", caret="hide", mask=[page.get_by_text(CHANGING)])
    page.emulate_media(color_scheme="light")
    return png


def test_screens_are_as_they_were(open_desk, browser, tmp_path):
    blank = browser.new_page()
    desk = open_desk(clock=WELL_BEFORE)
    faults, failures = [], tmp_path / "pictures"
    for name in visit(desk, (*DESK, *BOOKS)):
        if name not in SCREENS and name not in BOOK_SCREENS:
            continue
        png = _picture(desk, BOOK_SCREENS.get(name, "light"))
        stored = STORED / f"{name}.png"
        if UPDATE:
            stored.parent.mkdir(exist_ok=True)
            stored.write_bytes(small_png(read(blank, png)))
            if name in IN_README:
                README.mkdir(parents=True, exist_ok=True)
                shown = desk.page.screenshot(animations="disabled", caret="hide")
                (README / f"{name}.png").write_bytes(small_png(read(blank, shown)))
        elif fault := compare(blank, png, stored, failures, TOLERANCE):
            faults.append(fault)
    blank.close()
    assert faults == []
