"""Bond arithmetic in plain Python, written apart from the simulator's, to check it by."""

from __future__ import annotations

import calendar
import math
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from aladdin_simulator.pricing import PAR_YIELDS

SETTLEMENT = date(2026, 7, 1)


def months_before(day: date, months: int) -> date:
    """A coupon date: the same day of an earlier month, the month's last if the bond matures on a last."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    ends_month = day.day == calendar.monthrange(day.year, day.month)[1]
    return date(year, month + 1, last if ends_month else min(day.day, last))


def coupon_dates(maturity: date, settlement: date = SETTLEMENT) -> list[date]:
    """The last coupon date on or before settlement, and all after it."""
    dates, months = [maturity], 0
    while dates[0] > settlement:
        months += 6
        dates.insert(0, months_before(maturity, months))
    return dates


def days_30_360(start: date, end: date) -> int:
    """The bond basis: a 31st counts as the 30th, at the end only if the start is at the 30th."""
    first = min(start.day, 30)
    last = 30 if end.day == 31 and first == 30 else end.day
    return 360 * (end.year - start.year) + 30 * (end.month - start.month) + last - first


def accrued_fraction(maturity: date, day_count: str, settlement: date = SETTLEMENT) -> float:
    """The part of the running half-year that has passed."""
    last, following = coupon_dates(maturity, settlement)[:2]
    if day_count == "30/360":
        return days_30_360(last, settlement) / 180
    return (settlement - last).days / (following - last).days


def accrued(coupon: float, maturity: date, day_count: str) -> float:
    return coupon / 2 * accrued_fraction(maturity, day_count)


def dirty_price_at_yield(coupon: float, maturity: date, day_count: str, bond_yield: float) -> float:
    """The street convention: discount by (1 + y/2) to the power of half-years, the first one broken."""
    base = 1 + bond_yield / 200
    broken = 1 - accrued_fraction(maturity, day_count)
    count = len(coupon_dates(maturity)) - 1
    flows = [coupon / 2] * (count - 1) + [coupon / 2 + 100]
    return sum(flow / base ** (broken + number) for number, flow in enumerate(flows))


@dataclass(frozen=True)
class Curve:
    """Discount factors from par yields, log-linear in days between half-yearly nodes."""

    days: list[int]
    logs: list[float]

    @classmethod
    def at(cls, shift: float = 0.0) -> Curve:
        """Bootstrap: a bond that pays its par yield, moved by `shift` basis points, is worth 100."""
        days, logs, paid = [0], [0.0], 0.0
        for period in range(1, 81):
            coupon = (par_yield(period / 2) / 100 + shift / 1e4) / 2
            discount = (1 - coupon * paid) / (1 + coupon)
            paid += discount
            node = months_before(SETTLEMENT, -6 * period)
            days.append((node - SETTLEMENT).days)
            logs.append(math.log(discount))
        return cls(days, logs)

    def discount(self, day: date, spread: float) -> float:
        """The discount factor of a day, with `spread` basis points on the semiannual zero rate."""
        ahead = (day - SETTLEMENT).days
        right = bisect_left(self.days, ahead)
        left = right - 1
        share = (ahead - self.days[left]) / (self.days[right] - self.days[left])
        log = self.logs[left] + share * (self.logs[right] - self.logs[left])
        years = ahead / 365
        zero = 2 * (math.exp(-log / (2 * years)) - 1)
        return (1 + (zero + spread / 1e4) / 2) ** (-2 * years)

    def dirty_price(self, coupon: float, maturity: date, spread: float) -> float:
        dates = coupon_dates(maturity)[1:]
        value = sum(coupon / 2 * self.discount(day, spread) for day in dates)
        return value + 100 * self.discount(maturity, spread)


def par_yield(years: float) -> float:
    points = sorted(PAR_YIELDS.items())
    if years <= points[0][0]:
        return points[0][1]
    for (left, low), (right, high) in pairwise(points):
        if left <= years <= right:
            return low + (high - low) * (years - left) / (right - left)
    return points[-1][1]
