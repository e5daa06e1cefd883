from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from statistics import pstdev

import pytest

from aladdin_simulator import BookError, SimulatorBook, load_book
from aladdin_simulator.book import Account, Benchmark
from aladdin_simulator.identifiers import cusip_fault, isin_of
from aladdin_simulator.universe.generator import SCENARIOS, build_book
from aladdin_simulator.universe.issuers import Bucket, bucket_of
from tests.unit.simulator.vendor import CLOSE

INVESTMENT_GRADE = {"AAA", "AA+", "AA", "AA-", "A+", "A", "A-", "BBB+", "BBB", "BBB-"}
EMERGING = {"BR", "CO", "ID", "MX", "PE", "PH", "TR", "ZA"}
BARRED = {
    "INVESTMENT_GRADE_ONLY": lambda bond: bond.rating not in INVESTMENT_GRADE,
    "NO_HIGH_YIELD": lambda bond: bond.rating not in INVESTMENT_GRADE,
    "NO_EMERGING_MARKETS": lambda bond: bond.risk_country in EMERGING,
    "NO_TOBACCO": lambda bond: bond.sector == "TOBACCO",
    "ESG_COMPLIANT": lambda bond: bond.sector in {"TOBACCO", "WEAPONS", "THERMAL_COAL"},
}


def members(book: SimulatorBook, group_id: str) -> list[Account]:
    (group,) = (group for group in book.groups if group.group_id == group_id)
    return [account for account in book.accounts if account.account_id in group.member_ids]


def active_spread_durations(book: SimulatorBook, group_id: str) -> list[float]:
    (group,) = (group for group in book.groups if group.group_id == group_id)
    result = []
    for account in members(book, group_id):
        held = sum(
            book.bond_by_cusip[position.cusip].spread_duration
            * float(book.bond_by_cusip[position.cusip].market_value(position.face) / account.nav)
            for position in account.positions
        )
        result.append(held - (account.benchmark or group.benchmark).spread_duration)
    return result


# --- determinism --------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_book():
    one, other = (build_book(SCENARIOS["default"], seed=5, as_of=CLOSE) for _ in range(2))
    assert one is not other
    assert repr(one) == repr(other)


def test_another_seed_gives_another_book_of_the_same_accounts(default_book):
    other = load_book("default", seed=5, as_of=CLOSE)
    assert {a.account_id: a.nav for a in other.accounts} != {
        a.account_id: a.nav for a in default_book.accounts
    }
    assert [a.account_id for a in other.accounts] == [a.account_id for a in default_book.accounts]
    assert [b.price for b in other.securities] != [b.price for b in default_book.securities]


def test_bonds_depend_on_seed_and_date_not_on_the_scenario(any_book, default_book):
    assert any_book.securities == default_book.securities


# --- the shape of the data ----------------------------------------------------------------------------------


def test_groups_and_accounts_of_the_default_book(default_book):
    assert default_book.as_of == date(2026, 6, 30)
    counts = {group.group_id: len(group.member_ids) for group in default_book.groups}
    assert counts == {"PUBLICPRE": 12, "BIG6": 6, "DP-LB-USD": 11, "OPNIC": 2}
    listed = [member for group in default_book.groups for member in group.member_ids]
    assert sorted(listed) == sorted(account.account_id for account in default_book.accounts)
    assert len(set(listed)) == 31
    for group in default_book.groups:
        assert all((group.group_name, group.description, group.strategy, group.manager))
        assert group.created_date < default_book.as_of
        assert None not in (group.benchmark.spread_duration, group.benchmark.duration, group.benchmark.oas)
    assert len({account.account_name for account in default_book.accounts}) == 31
    own = [account for account in default_book.accounts if account.benchmark]
    assert 1 <= len(own) < 31
    assert {code for account in default_book.accounts for code in account.restrictions} == set(BARRED)


def test_the_large_book_keeps_the_four_groups_and_nests_all_under_one(default_book):
    book = load_book("large_portfolio", as_of=CLOSE)
    assert len(book.accounts) == 1000
    assert book.accounts[:31] == default_book.accounts
    assert book.groups[:4] == default_book.groups
    large, everything = book.groups[4:]
    assert (large.group_id, len(large.member_ids)) == ("LARGE", 969)
    assert (everything.group_id, everything.benchmark) == ("ALL", None)
    assert everything.member_ids == ("PUBLICPRE", "BIG6", "DP-LB-USD", "OPNIC", "LARGE")


def test_the_universe(default_book):
    bonds = default_book.securities
    assert len(bonds) >= 180
    assert len({bond.cusip for bond in bonds}) == len({bond.isin for bond in bonds}) == len(bonds)
    buckets = Counter(bucket_of(bond.sector, bond.risk_country, bond.rating) for bond in bonds)
    least = {
        Bucket.TREASURY: 20,
        Bucket.AGENCY: 10,
        Bucket.GRADE: 80,
        Bucket.YIELD: 25,
        Bucket.EMERGING: 15,
    }
    assert all(buckets[bucket] >= count for bucket, count in least.items())
    assert {bond.sector for bond in bonds} >= {
        "GOVT",
        "AGENCY",
        "SOVEREIGN",
        "TOBACCO",
        "WEAPONS",
        "THERMAL_COAL",
    }
    assert len({bond.issuer for bond in bonds if bond.kind == "CORP"}) >= 50


def test_terms_of_every_bond(default_book):
    for bond in default_book.securities:
        assert cusip_fault(bond.cusip) is None
        assert bond.isin == isin_of(bond.country, bond.cusip)
        assert bond.issue_date <= default_book.as_of
        assert bond.maturity.toordinal() - default_book.as_of.toordinal() > 365
        assert bond.coupon * 8 % 1 == 0
        assert bond.day_count == ("ACT/ACT" if bond.sector == "GOVT" else "30/360")
        assert bond.price.as_tuple().exponent >= -6
        emerging_or_private = bond.risk_country in EMERGING or bond.private_144a
        public_piece = 1000 if bond.sector in {"GOVT", "AGENCY"} else 2000
        assert bond.min_piece == (200_000 if emerging_or_private else public_piece)
        assert bond.increment == 1000
        assert bond.issuer in bond.description
        assert f"{bond.maturity:%m/%d/%Y}" in bond.description


def test_bonds_of_one_company_share_the_issuer_part_of_the_cusip(default_book):
    prefixes: dict[str, set[str]] = {}
    for bond in default_book.securities:
        if bond.sector != "GOVT":
            prefixes.setdefault(bond.issuer, set()).add(bond.cusip[:6])
    assert all(len(found) == 1 for found in prefixes.values())
    assert len(prefixes) == len(set.union(*prefixes.values()))


# --- positions ----------------------------------------------------------------------------------------------


def test_cash_and_positions_add_up_to_nav_to_the_cent(any_book):
    for account in any_book.accounts:
        bonds = any_book.bond_by_cusip
        cents = sum(
            round(position.face * (bonds[position.cusip].price + bonds[position.cusip].accrued))
            for position in account.positions
        )
        assert account.nav == account.cash + Decimal(cents) / 100


def test_positions_respect_restrictions_and_the_grid(any_book):
    for account in any_book.accounts:
        assert 20 <= len(account.positions) <= 45
        for position in account.positions:
            bond = any_book.bond_by_cusip[position.cusip]
            assert not any(BARRED[code](bond) for code in account.restrictions), (account.account_id, bond)
            assert position.face >= bond.min_piece
            assert (position.face - bond.min_piece) % bond.increment == 0


def test_every_bond_has_a_holder(any_book):
    held = {position.cusip for account in any_book.accounts for position in account.positions}
    assert held == {bond.cusip for bond in any_book.securities}


@pytest.mark.parametrize("seed", range(5))
def test_every_bond_has_a_holder_whatever_the_seed(seed):
    book = load_book("default", seed=seed, as_of=CLOSE)
    held = {position.cusip for account in book.accounts for position in account.positions}
    assert held == {bond.cusip for bond in book.securities}


def test_weights_stay_clear_of_compliance_limits(any_book):
    for account in any_book.accounts:
        issuers: Counter[str] = Counter()
        for position in account.positions:
            bond = any_book.bond_by_cusip[position.cusip]
            weight = bond.market_value(position.face) / account.nav
            assert weight < Decimal("0.10")
            if bond.sector != "GOVT":
                issuers[bond.issuer_id] += weight
        assert max(issuers.values()) < Decimal("0.05")


def test_no_group_owns_a_large_part_of_an_issue(any_book):
    for group in any_book.groups:
        held: Counter[str] = Counter()
        for account in members(any_book, group.group_id):
            held.update({position.cusip: position.face for position in account.positions})
        for cusip, face in held.items():
            assert face < any_book.bond_by_cusip[cusip].amount_issued / 5


def test_sizes_reach_from_small_to_very_large(default_book):
    navs = sorted(account.nav for account in default_book.accounts)
    assert 35_000_000 < navs[0] < 100_000_000
    assert 1_500_000_000 < navs[-1] < 4_000_000_000


@pytest.mark.parametrize(
    ("scenario", "least", "most"), [("default", "0.01", "0.061"), ("cash_constrained", "0", "0.0031")]
)
def test_cash_by_scenario(scenario, least, most):
    shares = [account.cash / account.nav for account in load_book(scenario, as_of=CLOSE).accounts]
    assert Decimal(least) <= min(shares)
    assert max(shares) <= Decimal(most)


def test_the_high_dispersion_book_spreads_active_spread_durations(default_book):
    spread = load_book("high_dispersion", as_of=CLOSE)
    for group_id, least in (("PUBLICPRE", 1.5), ("BIG6", 1.5), ("DP-LB-USD", 1.5), ("OPNIC", 1.0)):
        wide = pstdev(active_spread_durations(spread, group_id))
        assert wide > least
        assert wide > 2 * pstdev(active_spread_durations(default_book, group_id))


# --- the door -----------------------------------------------------------------------------------------------


def test_an_unknown_scenario_names_the_known_ones():
    message = (
        "unknown scenario 'defualt': use default, high_dispersion, cash_constrained, large_portfolio, "
        "or the path of a .json book file"
    )
    with pytest.raises(BookError) as refusal:
        load_book("defualt")
    assert str(refusal.value) == message


def test_a_generated_book_may_be_of_another_business_day():
    book = load_book("default", as_of=date(2027, 2, 26))
    assert book.as_of == date(2027, 2, 26)
    assert all(bond.maturity > date(2028, 2, 26) for bond in book.securities)
    with pytest.raises(BookError, match="2027-02-27 is not a business day"):
        load_book("default", as_of=date(2027, 2, 27))


def test_reference_data_is_what_the_vendor_does_not_publish(default_book):
    data = default_book.reference()
    assert data.as_of == default_book.as_of
    assert data.groups == default_book.groups
    account, kept = data.accounts[2], default_book.accounts[2]
    assert (account.account_id, account.account_name, account.currency) == (
        "PPR-003",
        "Pine Valley Police and Fire",
        "USD",
    )
    assert (account.restrictions, account.benchmark) == (kept.restrictions, kept.benchmark)
    assert isinstance(data.groups[0].benchmark, Benchmark)
    by_id = {security.security_id: security for security in data.securities}
    assert by_id.keys() == default_book.bond_by_cusip.keys()
    offshore = [security for security in data.securities if security.issuer == "Amazonia Iron Finance BV"]
    assert {(s.country, s.isin[:2], s.sector, s.rating) for s in offshore} == {
        ("BR", "NL", "MATERIALS", "BBB-")
    }
