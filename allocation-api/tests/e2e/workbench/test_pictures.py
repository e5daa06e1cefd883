"""Ten screens are as their stored pictures. `UPDATE_PICTURES=1` stores them anew, and those of README."""

from __future__ import annotations

import os
import re
from pathlib import Path

from playwright.sync_api import Page

from tests.e2e.workbench.desk import Desk
from tests.e2e.workbench.pictures import compare, read, small_png
from tests.e2e.workbench.states import DESK, visit
from tests.e2e.workbench.states_of_pages import BOOKS

STORED = Path(__file__).parent / "pictures"
README = Path(__file__).resolve().parents[4] / "docs" / "pictures"
UPDATE = os.environ.get("UPDATE_PICTURES") == "1"
TOLERANCE = 0.01
WELL_BEFORE = "2020-01-01T12:00:00Z"
"""The browser's clock: nothing that the server makes expires before it."""

SCREENS = {
    "entry-empty": "light",
    "entry": "light",
    "method": "light",
    "weights": "dark",
    "preview": "light",
    "commit": "light",
    "comparison": "light",
    "accounts": "dark",
    "account": "light",
    "security": "dark",
}
ON_THE_WAY = {"entry-faults", "wishes", "paste"}
"""States that others follow from. No order is sent: the books stay as they are generated."""
README_HEIGHTS = {"preview": 1140, "comparison": 1180}
CHANGING = re.compile(r"Can be committed|Compared by|[0-9a-f]{8}…|\d\d:\d\d:\d\d")
MILLISECONDS = "table[aria-label='Variants with their totals'] td:nth-child(9)"

ONE_FONT = """() => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(`* { font-family: "Inter Variable", "DejaVu Sans" !important }
        code, pre, textarea { font-family: "DejaVu Sans Mono" !important }`)
    document.adoptedStyleSheets.push(sheet)
    return document.fonts.ready.then(() => null)
}"""
"""The font that the workbench brings, and one of Debian for what it has no glyph of."""


def _settle(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.evaluate(ONE_FONT)
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement?.blur(); scrollTo(0, 0)")
    page.wait_for_timeout(300)


def _picture(page: Page, scheme: str) -> bytes:
    _settle(page, scheme)
    mask = [page.get_by_text(CHANGING), page.locator(MILLISECONDS)]
    png = page.screenshot(animations="disabled", caret="hide", mask=mask)
    page.emulate_media(color_scheme="light")
    return png


def _store(blank: Page, page: Page, name: str, png: bytes) -> None:
    STORED.mkdir(exist_ok=True)
    (STORED / f"{name}.png").write_bytes(small_png(read(blank, png)))
    if name in README_HEIGHTS:
        README.mkdir(parents=True, exist_ok=True)
        page.set_viewport_size({"width": 1280, "height": README_HEIGHTS[name]})
        _settle(page, "light")
        shown = page.screenshot(animations="disabled", caret="hide")
        (README / f"{name}.png").write_bytes(small_png(read(blank, shown)))
        page.set_viewport_size({"width": 1280, "height": 800})


def test_screens_are_as_they_were(open_desk, browser, tmp_path):
    blank = browser.new_page()
    desk: Desk = open_desk(clock=WELL_BEFORE)
    faults, seen = [], set()
    for name in visit(desk, [state for state in (*DESK, *BOOKS) if state[0] in SCREENS.keys() | ON_THE_WAY]):
        if name not in SCREENS:
            continue
        seen.add(name)
        png = _picture(desk.page, SCREENS[name])
        if UPDATE:
            _store(blank, desk.page, name, png)
        elif fault := compare(blank, png, STORED / f"{name}.png", tmp_path / "pictures", TOLERANCE):
            faults.append(fault)
    blank.close()
    assert faults == []
    assert seen == SCREENS.keys()
