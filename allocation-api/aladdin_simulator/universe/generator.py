"""Generated books: the clients of `mandates` invested in the bonds of `universe`, deterministic by seed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from aladdin_simulator.book import Account, Benchmark, Bond, BookError, ReferenceGroup, SimulatorBook
from aladdin_simulator.pricing import SETTLE_DAYS_OF_CLOSE, Market
from aladdin_simulator.universe import mandates
from aladdin_simulator.universe.bonds import build_universe
from aladdin_simulator.universe.mandates import Client, GroupPlan
from aladdin_simulator.universe.selection import Draft, choose_bonds
from aladdin_simulator.universe.sizing import invest

_MILLION = 1_000_000
_LARGE_ACCOUNTS = 969
_TRACKING = 0.3
_OWN_BENCHMARK_ODDS = 0.25
_OWN_BENCHMARK_RANGE = 0.6


@dataclass(frozen=True, slots=True)
class Scenario:
    """A variation of the generated book.

    `cash` is the range of an account's cash as a share of its NAV; `spread` the largest deviation of an
    account's spread duration from its group's mandate, in years to either side; `large` adds a group of 969
    small accounts, and a parent of all groups.
    """

    cash: tuple[float, float] = (0.015, 0.06)
    spread: float = 0.0
    large: bool = False


SCENARIOS: Mapping[str, Scenario] = {
    "default": Scenario(),
    "high_dispersion": Scenario(spread=3.0),
    "cash_constrained": Scenario(cash=(0.0, 0.003)),
    "large_portfolio": Scenario(large=True),
}


def build_book(scenario: Scenario, *, seed: int, as_of: date) -> SimulatorBook:
    """Generate a book: positions and prices of a day's close, on which the desk trades the next business day.

    Raises
    ------
    BookError
        If US government bonds do not trade on `as_of`.
    """
    market = Market(as_of, settle_days=SETTLE_DAYS_OF_CLOSE)
    if not market.is_business_day:
        raise BookError(f"as_of {as_of} is not a business day of the US government bond market")
    bonds = build_universe(seed, as_of, market)
    holders: Counter[str] = Counter()
    groups, accounts = _populate(mandates.GROUPS, scenario, seed, bonds, holders)
    if scenario.large:
        more_groups, more_accounts = _populate([_large_plan(seed)], scenario, seed, bonds, holders)
        groups += more_groups
        groups.append(_parent_of(groups))
        accounts += more_accounts
    return SimulatorBook(as_of=as_of, groups=tuple(groups), accounts=tuple(accounts), securities=bonds)


def _populate(
    plans: Sequence[GroupPlan],
    scenario: Scenario,
    seed: int,
    bonds: Sequence[Bond],
    holders: Counter[str],
) -> tuple[list[ReferenceGroup], list[Account]]:
    """Invest the accounts of some groups and give groups and accounts their benchmarks."""
    drafts = {plan.group_id: _drafts(plan, scenario, seed) for plan in plans}
    choose_bonds([draft for members in drafts.values() for draft in members], bonds, holders)
    by_cusip = {bond.cusip: bond for bond in bonds}
    groups: list[ReferenceGroup] = []
    accounts: list[Account] = []
    for plan in plans:
        members = [invest(draft) for draft in drafts[plan.group_id]]
        benchmark = _average(members, by_cusip)
        rng = random.Random(f"benchmark {plan.group_id} {seed}")
        accounts += [_with_own_benchmark(account, benchmark, rng) for account in members]
        groups.append(_group(plan, benchmark))
    return groups, accounts


def _drafts(plan: GroupPlan, scenario: Scenario, seed: int) -> list[Draft]:
    low, high = plan.mandate.nav
    last = len(plan.clients) - 1
    drafts = []
    for number, client in enumerate(plan.clients):
        rng = random.Random(f"{client.account_id} {seed}")
        drafts.append(
            Draft(
                client=client,
                mandate=plan.mandate,
                size=low * (high / low) ** rng.random() * _MILLION,
                cash_share=rng.uniform(*scenario.cash),
                target=plan.mandate.spread_duration
                + rng.gauss(0.0, _TRACKING)
                + scenario.spread * (2 * number / last - 1),
                rng=rng,
            )
        )
    return drafts


def _large_plan(seed: int) -> GroupPlan:
    """Return the group of many small accounts; a third of them carry one or two restrictions."""
    rng = random.Random(f"large {seed}")
    clients = tuple(
        Client(
            f"LRG-{number:04d}",
            f"Separate Account {number:04d}",
            tuple(sorted(rng.sample(mandates.RESTRICTIONS, rng.choice((0, 0, 0, 0, 1, 2))))),
        )
        for number in range(1, _LARGE_ACCOUNTS + 1)
    )
    return GroupPlan(
        group_id="LARGE",
        group_name="Separate Account Platform",
        description="Small separately managed accounts on one platform",
        strategy="CORE_PLUS",
        manager="Ines Duarte",
        created_date=date(2020, 2, 3),
        mandate=mandates.PLATFORM_MANDATE,
        clients=clients,
    )


def _parent_of(groups: Sequence[ReferenceGroup]) -> ReferenceGroup:
    return ReferenceGroup(
        group_id="ALL",
        group_name="All accounts",
        description="Every portfolio group of the desk",
        strategy="ALL",
        manager="Helen Marsh",
        created_date=date(2020, 2, 3),
        benchmark=None,
        member_ids=tuple(group.group_id for group in groups),
    )


def _group(plan: GroupPlan, benchmark: Benchmark) -> ReferenceGroup:
    return ReferenceGroup(
        group_id=plan.group_id,
        group_name=plan.group_name,
        description=plan.description,
        strategy=plan.strategy,
        manager=plan.manager,
        created_date=plan.created_date,
        benchmark=benchmark,
        member_ids=tuple(client.account_id for client in plan.clients),
    )


def _average(accounts: Sequence[Account], bonds: Mapping[str, Bond]) -> Benchmark:
    """Return the plain average of the accounts' spread durations, durations and OAS, rounded."""
    totals = [0.0, 0.0, 0.0]
    for account in accounts:
        nav = float(account.nav)
        for position in account.positions:
            bond = bonds[position.cusip]
            weight = float(bond.market_value(position.face)) / nav
            measures = (bond.spread_duration or 0.0, bond.duration, bond.oas or 0.0)
            totals = [total + weight * measure for total, measure in zip(totals, measures, strict=True)]
    spread_duration, duration, oas = (total / len(accounts) for total in totals)
    return Benchmark(round(spread_duration, 2), round(duration, 2), round(oas, 1))


def _with_own_benchmark(account: Account, group: Benchmark, rng: random.Random) -> Account:
    """Give one account in four a benchmark of its own, somewhat longer or shorter than its group's."""
    if rng.random() >= _OWN_BENCHMARK_ODDS:
        return account
    longer = round(rng.uniform(-_OWN_BENCHMARK_RANGE, _OWN_BENCHMARK_RANGE), 2)
    own = Benchmark(
        spread_duration=round((group.spread_duration or 0.0) + longer, 2),
        duration=round((group.duration or 0.0) + longer, 2),
        oas=group.oas,
    )
    return replace(account, benchmark=own)
