"""The client of an exchange over the real ccxt, against a stand-in that speaks Kraken's public interface."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from app.core.config.market_history import ExchangeName, ExchangeSettings
from app.services.market_history.exchange import Exchange, ExchangeError, ExchangeFault
from tests.support.kraken_server import KrakenServer, candle

NOW = datetime(2026, 6, 30, 14, tzinfo=UTC)
TODAY = int(NOW.timestamp()) // 86_400
UNAVAILABLE, BUSY, WRONG = "EService:Unavailable", "EGeneral:Too many requests", "EGeneral:Invalid arguments"


@pytest.fixture
def server():
    made = []

    def start(*markets, **more):
        made.append(KrakenServer(*markets or ("BTC/USD",), now=lambda: NOW, **more))
        for market in made[-1].candles:
            made[-1].fill(market, TODAY - 1_000, TODAY)
        return made[-1]

    yield start
    for each in made:
        each.stop()


class Waits:
    def __init__(self):
        self.seconds = []

    def __call__(self, seconds):
        self.seconds.append(seconds)


def client(server, waits=None, *, seconds=5):
    settings = ExchangeSettings(ExchangeName.KRAKEN, server.url, (), 719, seconds)
    return Exchange(settings, sleep=waits or Waits(), pause=1)


def nothing():
    pass


def fault(work):
    with pytest.raises(ExchangeError) as caught:
        work()
    return caught.value


def test_bars_are_those_of_the_exchange_and_the_day_that_is_not_over_is_left_out(server):
    kraken = server("BTC/USD", "ETH/USD")
    kraken.candles["BTC/USD"][TODAY - 2] = candle(64_123.4, low=60_000.5, high=65_000.1, volume=2_345.678)
    found = client(kraken).daily("BTC/USD", TODAY - 3, TODAY - 1, nothing)
    assert found.days.tolist() == [TODAY - 3, TODAY - 2, TODAY - 1]
    assert found.values[:, 1].tolist() == [64_123.4, 65_000.1, 60_000.5, 64_123.4, 2_345.678]
    assert [query["pair"] for query in kraken.bars_asked()] == ["XXBTZUSD"]
    assert kraken.bars_asked()[0]["interval"] == "1440"


def test_of_older_days_than_the_exchange_gives_there_are_none(server):
    found = client(server()).daily("BTC/USD", TODAY - 900, TODAY - 1, nothing)
    assert (found.days[0], found.days[-1], len(found.days)) == (TODAY - 719, TODAY - 1, 719)


def test_an_exchange_that_gives_pages_is_asked_until_the_last_day(server):
    kraken = server(page=100, oldest_first=True)
    found = client(kraken).daily("BTC/USD", TODAY - 350, TODAY - 1, nothing)
    assert found.days.tolist() == list(range(TODAY - 350, TODAY))
    assert len(kraken.bars_asked()) == 4
    whole = client(server()).daily("BTC/USD", TODAY - 350, TODAY - 1, nothing)
    assert np.array_equal(found.values, whole.values)


def test_days_without_a_bar_end_no_paging_and_are_not_made_up(server):
    kraken = server(page=50, oldest_first=True)
    for day in range(TODAY - 250, TODAY - 150):
        del kraken.candles["BTC/USD"][day]
    found = client(kraken).daily("BTC/USD", TODAY - 300, TODAY - 1, nothing)
    assert found.days.tolist() == [*range(TODAY - 300, TODAY - 250), *range(TODAY - 150, TODAY)]


def test_pages_without_an_end_are_not_followed(server):
    kraken = server()
    kraken.candles["BTC/USD"].clear()
    assert not len(client(kraken).daily("BTC/USD", TODAY - 300, TODAY - 1, nothing).days)
    assert len(kraken.bars_asked()) == 1


@pytest.mark.parametrize("what", [503, 429, 520, UNAVAILABLE, BUSY])
def test_what_is_of_the_network_or_passes_is_tried_again(server, what):
    kraken, waits = server(), Waits()
    kraken.faults.extend([what] * 3)
    found = client(kraken, waits).daily("BTC/USD", TODAY - 3, TODAY - 1, nothing)
    assert len(found.days) == 3
    assert (len(kraken.bars_asked()), waits.seconds) == (4, [1, 2, 4])


def test_after_the_last_attempt_it_is_unreachable_and_its_words_stay_there(server):
    kraken, waits = server(), Waits()
    kraken.faults.extend([503] * 9)
    found = fault(lambda: client(kraken, waits).daily("BTC/USD", TODAY - 3, TODAY - 1, nothing))
    assert (found.fault, len(kraken.bars_asked())) == (ExchangeFault.UNREACHABLE, 4)
    assert str(found) == "It gave no answer in 4 attempts (ExchangeNotAvailable)."


def test_an_exchange_that_does_not_answer_is_left_after_the_time_out(server):
    kraken = server()
    kraken.faults.extend(["mute"] * 4)
    found = fault(lambda: client(kraken, seconds=0.1).daily("BTC/USD", TODAY - 3, TODAY - 1, nothing))
    assert (found.fault, str(found)) == (
        ExchangeFault.UNREACHABLE,
        "It gave no answer in 4 attempts (RequestTimeout).",
    )


def test_nobody_who_listens_is_unreachable(server):
    kraken = server()
    kraken.stop()
    found = fault(lambda: client(kraken).daily("BTC/USD", TODAY - 3, TODAY - 1, nothing))
    assert found.fault is ExchangeFault.UNREACHABLE


def test_what_the_exchange_refuses_is_not_asked_again(server):
    kraken, waits = server(), Waits()
    kraken.faults.append(WRONG)
    found = fault(lambda: client(kraken, waits).daily("BTC/USD", TODAY - 3, TODAY - 1, nothing))
    assert (found.fault, len(kraken.bars_asked()), waits.seconds) == (ExchangeFault.REFUSED, 1, [])


def test_a_market_that_it_does_not_have_is_not_asked_for(server):
    kraken = server()
    found = fault(lambda: client(kraken).daily("SOL/USD", TODAY - 3, TODAY - 1, nothing))
    assert (found.fault, kraken.bars_asked()) == (ExchangeFault.UNKNOWN_MARKET, [])


@pytest.mark.parametrize(
    "row",
    [
        [TODAY * 86_400 - 86_399, "1", "1", "1", "1", "1", "1", 1],
        [TODAY * 86_400 - 86_400, "1", "1", "much", "1", "1", "1", 1],
        [TODAY * 86_400 - 86_400, "1", "1", "-1", "1", "1", "1", 1],
        [TODAY * 86_400 - 86_400, "1", "1e16", "1", "1", "1", "1", 1],
        [TODAY * 86_400 - 86_400, "1", "1", "1", "1", "1", "-1", 1],
        [TODAY * 86_400 - 86_400, "1"],
    ],
)
def test_a_bar_that_is_none_is_refused(server, row):
    kraken = server()
    kraken.faults.append(
        f'{{"error":[],"result":{{"XXBTZUSD":[{row}],"last":1}}}}'.replace("'", '"').encode()
    )
    found = fault(lambda: client(kraken).daily("BTC/USD", TODAY - 3, TODAY - 1, nothing))
    assert found.fault is ExchangeFault.UNREADABLE


@pytest.mark.parametrize("body", [b"", b"<html>no</html>", b"[]", b"{", b'{"error":[],"result":[]}'])
def test_an_answer_that_is_none_brings_no_bars(server, body):
    kraken = server()
    kraken.faults.append(body)
    assert not len(client(kraken).daily("BTC/USD", TODAY - 3, TODAY - 1, nothing).days)


def test_who_asks_can_end_it_before_each_request(server):
    class Ended(Exception):
        pass

    kraken, waits, left = server(page=100, oldest_first=True), Waits(), [None, None]

    def go_on():
        if not left:
            raise Ended
        left.pop()

    with pytest.raises(Ended):
        client(kraken, waits).daily("BTC/USD", TODAY - 350, TODAY - 1, go_on)
    assert (len(kraken.bars_asked()), waits.seconds) == (2, [])
