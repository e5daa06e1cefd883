"""The built workbench in Debian's Chromium: a server and a browser for the tests of a module."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect, sync_playwright

from app.core.config.server import WORKBENCH_BUILD
from tests.e2e.server_process import Server
from tests.e2e.workbench.desk import SLOW, Desk

expect.set_options(timeout=SLOW)

HERE = Path(__file__).parent
BUILT = WORKBENCH_BUILD / "index.html"
STEADY = ("--no-sandbox", "--font-render-hinting=none", "--force-color-profile=srgb", "--hide-scrollbars")
"""Options with which pictures are the same on every machine."""

SETTINGS = {"MOCK_FILL_SECONDS": "4", "BUSINESS_DATE": "2026-06-30"}
"""Of the server: fills come while a test looks on, on a book that is the same every day."""

ON_VIOLATION = """document.addEventListener('securitypolicyviolation', of =>
    window.tellViolation(`${of.effectiveDirective} ${of.blockedURI} ${of.sourceFile}:${of.lineNumber}`))"""


def pytest_collection_modifyitems(items):
    """Mark all tests of this folder, which the hook is called for with all others."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)


def pytest_terminal_summary(terminalreporter):
    """Print what tests measured, from whichever process they ran in."""
    figures = [
        each
        for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
        if "e2e/workbench" in report.nodeid and report.when == "call"
        for each in report.user_properties
    ]
    if figures:
        terminalreporter.section("Figures of the workbench")
    for name, value in figures:
        terminalreporter.write_line(f"{name}: {value}")


def missing():
    """What is not there that the tests need, in words."""
    if not BUILT.is_file():
        return "the workbench is not built (make workbench)"
    return None if shutil.which("chromium") else "Chromium is not installed"


@pytest.fixture(scope="module")
def browser():
    """Chromium; where it or the workbench is missing, skip, or fail when `REQUIRE_BROWSER` is set."""
    if lacking := missing():
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(f"REQUIRE_BROWSER is set, but {lacking}", pytrace=False)
        pytest.skip(lacking)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=STEADY)
        yield running
        running.close()


@pytest.fixture(scope="module")
def settings():
    """Settings of the server; a module that needs others has a fixture of this name."""
    return {}


@pytest.fixture(scope="module")
def server(browser, tmp_path_factory, settings):
    """The server on the default scenario with demo users, for the tests of a module."""
    running = Server(tmp_path_factory.mktemp("workbench"), **{**SETTINGS, **settings}).start()
    yield running
    running.stop(signal.SIGTERM)


@pytest.fixture(scope="module")
def api(server):
    """Make a client of the API that is logged in as a user, as another program would be."""
    clients = []

    def client_of(username):
        client = httpx.Client(base_url=f"{server.root}/v1", timeout=60)
        clients.append(client)
        answer = client.post("/auth/login", json={"username": username, "password": "demo_password"})
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return client

    yield client_of
    for client in clients:
        client.close()


@pytest.fixture
def new_page(browser, server):
    """Make pages, each in a context of its own as if on another machine.

    A test fails when a page of it breaks its content security policy, throws, or writes an error or a warning
    to its console without a part of `allowed` in it.
    """
    contexts, told = [], []

    def make(address=None, *, width=1280, height=800, scheme="light", allowed=(), **options):
        context = browser.new_context(
            base_url=address or server.root,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="America/New_York",
            permissions=["clipboard-read", "clipboard-write"],
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(SLOW)
        page.expose_binding("tellViolation", lambda _, words: told.append(words))
        page.add_init_script(ON_VIOLATION)
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("console", lambda said: _keep(said, told, allowed))
        return page

    yield make
    for context in contexts:
        context.close()
    assert told == []


def _keep(said, told, allowed):
    """Keep errors and warnings. Chromium itself reports refused requests, which tests provoke."""
    expected = ("Failed to load resource", *allowed)
    if said.type in {"error", "warning"} and not any(part in said.text for part in expected):
        told.append(said.text)


@pytest.fixture
def page(new_page):
    """A page that shows the login."""
    opened = new_page()
    opened.goto("/")
    return opened


@pytest.fixture
def log_in_at():
    """Log in at a page that shows the form."""

    def log_in(page, username="demo_user", password="demo_password"):
        page.get_by_label("User name").fill(username)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Log in", exact=True).click()
        page.get_by_role("button", name="User menu of").wait_for()

    return log_in


@pytest.fixture
def open_desk(new_page, log_in_at):
    """Open the workbench as a user, in a browser of its own."""

    def open_at(username="demo_user", path="/", *, clock=None, password="demo_password", **options):
        page = new_page(**options)
        if clock:
            page.clock.set_fixed_time(clock)
        page.goto(path)
        log_in_at(page, username, password)
        return Desk(page)

    return open_at
