"""Random portfolios that have a solution, and an independent solver for them, by the definitions alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.optimize import linprog, minimize

from app.services.kernels.optimization import Group, Measure, Objective, Problem
from tests.unit.kernels.portfolio_losses import risk_and_slope

TOLERANCE = 1e-9
CUTS = 3_000
WITH_RADIUS = (Measure.MV, Measure.CVAR)
SQUARED = {Measure.MV, Measure.MSV, Measure.SLPM}


def assets(n) -> tuple[str, ...]:
    return tuple(f"A{at}" for at in range(n))


def drawn(seed, objective=None, measure=None) -> Problem:
    """A problem with every kind of limit now and then, within which some weights lie."""
    random = np.random.default_rng(seed)
    objective = objective or list(Objective)[seed % 4]
    measure = measure or WITH_RADIUS[seed // 4 % 2]
    n = int(random.integers(2, 6))
    periods = int(random.integers(3, 60))
    common = random.standard_t(4, (periods, 1)) * 0.006
    returns = 0.0004 + common + 0.01 * random.standard_t(4, (periods, n)) * random.uniform(0.3, 2.0, n)
    inside = random.dirichlet(np.ones(n))
    lower = inside - random.uniform(0.0, 0.4, n)
    if random.random() < 0.6:
        lower = np.clip(lower, 0.0, None)
    problem = Problem(
        assets(n),
        objective,
        measure,
        returns=returns,
        lower=lower,
        upper=np.minimum(inside + random.uniform(0.02, 0.7, n), 1e8 if random.random() < 0.2 else 1.0),
        tail=float(random.choice([0.05, 0.1, 0.25, 0.5])),
        risk_aversion=float(random.choice([0.5, 3.0, 20.0])),
        radius=float(random.choice([0.0, 0.0, 0.0002, 0.003])) if measure in WITH_RADIUS else 0.0,
    )
    if measure not in WITH_RADIUS:
        problem = replace(problem, threshold=float(random.choice([0.0, 0.0005, -0.001])))
    if random.random() < 0.3 and measure in WITH_RADIUS:
        problem = replace(problem, probability=random.dirichlet(np.full(periods, 0.3)))
    if random.random() < 0.4:
        members = tuple(int(x) for x in np.flatnonzero(random.random(n) < 0.6)) or (0,)
        total = float(inside[list(members)].sum())
        group = Group("group", members, total - random.uniform(0, 0.2), total + random.uniform(0, 0.2))
        problem = replace(problem, groups=(group,))
    if random.random() < 0.4:
        current = random.dirichlet(np.ones(n))
        needed = np.abs(inside - current).sum() / 2
        problem = replace(
            problem,
            current=current,
            max_turnover=float(needed + random.uniform(0, 0.3)) if random.random() < 0.6 else None,
            cost=float(random.choice([0.0, 0.001])),
        )
    earned = worst_return(problem, inside)
    if random.random() < 0.3:
        problem = replace(problem, target_return=earned - float(random.uniform(0.0, 0.001)))
    return replace(problem, risk_free_rate=earned - float(random.uniform(0.0002, 0.002)))


def chances(problem):
    given = problem.probability
    return np.full(len(problem.returns), 1 / len(problem.returns)) if given is None else given


def worst_return(problem, w) -> float:
    cost = 0.0 if problem.current is None else float(np.sum(problem.cost * np.abs(w - problem.current)))
    return float(chances(problem) @ problem.returns @ w) - cost - problem.radius * float(np.linalg.norm(w))


def deviation(problem, w) -> float:
    p = chances(problem)
    path = problem.returns @ w
    away = path - p @ path
    return float(np.sqrt(max(p @ away**2 / (1 - p @ p), 0.0)))


def cvar(problem, w) -> float:
    """By the formula of Rockafellar and Uryasev, least at one of the losses."""
    losses = -(problem.returns @ w)
    over = np.maximum(losses[np.newaxis, :] - losses[:, np.newaxis], 0.0)
    return float(np.min(losses + over @ chances(problem) / problem.tail))


def worst_risk(problem, w) -> float:
    length = problem.radius * float(np.linalg.norm(w))
    if problem.measure is Measure.MV:
        return deviation(problem, w) + length
    if problem.measure not in WITH_RADIUS:
        return risk_and_slope(problem, w)[0]
    return cvar(problem, w) + length / problem.tail


def objective(problem, w) -> float:
    """What is sought, as it is stated: least for MinRisk, else most."""
    match problem.objective:
        case Objective.MIN_RISK:
            return worst_risk(problem, w)
        case Objective.MAX_RETURN:
            return worst_return(problem, w)
        case Objective.SHARPE:
            return (worst_return(problem, w) - problem.risk_free_rate) / worst_risk(problem, w)
    power = 2 if problem.measure in SQUARED else 1
    return worst_return(problem, w) - problem.risk_aversion * worst_risk(problem, w) ** power


def broken(problem, w) -> float:
    """By how much weights break a limit."""
    found = [abs(w.sum() - 1), *(problem.lower - w), *(w - problem.upper)]
    for group in problem.groups:
        total = w[list(group.assets)].sum()
        found += [group.low - total if group.low is not None else 0]
        found += [total - group.high if group.high is not None else 0]
    if problem.max_turnover is not None:
        found.append(np.abs(w - problem.current).sum() / 2 - problem.max_turnover)
    if problem.target_return is not None:
        found.append(problem.target_return - worst_return(problem, w))
    return float(max(found))


class Cuts:
    """Kelley's cutting planes: convex functions are replaced by what touches them, one plane after another.

    Variables are (w, bought, sold, value); each cut is a plane from a difference quotient that is exact for
    what is linear in pieces, and from the gradient else.
    """

    def __init__(self, problem):
        self.problem, n = problem, problem.lower.size
        self.n, self.size = n, 3 * n + 1
        current = np.zeros(n) if problem.current is None else problem.current
        self.equal = np.zeros((n + 1, self.size))
        self.equal[0, :n] = 1
        self.equal[1:, :n], self.equal[1:, n : 2 * n], self.equal[1:, 2 * n : 3 * n] = (
            np.eye(n),
            -np.eye(n),
            np.eye(n),
        )
        self.equal_side = np.concatenate(([1.0], current))
        self.rows, self.sides = [], []
        for group in problem.groups:
            row = np.zeros(self.size)
            row[list(group.assets)] = 1
            self.rows += [row, -row]
            self.sides += [group.high, -group.low]
        if problem.max_turnover is not None:
            self.rows.append(np.concatenate((np.zeros(n), np.full(2 * n, 0.5), [0])))
            self.sides.append(problem.max_turnover)
        cost = problem.cost if problem.current is not None else 0.0
        mean = chances(problem) @ problem.returns
        self.net = np.concatenate((mean, np.full(2 * n, -cost), [0]))
        self.bounds = [*zip(problem.lower, problem.upper, strict=True), *[(0, None)] * (2 * n), (None, None)]

    def slope(self, w):
        """A subgradient of the worst risk."""
        problem, p = self.problem, chances(self.problem)
        length = float(np.linalg.norm(w))
        unit = w / length if length else w
        if problem.measure is Measure.MV:
            away = problem.returns - p @ problem.returns
            deviated = deviation(problem, w)
            return (away.T @ (p * (away @ w)) / (1 - p @ p)) / (deviated or 1.0) + problem.radius * unit
        if problem.measure not in WITH_RADIUS:
            return risk_and_slope(problem, w)[1]
        losses = -(problem.returns @ w)
        left, slope = 1.0, np.zeros(self.n)
        for t in np.argsort(-losses):
            counted = min(left, p[t] / problem.tail)
            slope -= counted * problem.returns[t]
            left -= counted
        return slope + problem.radius / problem.tail * unit

    def least(self, earn, risk, power=1):
        """Minimise risk x worst_risk ** power - earn x worst_return; return the weights and a bound."""
        problem, n = self.problem, self.n
        cost = np.append(-earn * self.net[:-1], 1.0)
        rows, sides, best, upper = list(self.rows), list(self.sides), None, np.inf
        w, at = None, None
        for _ in range(CUTS):
            if w is not None:
                length = float(np.linalg.norm(w))
                unit = w / length if length else w
                value = risk * worst_risk(problem, w) ** power + earn * problem.radius * length
                slope = risk * power * worst_risk(problem, w) ** (power - 1) * self.slope(w)
                slope = slope + earn * problem.radius * unit
                total = value - earn * float(self.net @ at)
                if problem.target_return is not None:
                    row = -self.net.copy()
                    row[:n] += problem.radius * unit
                    rows.append(row)
                    sides.append(-problem.target_return)
                if total < upper and broken(problem, w) < 1e-8:
                    upper, best = total, w
                rows.append(np.concatenate((slope, np.zeros(2 * n), [-1])))
                sides.append(float(slope @ w) - value)
            floor = [(None, None)] if w is not None else [(0, None)]
            found = linprog(
                cost,
                A_ub=np.array(rows) if rows else None,
                b_ub=sides or None,
                A_eq=self.equal,
                b_eq=self.equal_side,
                bounds=self.bounds[:-1] + floor,
                options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
            )
            assert found.status == 0, found.message
            if w is not None and upper - found.fun < TOLERANCE:
                return best, found.fun
            w, at = found.x[:n], found.x
        raise AssertionError(f"cutting planes are {upper - found.fun} apart")


def best(problem):
    """The best objective, by cutting planes; of a ratio by Dinkelbach's steps."""
    cuts = Cuts(problem)
    match problem.objective:
        case Objective.MIN_RISK:
            return objective(problem, cuts.least(0.0, 1.0)[0])
        case Objective.MAX_RETURN:
            return objective(problem, cuts.least(1.0, 0.0)[0])
        case Objective.UTILITY:
            power = 2 if problem.measure in SQUARED else 1
            return objective(problem, cuts.least(1.0, problem.risk_aversion, power)[0])
    ratio = 0.0
    for _ in range(30):
        w, _ = cuts.least(1.0, ratio)
        better = objective(problem, w)
        if better <= ratio + 1e-9:
            return better
        ratio = better
    raise AssertionError("Dinkelbach's steps do not end")


def by_slsqp(problem, start):
    """The best objective by scipy's SLSQP, for what is smooth and without trades."""
    sign = 1.0 if problem.objective is Objective.MIN_RISK else -1.0
    limits = [{"type": "eq", "fun": lambda w: w.sum() - 1}]
    for group in problem.groups:
        members = list(group.assets)
        limits.append({"type": "ineq", "fun": lambda w, m=members, g=group: g.high - w[m].sum()})
        limits.append({"type": "ineq", "fun": lambda w, m=members, g=group: w[m].sum() - g.low})
    if problem.target_return is not None:
        limits.append(
            {"type": "ineq", "fun": lambda w: 100 * (worst_return(problem, w) - problem.target_return)}
        )
    found = minimize(
        lambda w: sign * objective(problem, w) * 100,
        start,
        method="SLSQP",
        bounds=list(zip(problem.lower, problem.upper, strict=True)),
        constraints=limits,
        options={"ftol": 1e-14, "maxiter": 1_000},
    )
    return objective(problem, found.x)
