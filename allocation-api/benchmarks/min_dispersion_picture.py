"""Draw docs/min-dispersion.svg: dispersion against order size, with the bound.

Run with `python -m benchmarks.min_dispersion_picture`. The book has four accounts; lots and pieces are large,
so that what they cost can be seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from app.services.domain.side import Side
from app.services.kernels.allocation import (
    AllocationProblem,
    MinDispersion,
    ProRata,
    Weighting,
    dispersion_change,
)

TARGET = Path(__file__).resolve().parents[1] / "docs" / "min-dispersion.svg"
LOT, PIECE = 250_000, 1_000_000
WIDTH, HEIGHT = 760, 440
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 20, 60
LOWEST, HIGHEST = 0.16, 0.28

Points = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Curves:
    """Dispersion in years against the order in millions of face."""

    pro_rata: Points
    least: Points
    bound: Points


def _problem(face: int) -> AllocationProblem:
    nav = np.array([100e6, 150e6, 80e6, 50e6])
    cash = np.array([5e6, 8e6, 3e6, 1e6])
    return AllocationProblem(
        account_ids=("ACC001", "ACC002", "ACC003", "ACC004"),
        side=Side.BUY,
        face=face,
        nav=nav,
        metric=np.array([5.2, 4.8, 5.5, 5.0]),
        slope=0.985 * 3.8 / nav,
        cap=np.floor(cash / 0.985).astype(np.int64),
        piece=PIECE,
        increment=LOT,
        whole=np.zeros(4, dtype=np.int64),
    )


def curves() -> Curves:
    """Calculate the three curves, up to what the accounts' cash pays for."""
    found = Curves([], [], [])
    for face in range(PIECE, 17_000_001, LOT):
        problem = _problem(face)
        least = MinDispersion().allocate(problem)
        if least.unallocated:
            break
        # Without lots and pieces: no split of this order can be better.
        smooth = MinDispersion().allocate(replace(problem, piece=1, increment=1))
        if smooth.optimality is None:
            raise RuntimeError("minimum dispersion without a certificate")
        millions = face / 1e6
        for points, split in ((found.pro_rata, ProRata(problem.nav).allocate(problem)), (found.least, least)):
            after = dispersion_change(problem, split.faces, Weighting.EQUAL).post.std_dev
            points.append((millions, after))
        found.bound.append((millions, smooth.optimality.lower_bound_std_dev))
    return found


def _x(millions: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * millions / 18.0


def _y(years: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (HIGHEST - years) / (HIGHEST - LOWEST)


def _line(points: Sequence[tuple[float, float]], colour: str, dashes: str = "none") -> str:
    path = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in points)
    stroke = f'stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"'
    return f'<polyline points="{path}" fill="none" {stroke}/>'


def _dots(points: Sequence[tuple[float, float]], colour: str) -> list[str]:
    return [f'<circle cx="{_x(x):.1f}" cy="{_y(y):.1f}" r="3" fill="{colour}"/>' for x, y in points]


def _text(x: float, y: float, words: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {more}>{words}</text>'


def _axes() -> list[str]:
    parts = []
    for step in range(13):
        years = LOWEST + step * 0.01
        ends = f'x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{_y(years):.1f}" y2="{_y(years):.1f}"'
        parts.append(f'<line {ends} stroke="#ddd"/>')
        if step % 2 == 0:
            parts.append(_text(LEFT - 8, _y(years) + 4, f"{years:.2f}", 'text-anchor="end"'))
    parts += [_text(_x(m), HEIGHT - BOTTOM + 20, str(m), 'text-anchor="middle"') for m in range(0, 19, 2)]
    middle = (TOP + HEIGHT - BOTTOM) / 2
    turned = f'text-anchor="middle" transform="rotate(-90 18 {middle:.1f})"'
    parts.append(_text(18, middle, "standard deviation after the trade, years", turned))
    parts.append(_text(_x(9), HEIGHT - 15, "order, millions of face", 'text-anchor="middle"'))
    return parts


def _legend() -> list[str]:
    entries = (
        ("#b35806", "pro rata by NAV"),
        ("#1f4e9c", "minimum dispersion: lots of 250,000, pieces from 1,000,000"),
        ("#444", "bound: neither lots nor pieces"),
    )
    parts = []
    for row, (colour, words) in enumerate(entries):
        y = HEIGHT - BOTTOM - 58 + 20 * row
        parts.append(f'<rect x="{LEFT + 14}" y="{y - 6}" width="22" height="4" fill="{colour}"/>')
        parts.append(_text(LEFT + 44, y, words))
    return parts


def picture(found: Curves) -> str:
    """Return the picture as SVG."""
    style = 'font-family="sans-serif" font-size="12" fill="#222"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {style}>',
        "<title>Dispersion against order size: pro rata, minimum dispersion, and the bound</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        *_axes(),
        _line(found.pro_rata, "#b35806"),
        _line(found.bound, "#444", "5 4"),
        *_dots(found.least, "#1f4e9c"),
        *_legend(),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def main() -> None:
    """Write the picture."""
    TARGET.write_text(picture(curves()), encoding="utf-8")


if __name__ == "__main__":
    main()
