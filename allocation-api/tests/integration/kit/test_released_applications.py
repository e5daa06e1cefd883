"""An application that nobody uses any more is given back, with its threads, pools and caches."""

from __future__ import annotations

import gc
import weakref

from tests.support.desk import Desk


def test_an_application_is_released(tmp_path):
    def used(name):
        (tmp_path / name).mkdir()
        desk = Desk(tmp_path / name)
        desk.get("portfolio-groups")
        return desk

    app = weakref.ref(used("first").app)
    used("second")  # the context of a thread keeps the application of its last request
    gc.collect()
    assert app() is None
