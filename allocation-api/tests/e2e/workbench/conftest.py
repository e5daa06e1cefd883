"""The built workbench, served by the real server, in Debian's Chromium."""

from __future__ import annotations

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

from tests.e2e.server_process import Server
from tests.e2e.workbench.browser import CHROMIUM, DIST

SETTINGS = {"MOCK_FILL_SECONDS": "4"}
"""Of the server: fills come while a test looks on."""


def pytest_collection_modifyitems(items):
    here = os.path.dirname(__file__)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session", autouse=True)
def built():
    """Refuse to test an absent build, and leave the tests out where there is no browser."""
    missing = [
        what
        for what, is_there in (("Chromium", shutil.which(CHROMIUM)), ("build", DIST.is_dir()))
        if not is_there
    ]
    if missing and os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(f"The workbench cannot be tested: no {' and no '.join(missing)}.")
    if missing:
        pytest.skip(f"No {' and no '.join(missing)}.")


@pytest.fixture(scope="module")
def browser(built):
    """Chromium, for the tests of a file."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--font-render-hinting=none", "--force-color-profile=srgb"],
        )
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def settings():
    """Settings of the server; a file that needs others has a fixture of this name."""
    return {}


@pytest.fixture(scope="module")
def server(tmp_path_factory, settings):
    """The server, for the tests of a file."""
    running = Server(tmp_path_factory.mktemp("workbench"), **{**SETTINGS, **settings}).start()
    yield running
    running.stop()


@pytest.fixture
def open_page(browser, server):
    """Make a page of a browser of its own: its cookies are nobody else's. What its console reports fails the test."""
    contexts, reported = [], []

    def make(*, width=1280, height=800, scheme="light", allowed=()):
        context = browser.new_context(
            base_url=f"http://localhost:{server.port}",
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="America/New_York",
            permissions=["clipboard-read", "clipboard-write"],
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: reported.append(str(error)))
        page.on("console", lambda said: _note(said, reported, allowed))
        return page

    yield make
    for context in contexts:
        context.close()
    assert reported == []


def _note(said, reported, allowed):
    """Keep errors and warnings of the console. Chromium itself reports refused requests, which tests provoke."""
    if said.type in {"error", "warning"} and not said.text.startswith("Failed to load resource"):
        if not any(part in said.text for part in allowed):
            reported.append(said.text)


@pytest.fixture
def page(open_page):
    """One page, light, 1280 by 800."""
    return open_page()
