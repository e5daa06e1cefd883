"""An identity provider that accepts connections and never answers holds few request threads."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.integration.access.test_sign_on import settings
from tests.support.desk import Desk

pytestmark = pytest.mark.slow

VISITORS = 8
"""As many as there are request threads by default."""


@pytest.fixture
def silent():
    """The address of a provider that is never heard of."""
    with socket.create_server(("127.0.0.1", 0), backlog=VISITORS) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_a_silent_provider_leaves_threads_to_the_desk(tmp_path, silent):
    desk = Desk(tmp_path, **settings(silent, THREADS=f"{VISITORS}"))

    def visit(_):
        began = time.monotonic()
        answer = desk.app.test_client().get("/v1/auth/sso/login")
        return answer.status_code, time.monotonic() - began

    with ThreadPoolExecutor(VISITORS) as pool:
        visits = list(pool.map(visit, range(VISITORS)))
    assert {status for status, _ in visits} == {503}
    held = sorted(seconds for _, seconds in visits)
    assert held[-1] > 4  # somebody did wait for the provider
    assert held[-3] < 3, held
