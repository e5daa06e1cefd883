"""The best trades of one account, answers of solvers being checked in exact numbers.

The order of importance is kept by stages: a level is minimised with all before it held at their least, then
trades are counted with all levels held. Where lots are many, continuous amounts decide which options trade;
these are then rounded to lots, and what is proved is of the continuous ones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil

from app.services.kernels.proposals.account import AccountModel, Level, NotSolved
from app.services.kernels.proposals.problem import Faces, Measured
from app.services.kernels.proposals.programme import Programme
from app.services.kernels.proposals.relaxation import relaxed

AGREED = 1e-7
"""Of a level or a turnover: what float64 and the solver's tolerances may lose."""

_MARGIN = 2e-5  # of a lot: rows are made tighter by it where a solution within tolerances was not one
_FEW_LOTS = 64
_BACK = (Fraction(0), Fraction(0))


@dataclass(frozen=True, slots=True)
class Found:
    """Trades and what they come to; `bound` is what nothing is below of what was minimised.

    Where trades were counted, that is their number and a part of one for the turnover, `turnover_unit` each.
    """

    faces: Faces
    measured: Measured
    bound: float
    turnover_unit: float = 1.0

    @property
    def value(self) -> tuple[int, float]:
        """Number of trades, and turnover in money."""
        return len(self.faces), float(self.measured.turnover)

    @property
    def least_value(self) -> tuple[int, float]:
        """Return what is proved of the number of trades, and of the turnover of so many."""
        trades, turnover = self.value
        if self.bound + AGREED * 10 >= trades + turnover / self.turnover_unit:
            return trades, turnover
        fewest = min(trades, int(self.bound + AGREED * 10))
        return fewest, max(0.0, self.bound - trades) * self.turnover_unit if fewest == trades else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Trades:
    """Finds trades of one account; `gap` is the part of a level or a turnover that need not be proved."""

    model: AccountModel
    gap: float

    def least_trades(
        self, options: Iterable[int], levels: Sequence[Fraction], deadline: float
    ) -> Found | None:
        """Return the fewest trades, of these the least turnover, that keep the levels; None: there are none.

        Raises
        ------
        NotSolved
            If that is not known.
        """
        chosen = [j for j in self.model.usable if j in set(options)]
        if all(got <= most for got, most in zip(self.model.untouched.levels, levels, strict=True)):
            return Found({}, self.model.untouched, 0.0)
        if not chosen:
            return None
        if not any(levels) and self._has_many_lots(chosen):
            quick = self.straight(frozenset(chosen))
            if quick is not None:
                return quick
            with suppress(NotSolved):
                return self._by_relaxation(chosen, deadline)
        return self._checked(chosen, levels, None, deadline)

    def least_level(self, level: Level, before: Sequence[Fraction], deadline: float) -> Found:
        """Return trades that make a level least, those before it being kept.

        Raises
        ------
        NotSolved
            If that is not known.
        """
        found = self._checked(list(self.model.usable), before, level, deadline) if self.model.usable else None
        if found is None:
            return Found({}, self.model.untouched, float(self.model.untouched.levels[level]))
        return found

    def some(
        self,
        options: Iterable[int],
        deadline: float,
        *,
        preferred: Collection[int] = (),
        levels: Sequence[Level] = tuple(Level),
    ) -> Found | None:
        """Return some trades that reach levels, by two linear programmes; None: there are none.

        Raises
        ------
        NotSolved
            If amounts of any size would do, and those in lots were not found.
        """
        chosen = [j for j in self.model.usable if j in set(options)]
        if not any(self.model.untouched.levels[each] for each in levels):
            return Found({}, self.model.untouched, 0.0)
        if not chosen:
            return None
        for able in ({*chosen} & {*preferred}, chosen):
            quick = self.straight(frozenset(able), levels)
            if quick is not None:
                return quick
        exact = relaxed(self.model, chosen, deadline, levels=levels, preferred=preferred)
        if exact is None:
            return None
        faces, measured = self._rounded([j for j in chosen if exact[j] > 0], deadline, levels)
        return Found(faces, measured, 0.0)

    def near(self, deadline: float) -> Found | None:
        """Return trades into the bands that are near to the targets, by two small programmes.

        Raises
        ------
        NotSolved
            If there may be such trades, and none was found.
        """
        answer = self._any_size(list(self.model.usable), _BACK, Level.DISTANCE, deadline, is_linear=True)
        if answer is None:
            return None
        chosen = sorted(answer[0])
        away = len(chosen) / 2  # of the largest lot: so much moves when each is rounded to its nearest one
        programme = Programme(self.model, chosen, margin=away, all_trade=True, is_linear=True)
        rounded = programme.solve([float(each) for each in _BACK], Level.DISTANCE, deadline)
        if rounded is not None:
            measured = self._measured(rounded[0])
            if measured is not None and _holds(measured, _BACK):
                return Found(rounded[0], measured, answer[1])
        return self._in_lots_of(answer, _BACK, Level.DISTANCE, deadline)

    def _any_size(
        self,
        options: list[int],
        kept: Sequence[Fraction],
        aim: Level | None,
        deadline: float,
        *,
        is_linear: bool,
    ) -> tuple[Faces, float] | None:
        """Solve with amounts of any size; a linear one has no least trade either."""
        programme = Programme(self.model, options, has_lots=False, is_linear=is_linear)
        return programme.solve([float(each) for each in kept], aim, deadline)

    def _measured(self, faces: Faces) -> Measured | None:
        """Return what trades come to; None where they break a limit."""
        measured = self.model.exact.measure(self.model.at, faces)
        return None if self.model.exact.broken(self.model.at, faces, measured) else measured

    def _in_lots_of(
        self, answer: tuple[Faces, float], kept: Sequence[Fraction], aim: Level | None, deadline: float
    ) -> Found | None:
        """Round an answer in amounts of any size to lots, all its options being traded; its bound stays."""
        faces, bound = answer
        if not faces:
            return None
        found = self._in_lots(sorted(faces), kept, aim, deadline, all_trade=True)
        return None if found is None else replace(found, bound=bound)

    def _has_many_lots(self, options: list[int]) -> bool:
        return max(self.model.spans[j].last // self.model.spans[j].step for j in options) > _FEW_LOTS

    def straight(self, options: frozenset[int], levels: Sequence[Level] = tuple(Level)) -> Found | None:
        """Return one trade for each need of levels, where that does and is the fewest there can be."""
        model, faces = self.model, {}
        needs = model.needs if Level.DISTANCE in levels else model.band_needs
        if needs is None or len(needs.separate) != needs.fewest:
            return None
        for need in needs.separate:
            able = [j for j in options if need.helps[j] >= 1.0 and model.spans[j].last]
            if not able:
                return None
            best = max(able, key=lambda j: (need.effect[j] / model.price[j], -j))
            span = model.spans[best]
            lots = ceil(need.amount / need.effect[best] / span.step)
            faces[best] = max(lots * span.step, span.first)
        measured = self._measured(faces)
        if measured is None or len(faces) < needs.fewest or any(measured.levels[i] for i in levels):
            return None
        unit = 2.0 * model.most_turnover
        found = Found(faces, measured, needs.fewest + needs.turnover / unit, unit)
        return found if self._is_near(found, None) else None

    def _by_relaxation(self, options: list[int], deadline: float) -> Found | None:
        """Return the trades of least turnover where no fewer would do, rounded to lots; None: there are none.

        Raises
        ------
        NotSolved
            If they are more than the fewest, or break something as lots.
        """
        exact = relaxed(self.model, options, deadline)
        if exact is None:
            return None
        chosen = [j for j in options if exact[j] > 0]
        needs = self.model.needs
        if needs is None or len(chosen) > needs.fewest:
            raise NotSolved
        faces, measured = self._rounded(chosen, deadline, Level)
        unit = 2.0 * self.model.most_turnover
        found = Found(faces, measured, needs.fewest + float(self.model.price @ exact) / 2 / unit, unit)
        if not self._is_near(found, None):
            raise NotSolved
        return found

    def _rounded(
        self, chosen: Sequence[int], deadline: float, levels: Iterable[Level]
    ) -> tuple[Faces, Measured]:
        """Return lots of these options that reach levels.

        Raises
        ------
        NotSolved
            If rounding breaks something.
        """
        rounded = relaxed(self.model, chosen, deadline, has_lots=True, levels=levels)
        if rounded is None:
            raise NotSolved
        steps = {j: self.model.spans[j].step for j in chosen}
        faces = {j: round(rounded[j] / step) * step for j, step in steps.items()}
        faces = {j: face for j, face in faces.items() if face}
        measured = self._measured(faces)
        if measured is None or any(measured.levels[each] for each in levels):
            raise NotSolved
        return faces, measured

    def _is_near(self, found: Found, aim: Level | None) -> bool:
        """Say whether what is proved is near enough to what was found."""
        if aim is None:
            trades, turnover = found.value
            fewest, least = found.least_value
            return fewest == trades and turnover - least <= (self.gap + AGREED) * turnover
        reached = float(found.measured.levels[aim])
        return reached - found.bound <= (self.gap + AGREED) * reached

    def _checked(
        self, options: list[int], kept: Sequence[Fraction], aim: Level | None, deadline: float
    ) -> Found | None:
        """Solve; where lots are many, choose options as if these were continuous, then round to lots."""
        if not self._has_many_lots(options):
            return self._in_lots(options, kept, aim, deadline)
        near: Found | None = None
        for is_linear in (False,) if aim is None else (True, False):
            answer = self._any_size(options, kept, aim, deadline, is_linear=is_linear)
            if answer is None:
                return None
            with suppress(NotSolved):
                near = self._in_lots_of(answer, kept, aim, deadline) or near
                if near is not None and self._is_near(near, aim):
                    return near
        try:
            return self._in_lots(options, kept, aim, deadline)
        except NotSolved:
            if near is None:
                raise
            return near

    def _in_lots(
        self,
        options: list[int],
        kept: Sequence[Fraction],
        aim: Level | None,
        deadline: float,
        *,
        all_trade: bool = False,
    ) -> Found | None:
        least = [float(each) for each in kept]
        for margin in (0.0, _MARGIN):
            programme = Programme(self.model, options, margin=margin, all_trade=all_trade)
            answer = programme.solve(least, aim, deadline)
            if answer is None:
                if margin:
                    break
                return None
            faces, bound = answer
            measured = self._measured(faces)
            if measured is not None and _holds(measured, kept):
                return Found(faces, measured, bound, 2.0 * self.model.most_turnover)
        raise NotSolved


def _holds(measured: Measured, kept: Sequence[Fraction]) -> bool:
    return all(got <= most * (1 + Fraction(AGREED)) for got, most in zip(measured.levels, kept, strict=False))
