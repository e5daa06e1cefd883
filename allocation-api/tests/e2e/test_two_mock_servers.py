"""Two servers with a simulator inside on one database: the second is refused while the first lives."""

from __future__ import annotations

import signal

import pytest

from tests.e2e.server_process import free_port
from tests.support.signing import SIGNING_KEY

pytestmark = pytest.mark.slow


def test_the_second_is_refused_until_the_first_has_ended(make_server):
    first = make_server(JWT_SECRET_KEY=SIGNING_KEY, PORT=str(free_port())).start()
    second = make_server(JWT_SECRET_KEY=SIGNING_KEY, PORT=str(free_port()))
    said = second.refuses_to_start()
    assert "another process already serves mock data on this database" in said
    assert "Traceback" not in said
    assert first.is_running()
    first.stop(signal.SIGKILL)
    second.start()
    assert second.stop() == 0
