"""The page as the server sends it: within its policy everywhere, below a prefix too, and from the cache."""

from __future__ import annotations

import re
import signal

from tests.e2e.server_process import Server
from tests.e2e.workbench.browser import wait_until

PAGES = (
    "/workbench",
    "/compare",
    "/allocations",
    "/approvals",
    "/orders",
    "/accounts",
    "/accounts/PPR-001",
    "/securities/912828YW4",
    "/drift/proposals/new?scope=GROUP&id=PUBLICPRE",
    "/alerts",
    "/fairness",
    "/audit",
    "/admin",
    "/profile",
    "/system",
    "/no/such/page",
)


def test_every_page_keeps_to_the_policy(page, log_in_at):
    log_in_at(page)
    for path in PAGES:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert page.locator("main").count() == 1, path


FOREIGN = """() => {
    window.refused = []
    addEventListener('securitypolicyviolation', event => window.refused.push(event.effectiveDirective))
    const add = (name, set) => document.head.append(Object.assign(document.createElement(name), set))
    add('script', { textContent: 'window.ran = true' })
    add('script', { src: 'data:text/javascript,window.ran = true' })
    add('style', { textContent: '#root { display: none }' })
    setTimeout('window.ran = true', 0)
}"""


def test_scripts_and_styles_of_somebody_else_are_refused(server, browser):
    with browser.new_context(base_url=server.root) as context:
        page = context.new_page()
        page.goto("/")
        page.get_by_label("User name").wait_for()
        page.evaluate(FOREIGN)
        wait_until(page, "window.refused.length >= 4")
        assert sorted(page.evaluate("window.refused")) == [
            "script-src",
            "script-src-elem",
            "script-src-elem",
            "style-src-elem",
        ]
        assert page.evaluate("window.ran") is None
        assert page.locator("#root").is_visible()


def test_below_a_prefix_pages_files_and_calls_are_below_it_too(browser, new_page, log_in_at, tmp_path):
    server = Server(tmp_path, PATH_PREFIX="/allocator").start()
    try:
        page = new_page(server.root)
        asked = []
        page.on("request", lambda request: asked.append(request.url.removeprefix(server.root)))
        page.goto("/allocator/")
        log_in_at(page)
        page.wait_for_url(re.compile("/allocator/workbench"))
        page.goto("/allocator/orders")
        page.wait_for_load_state("networkidle")
        assert any("/assets/" in path for path in asked)
        assert any("/v1/" in path for path in asked)
        assert [path for path in asked if not path.startswith("/allocator/")] == []
    finally:
        server.stop(signal.SIGTERM)


LOADED = """Object.fromEntries(performance.getEntriesByType('resource')
    .filter(entry => entry.name.includes('/assets/')).map(entry => [entry.name, entry.transferSize]))"""


def test_a_second_visit_loads_no_script_again(page, log_in_at):
    log_in_at(page)
    loaded = []
    for _ in range(2):
        page.goto("/orders")
        page.wait_for_load_state("networkidle")
        loaded.append(page.evaluate(LOADED))
    first, second = loaded
    assert first
    assert {name: second[name] for name in first} == dict.fromkeys(first, 0)
