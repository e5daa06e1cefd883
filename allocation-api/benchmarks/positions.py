"""Decoding and mapping a large group's positions, beside the quickest bare JSON parse of the same bytes.

Run with `make bench`, or `python -m benchmarks.positions --json` for machines. The rows are those that the
simulator serves for its largest scenario, repeated under other account names until there are enough. Parsers
take turns, figures are medians of the turns, and what counts is the ratio to the quickest parser.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date

import msgspec
import orjson

from aladdin_simulator import create_simulator, load_book
from app.services.aladdin import wire
from app.services.aladdin.mapping.positions import account_positions
from benchmarks.simulator import positions_of

ROWS = 50_000
WANTED = 8.0
_DECODER = msgspec.json.Decoder(list[wire.PositionRow])


@dataclass(frozen=True, slots=True)
class Timing:
    """Median milliseconds for one way to read the bytes, and its ratio to the quickest bare parse."""

    what: str
    milliseconds: float
    ratio: float


def body(rows: int) -> bytes:
    """Return an answer of `GET /position` with this many rows."""
    served = positions_of(create_simulator(load_book("large_portfolio", as_of=date(2026, 6, 29))), "LARGE")
    repeats = -(-rows // len(served))
    named = (
        {**row, "portfolioName": f"{row['portfolioName']}-{copy}"}
        for copy in range(repeats)
        for row in served
    )
    return orjson.dumps([row for row, _ in zip(named, range(rows), strict=False)])


def measure(raw: bytes, turns: int) -> list[Timing]:
    """Time the parsers, and decoding and mapping, in turns."""
    bare: dict[str, Callable[[], object]] = {
        "json": lambda: json.loads(raw),
        "orjson": lambda: orjson.loads(raw),
        "msgspec, untyped": lambda: msgspec.json.decode(raw),
    }
    ours: dict[str, Callable[[], object]] = {
        "decoded": lambda: _DECODER.decode(raw),
        "decoded and mapped": lambda: account_positions(_DECODER.decode(raw)),
    }
    taken: dict[str, list[float]] = {name: [] for name in (*bare, *ours)}
    for _ in range(turns):
        for name, read in (*bare.items(), *ours.items()):
            start = time.perf_counter()
            read()
            taken[name].append(time.perf_counter() - start)
    medians = {name: statistics.median(times) for name, times in taken.items()}
    quickest = min(medians[name] for name in bare)
    return [Timing(name, median * 1000, median / quickest) for name, median in medians.items()]


def main() -> None:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--rows", type=int, default=ROWS, help="position rows (default 50,000)")
    parser.add_argument("--turns", type=int, default=9, help="turns per figure (default 9)")
    options = parser.parse_args()
    raw = body(options.rows)
    timings = measure(raw, options.turns)
    if options.json:
        print(json.dumps([asdict(timing) for timing in timings], indent=2))
        return
    print(f"{options.rows:,} position rows, {len(raw) / 1e6:.1f} MB")
    for timing in timings:
        print(f"{timing.what:20} {timing.milliseconds:9.1f} ms {timing.ratio:7.2f} x the quickest parse")
    reached = "reached" if timings[-1].ratio <= WANTED else "missed"
    print(f"asked for: decoded and mapped within {WANTED:g} x: {reached}")


if __name__ == "__main__":
    main()
