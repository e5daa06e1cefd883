"""The bulkhead of calculations: places by threads, a bounded number that waits, places given back."""

from __future__ import annotations

from contextlib import ExitStack
from threading import Event, Thread

import pytest

from app.services.requests.calculations import CalculationPlaces
from app.services.requests.errors import CalculationsBusy


@pytest.mark.parametrize(
    ("threads", "places"), [(1, 1), (2, 1), (3, 1), (4, 1), (7, 1), (8, 2), (16, 4), (64, 16)]
)
def test_a_quarter_of_the_threads_calculates(threads, places):
    found = CalculationPlaces(threads, max_wait=0)
    with ExitStack() as stack:
        for _ in range(places):
            stack.enter_context(found.calculating())
        with pytest.raises(CalculationsBusy):
            stack.enter_context(found.calculating())


@pytest.mark.parametrize("threads", [2, 4, 8, 9, 64])
def test_half_of_the_threads_at_most_calculate_or_wait(threads):
    found, end, refused = CalculationPlaces(threads, max_wait=60), Event(), []

    def calculate():
        try:
            with found.calculating():
                end.wait(60)
        except CalculationsBusy:
            refused.append(1)
            if len(refused) == threads - admitted:
                end.set()  # nobody who is refused waits for those who calculate

    admitted = 2 * max(threads // 4, 1) if threads > 3 else 1
    asking = [Thread(target=calculate) for _ in range(threads)]
    for each in asking:
        each.start()
    for each in asking:
        each.join(60)
    assert len(refused) == threads - admitted
    assert admitted <= threads / 2


def test_places_are_given_back_after_an_error_and_a_refusal():
    found = CalculationPlaces(1, max_wait=0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), found.calculating():
            raise ZeroDivisionError
        with found.calculating(), pytest.raises(CalculationsBusy), found.calculating():
            pass


def test_who_waits_gets_the_place_that_becomes_free():
    found, waiting, done = CalculationPlaces(8, max_wait=60), Event(), []

    def calculate():
        waiting.set()
        with found.calculating():
            done.append(1)

    with found.calculating(), found.calculating():
        other = Thread(target=calculate)
        other.start()
        assert waiting.wait(60)
        assert done == []
    other.join(60)
    assert done == [1]
