"""Reads side by side: begun together, given up together."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from app.core.errors import DataMissing
from app.utils.parallel import side_by_side


def test_reads_run_in_other_threads_and_give_their_answers() -> None:
    with ThreadPoolExecutor(2) as pool, side_by_side(pool) as begin:
        one, other = begin(divmod, 7, 2), begin(int, "11", base=2)
        assert (one.result(), other.result()) == ((3, 1), 3)


def test_a_request_that_fails_leaves_no_read_behind_that_has_not_begun() -> None:
    free = Event()
    asked: list[str] = []

    def request() -> None:
        with side_by_side(pool) as begin:
            begin(free.wait, 60)
            begin(asked.append, "positions")
            raise DataMissing("no analytics")

    with ThreadPoolExecutor(1) as pool:
        with pytest.raises(DataMissing):
            request()
        free.set()
    assert asked == []
