"""Random blotters for the joint split, and trying everything that their lots allow."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np

from app.services.domain.side import Side
from app.services.kernels.allocation import AllocationProblem, Weighting
from app.services.kernels.joint import JointProblem, Ledger, Limit

CENT = 100_000  # units of money per currency unit: prices have three decimals per 100 of face


def line(
    nav, metric, *, face, cap, price=98.5, years=3.8, side=Side.BUY, piece=1_000, increment=1_000, **wishes
):
    """One order over accounts with these NAVs and metrics."""
    sign = 1.0 if side is Side.BUY else -1.0
    size = len(nav)
    stated = {name: np.asarray(value, dtype=np.int64) for name, value in wishes.items()}
    stated.setdefault("whole", np.zeros(size, dtype=np.int64))
    return AllocationProblem(
        account_ids=tuple(f"A{index:05d}" for index in range(size)),
        side=side,
        face=face,
        nav=np.asarray(nav, dtype=np.float64),
        metric=np.asarray(metric, dtype=np.float64),
        slope=sign * price / 100 * years / np.asarray(nav, dtype=np.float64),
        cap=np.asarray(cap, dtype=np.int64),
        piece=piece,
        increment=increment,
        **stated,
    )


def units(price) -> int:
    """Money per unit of face, in 1 / CENT of the currency unit."""
    return round(price * CENT / 100)


def shared_limits(random, orders, uses) -> list[Limit]:
    """Cash, scarce or not, of some accounts overdrawn; room for two issuers, of some accounts without end."""
    lines, accounts = len(orders), orders[0].size
    scale = float(np.mean([order.face for order in orders])) * lines / accounts
    cash = random.uniform(0.0, random.choice([0.5, 1.0, 3.0]), accounts) * scale
    cash[random.random(accounts) < 0.05] = -1.0
    limits = [Limit("cash", tuple(uses), tuple(int(each * CENT) for each in cash))]
    issuers = random.integers(0, 2, lines)
    for issuer in range(2):
        use = tuple(max(0, each) if issuers[at] == issuer else 0 for at, each in enumerate(uses))
        room = random.uniform(0.2, 2.0, accounts) * scale
        free = random.random(accounts) < 0.3
        rooms = (None if out else int(each * CENT) for out, each in zip(free, room, strict=True))
        limits.append(Limit(f"issuer {issuer}", use, tuple(rooms)))
    return limits


def with_odd_positions(random, sale):
    """The sale of positions that may be sold whole, and else have to leave a minimum piece."""
    odd = np.where(random.random(sale.size) < 0.5, sale.cap, 0)
    part = np.where(odd > 0, np.maximum(sale.cap - sale.piece, 0), sale.cap)
    return replace(sale, whole=odd, part=part)


def blotter(seed, *, lines, accounts, most=None) -> JointProblem:
    """Buys and sales with shared cash and issuers' room, of every kind there is; `most` lots per amount."""
    random = np.random.default_rng(seed)
    nav = random.lognormal(16.0, 0.8, accounts)
    metric = random.normal(5.0, 0.5, accounts)
    lot = 1_000 if most is None else int(nav.min() / 100) // 1_000 * 1_000
    orders, uses, values = [], [], []
    funds = bool(random.random() < 0.7)
    for _ in range(lines):
        side = Side.SELL if random.random() < 0.3 else Side.BUY
        price, years = round(float(random.uniform(80, 115)), 3), float(random.uniform(1, 14))
        part = random.uniform(0.0, 0.04, accounts) * (random.random(accounts) < 0.8)
        lots = (part * nav / lot).astype(np.int64)
        if most is not None:
            lots = random.integers(0, most + 1, accounts)
        piece = int(random.choice([1, 1, 2, 3])) if most is not None else int(random.choice([1, 1, 10, 50]))
        total = int(lots.sum())
        face = int(random.integers(0, total + 2)) * lot + int(random.choice([0, 0, lot // 2]))
        orders.append(
            line(
                nav,
                metric,
                face=face,
                cap=lots * lot + random.integers(0, lot, accounts),
                price=price,
                years=years,
                side=side,
                piece=piece * lot,
                increment=lot,
            )
        )
        values.append(units(price))
        uses.append(units(price) if side is Side.BUY else -units(price) if funds else 0)
    limits = shared_limits(random, orders, uses)
    if most is None:
        odd = np.random.default_rng(seed + 1)
        orders = [with_odd_positions(odd, each) if each.side is Side.SELL else each for each in orders]
    shape = (lines, accounts)
    ledger = Ledger(random.normal(0, 3 * lot, shape), random.choice([0.0, 0.5, 5.0], shape))
    return JointProblem(
        lines=tuple(orders),
        limits=tuple(limits),
        value=tuple(values),
        priority=tuple(random.integers(0, 2, lines).tolist()),
        weighting=Weighting(random.choice(list(Weighting))),
        target=np.full(accounts, 5.2) if random.random() < 0.3 else None,
        ledger=ledger if random.random() < 0.3 else None,
    )


# --- written out, independently of the kernel ---------------------------------------------------------------


def can_trade(problem: JointProblem, at: int, i: int) -> bool:
    """Whether the account could get something of the line."""
    order = problem.lines[at]
    past = any(
        limit.use[at] > 0 and limit.room[i] is not None and limit.room[i] < 0 for limit in problem.limits
    )
    most, least = min(int(order.cap[i]), order.face), max(order.piece, order.increment)
    in_part = min(most, int(order.part[i])) // order.increment * order.increment >= least
    return not past and (in_part or 0 < int(order.whole[i]) <= most)


def objective(problem: JointProblem, faces) -> float:
    """What is minimised, by its definition."""
    size = problem.size
    raw = problem.nav if problem.weighting is Weighting.NAV else np.ones(size)
    weight = raw / raw.sum()
    post = [
        problem.metric[i]
        + math.fsum(
            float(order.slope[i]) * int(row[i]) for order, row in zip(problem.lines, faces, strict=True)
        )
        for i in range(size)
    ]
    mean = math.fsum(w * y for w, y in zip(weight, post, strict=True))
    about = [mean] * size if problem.target is None else problem.target.tolist()
    value = math.fsum(w * (y - m) ** 2 for w, y, m in zip(weight, post, about, strict=True))
    if problem.ledger is not None:
        for at, order in enumerate(problem.lines):
            for i in range(size):
                if can_trade(problem, at, i):
                    short = float(order.slope[i]) * (int(faces[at][i]) - float(problem.ledger.owed[at, i]))
                    value += weight[i] * float(problem.ledger.weight[at, i]) * short * short
    return value


def broken(problem: JointProblem, faces) -> list[str]:
    """Every constraint that a split breaks, in words, in whole numbers."""
    found = []
    for at, order in enumerate(problem.lines):
        row = [int(each) for each in faces[at]]
        least = max(order.piece, order.increment)
        if sum(row) > order.face:
            found.append(f"line {at}: more than the order")
        for i, face in enumerate(row):
            whole = face == int(order.whole[i]) and face > 0
            on_grid = face == 0 or (
                face >= least and face % order.increment == 0 and face <= int(order.part[i])
            )
            if not (on_grid or whole) or face > int(order.cap[i]) or face < int(order.low[i]):
                found.append(f"line {at}, account {i}: {face}")
    for limit in problem.limits:
        for i, room in enumerate(limit.room):
            used = [use * int(row[i]) for use, row in zip(limit.use, faces, strict=True)]
            if room is not None and room < 0:
                used = [each for each in used if each > 0]
            if room is not None and sum(used) > max(room, 0):
                found.append(f"{limit.name}, account {i}: {sum(used)} of {room}")
    return found


def placed(problem: JointProblem, totals) -> tuple[int, ...]:
    """Money placed by priority, in whole increments."""
    ranks = sorted(set(problem.priority))
    return tuple(
        sum(
            int(total) // order.increment * order.increment * value
            for order, total, value, rank in zip(
                problem.lines, totals, problem.value, problem.priority, strict=True
            )
            if rank == wanted
        )
        for wanted in ranks
    )


def every_split(problem: JointProblem):
    """Every split in lots that breaks nothing: faces [splits, K, n]."""
    rows = []
    for order in problem.lines:
        least = max(order.piece, order.increment)
        choices = [[0, *range(least, min(int(cap), order.face) + 1, order.increment)] for cap in order.cap]
        splits = np.array(list(itertools.product(*choices)))
        rows.append(splits[splits.sum(axis=1) <= order.face])
    picks = np.indices([len(each) for each in rows]).reshape(len(rows), -1)
    faces = np.stack([each[pick] for each, pick in zip(rows, picks, strict=True)], axis=1)
    kept = np.ones(len(faces), dtype=bool)
    for limit in problem.limits:
        for i, room in enumerate(limit.room):
            if room is None:
                continue
            use = np.array(limit.use) if room >= 0 else np.maximum(limit.use, 0)
            kept &= faces[:, :, i] @ use <= max(room, 0)
    return faces[kept]
