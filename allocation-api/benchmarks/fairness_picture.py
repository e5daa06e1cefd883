"""Draw docs/fairness.svg: dispersion against the greatest balance owed, the frontier of one order.

Run with `python -m benchmarks.fairness_picture`. The order comes after a dozen that were split by the ledger;
the numbers are those that the service answers.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.fairness_year import GROUP, Desk, Plan

TARGET = Path(__file__).resolve().parents[2] / "docs" / "fairness.svg"
ORDERS, PIECE, FACE = 12, 100_000, 12_000_000
WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 80, 30, 30, 60
LINES = 5


@dataclass(frozen=True, slots=True)
class Scale:
    """Axes from 0 or the least to the most, rounded outwards to a readable step."""

    low: float
    high: float
    step: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Scale:
        """Choose the axis of these values."""
        low, high = min(values), max(values)
        rough = (high - low) / LINES or 1.0
        power = 10.0 ** math.floor(math.log10(rough))
        step = power * next(k for k in (1, 2, 5, 10) if k * power >= rough)
        return cls(math.floor(low / step) * step, math.ceil(high / step) * step, step)

    @property
    def ticks(self) -> list[float]:
        """Return the values with a line."""
        return [self.low + i * self.step for i in range(round((self.high - self.low) / self.step) + 1)]

    def part(self, value: float) -> float:
        """Return how far along the axis a value is, 0 to 1."""
        return (value - self.low) / (self.high - self.low)


def measured() -> dict[str, Any]:
    """Return the frontier of an order, as the service answers it."""
    plan = Plan.of(accounts=31, orders=ORDERS)
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk.on(Path(folder), plan.book(PIECE))
        for face in plan.faces:
            desk.place(face, "MIN_DISPERSION", "LEDGER")
        shown = desk.preview(FACE, "MIN_DISPERSION", "LEDGER")
        found: dict[str, Any] = desk.get(f"allocations/{shown['allocation_id']}/frontier")
        return found


def _pieces(point: dict[str, Any]) -> float:
    return abs(float(point["greatest_after"]["pieces"]))


def _text(x: float, y: float, words: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {more}>{words}</text>'


def _weight(value: float) -> str:
    return f"{value:g}"


def picture(found: dict[str, Any]) -> str:
    """Return the frontier as SVG."""
    points, own = found["points"], found["preview"]
    across = Scale.of([_pieces(p) for p in (*points, own)])
    up = Scale.of([p["post_trade_std_dev"] for p in (*points, own)])

    def x(point: dict[str, Any]) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * across.part(_pieces(point))

    def y(point: dict[str, Any]) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * up.part(point["post_trade_std_dev"])

    style = 'font-family="sans-serif" font-size="12" fill="#222"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {style}>',
        f"<title>Frontier of group {GROUP}: dispersion against the greatest balance owed</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for tick in up.ticks:
        level = HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * up.part(tick)
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{level:.1f}" y2="{level:.1f}" stroke="#ddd"/>'
        )
        parts.append(_text(LEFT - 8, level + 4, f"{tick:.4g}", 'text-anchor="end"'))
    for tick in across.ticks:
        place = LEFT + (WIDTH - LEFT - RIGHT) * across.part(tick)
        parts.append(_text(place, HEIGHT - BOTTOM + 20, f"{tick:g}", 'text-anchor="middle"'))
    middle = (TOP + HEIGHT - BOTTOM) / 2
    turned = f'text-anchor="middle" transform="rotate(-90 18 {middle:.1f})"'
    parts.append(_text(18, middle, "standard deviation after the trade, years", turned))
    words = "greatest balance after the order, minimum pieces"
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 15, words, 'text-anchor="middle"'))
    path = " ".join(f"{x(p):.1f},{y(p):.1f}" for p in points)
    parts.append(f'<polyline points="{path}" fill="none" stroke="#1f4e9c" stroke-width="2"/>')
    last: tuple[float, float] | None = None
    for point in points:
        at = x(point), y(point)
        parts.append(f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="4" fill="#1f4e9c"/>')
        if last is None or math.dist(at, last) > 18:
            parts.append(_text(at[0] + 8, at[1] - 6, _weight(point["fairness_weight"])))
            last = at
    parts.append(
        f'<circle cx="{x(own):.1f}" cy="{y(own):.1f}" r="7" fill="none" stroke="#b35806" stroke-width="2"/>'
    )
    parts.append(
        _text(WIDTH - RIGHT - 4, TOP + 14, "numbers: lambda; ring: the preview", 'text-anchor="end"')
    )
    return "\n".join([*parts, "</svg>"]) + "\n"


def main() -> None:
    """Write the picture."""
    TARGET.write_text(picture(measured()), encoding="utf-8")


if __name__ == "__main__":
    main()
