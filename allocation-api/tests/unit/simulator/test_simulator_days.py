"""A desk that lives today: its close, its prices, and what is traded, as days pass.

Expected amounts are worked out here from terms, faces and the order's own fields.
"""

from __future__ import annotations

import calendar
import subprocess
import sys
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import pytest

from aladdin_simulator.book import Bond
from tests.unit.simulator import bond_maths
from tests.unit.simulator.living import GROUP, Clock, LivingVendor
from tests.unit.simulator.vendor import FILL_SECONDS, GOLDEN, slice_of

API = Path(__file__).parents[3]
ACCOUNT = "BIG6-01"
# The first day's trades settle on Wednesday 1 July.
FIRST_SETTLEMENT = date(2026, 7, 1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(clock) -> LivingVendor:
    return LivingVendor.on(clock)


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)


def coupon_dates(bond: Bond, after: date, until: date) -> list[date]:
    """Half-years counted back from maturity, ends of months staying such."""
    last = calendar.monthrange(bond.maturity.year, bond.maturity.month)[1]
    found, months = [], bond.maturity.year * 12 + bond.maturity.month - 1
    while True:
        year, month = divmod(months, 12)
        days = calendar.monthrange(year, month + 1)[1]
        day = date(year, month + 1, days if bond.maturity.day == last else bond.maturity.day)
        if day <= after:
            return found
        if day <= until:
            found.append(day)
        months -= 6


def a_bond(desk: LivingVendor, *, maturity: tuple[int, int]) -> Bond:
    """A bond of a company that matures in a month of this kind, on this day of it."""
    month, day = maturity
    return next(
        b
        for b in desk.simulator.book.securities
        if (b.maturity.month % 6, b.maturity.day) == (month % 6, day) and b.min_piece <= 2000
    )


@pytest.mark.parametrize(
    ("now", "close"),
    [
        ("2026-06-30T14:05:00+00:00", "2026-06-29"),
        ("2026-07-01T03:59:59+00:00", "2026-06-29"),  # still the 30th in New York
        ("2026-07-01T04:00:00+00:00", "2026-06-30"),
        ("2026-07-06T14:00:00+00:00", "2026-07-02"),  # Friday 3 July is the holiday
        ("2026-11-29T14:00:00+00:00", "2026-11-27"),  # a Sunday
        ("2031-01-02T15:00:00+00:00", "2030-12-31"),
    ],
)
def test_a_generated_book_is_of_the_last_business_day_before_now(now, close):
    clock = Clock()
    clock.to(now)
    opened = LivingVendor.on(clock)
    assert {row["referenceDate"] for row in opened.rows(GROUP)} == {close}
    assert {row["priceDate"] for row in opened.rows(GROUP) if row["secGroup"] == "BND"} == {close}


@pytest.mark.parametrize(
    ("zone", "today", "close"),
    [
        ("Asia/Tokyo", date(2026, 7, 1), "2026-06-30"),
        ("Europe/London", date(2026, 6, 30), "2026-06-29"),
        ("Pacific/Honolulu", date(2026, 6, 30), "2026-06-29"),
    ],
)
def test_the_day_is_that_of_the_desks_time_zone(clock, zone, today, close):
    clock.to("2026-06-30T15:30:00+00:00")
    opened = LivingVendor.on(clock, zone=zone)
    assert opened.simulator.business_date() == today
    assert {row["referenceDate"] for row in opened.rows(GROUP)} == {close}


def test_the_business_date_fixes_the_day(clock):
    clock.to("2029-03-14T12:00:00+00:00")
    fixed = LivingVendor.on(clock, business_date=date(2026, 6, 30))
    assert {row["referenceDate"] for row in fixed.rows(GROUP)} == {"2026-06-29"}
    assert fixed.simulator.business_date() == date(2026, 6, 30)


def test_a_book_file_stands_on_its_own_day(clock):
    clock.to("2029-03-14T12:00:00+00:00")
    file = LivingVendor.on(clock, scenario=str(GOLDEN))
    before = file.rows("GOLDEN")
    assert {row["referenceDate"] for row in before} == {"2026-06-30"}
    clock.pass_by(days=90)
    assert file.rows("GOLDEN") == before
    assert file.simulator.business_date() == date(2026, 6, 30)


def test_the_same_seed_and_day_give_the_same_book_in_every_process():
    program = (
        "from datetime import date; from aladdin_simulator import load_book;"
        "print(repr(load_book('default', seed=3, as_of=date(2027, 9, 14))))"
    )
    said = {
        subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", program],
            cwd=API,
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


@pytest.mark.parametrize("side", ["BUY", "SELL"])
def test_the_next_day_has_the_trades_in_positions_and_cash(desk, clock, side):
    bond = a_bond(desk, maturity=(3, 15))
    held = desk.positions(ACCOUNT)
    accrued = Decimal(desk.risk(bond.cusip)["accruedInterest"])
    order_id = desk.trade(bond.cusip, {ACCOUNT: 700_000}, side)
    clock.pass_by(seconds=FILL_SECONDS)
    filled = desk.state(order_id)
    assert filled["orderStatus"] == "Booked"
    assert desk.positions(ACCOUNT) == held
    clock.to("2026-07-01T14:00:00+00:00")
    sign = 1 if side == "BUY" else -1
    paid = sign * cents(700_000 * (Decimal(filled["averagePrice"]) + accrued) / 100)
    after = desk.positions(ACCOUNT)
    assert after.pop(bond.cusip) == held.get(bond.cusip, 0) + sign * 700_000
    assert after.pop("USD") == held["USD"] - paid
    assert after == {asset: face for asset, face in held.items() if asset not in (bond.cusip, "USD")}
    rows = desk.rows(ACCOUNT, "SOD+Trades+Orders")
    assert {row["posSource"] for row in rows} == {"EOD"}
    worth = sum(Decimal(row["mktValue"]) for row in rows)
    assert {(row["portfolioNAV"], row["portfolioNAVComputed"]) for row in rows} == {(worth, worth)}


@pytest.mark.parametrize(
    ("settles", "settlement"),
    [(None, date(2026, 7, 1)), ("2026-07-02", date(2026, 7, 2)), ("2026-07-09", date(2026, 7, 9))],
)
@pytest.mark.parametrize("side", ["BUY", "SELL"])
def test_cash_does_not_jump_when_trades_settle(desk, clock, side, settles, settlement):
    """Cash with today's trades is the next day's cash: accrued interest is that of settlement."""
    bond = a_bond(desk, maturity=(3, 15))
    cash = desk.total(ACCOUNT, "USD")
    order_id = desk.trade(bond.cusip, {ACCOUNT: 700_000}, side, settleDate=settles)
    clock.pass_by(seconds=FILL_SECONDS)
    fraction = bond_maths.accrued_fraction(bond.maturity, bond.day_count, settlement)
    accrued = bond.coupon / 2 * Decimal(fraction)
    paid = 700_000 * (Decimal(desk.state(order_id)["averagePrice"]) + accrued) / 100
    traded = desk.total(ACCOUNT, "USD", "SOD+Trades")
    assert abs(cash - traded - (paid if side == "BUY" else -paid)) < Decimal("0.02")
    clock.to("2026-07-01T14:00:00+00:00")
    assert desk.total(ACCOUNT, "USD") == traded


def test_an_order_that_fills_over_midnight_settles_by_day(desk, clock):
    bond = a_bond(desk, maturity=(3, 15))
    clock.to("2026-07-01T03:57:00+00:00")
    held = desk.total(ACCOUNT, bond.cusip)
    order_id = desk.trade(bond.cusip, {ACCOUNT: 1_000_000})
    clock.to("2026-07-01T03:59:59+00:00")
    until_midnight = Decimal(desk.state(order_id)["fillAmount"])
    assert 0 < until_midnight < 1_000_000
    clock.pass_by(seconds=FILL_SECONDS)
    assert desk.total(ACCOUNT, bond.cusip) == held + until_midnight
    trades = [row for row in desk.rows(ACCOUNT, "SOD+Trades") if row["posSource"] == "TRD"]
    assert [row["posQuantity"] for row in trades if row["assetId"] == bond.cusip] == [
        1_000_000 - until_midnight
    ]
    clock.to("2026-07-02T14:00:00+00:00")
    assert desk.total(ACCOUNT, bond.cusip, "SOD+Trades+Orders") == held + 1_000_000
    assert desk.total(ACCOUNT, bond.cusip) == held + 1_000_000


def test_what_is_open_works_on_at_the_new_days_price(clock):
    desk = LivingVendor.on(clock, fill_seconds=0)
    bond = a_bond(desk, maturity=(3, 15))
    order_id = desk.trade(bond.cusip, {ACCOUNT: 500_000})
    clock.to("2026-07-09T14:00:00+00:00")
    assert desk.state(order_id)["orderStatus"] == "Open"
    (row,) = [
        r for r in desk.rows(ACCOUNT, "SOD+Trades+Orders") if r.get("orderId") and r["secGroup"] == "BND"
    ]
    assert (row["posQuantity"], row["posSource"], row["priceDate"]) == (500_000, "ORD", "2026-07-08")
    assert Decimal(row["price"]) != bond.price


@pytest.mark.parametrize("restart", [False, True])
def test_a_day_order_expires_at_midnight_utc_with_what_it_has(clock, tmp_path, restart):
    clock.to("2026-06-30T23:57:30+00:00")
    desk = LivingVendor.on(clock, journal=tmp_path / "journal.db")
    bond = a_bond(desk, maturity=(3, 15))
    day = desk.trade(bond.cusip, {ACCOUNT: 1_000_000}, expirationType="Day")
    other = desk.trade(bond.cusip, {ACCOUNT: 1_000_000})
    clock.to("2026-06-30T23:59:59+00:00")
    booked = desk.state(day)["fillAmount"]
    assert 0 < booked < 1_000_000
    clock.to("2026-07-01T02:00:00+00:00")
    desk = desk.again() if restart else desk
    assert (desk.state(day)["orderStatus"], desk.state(day)["fillAmount"]) == ("Expired", booked)
    assert desk.state(other)["orderStatus"] == "Booked"
    clock.to("2026-07-01T14:00:00+00:00")
    assert desk.again().total(ACCOUNT, bond.cusip) == desk.total(ACCOUNT, bond.cusip)


def test_coupons_and_redemptions_come_in_as_cash(desk, clock):
    """Two and a half years on: every position's half coupons by the calendar, and par at maturity."""
    before = {account: desk.positions(account) for account in ("BIG6-01", "PPR-004", "OPN-001")}
    clock.to("2028-12-20T15:00:00+00:00")
    # Trades of the 20th settle on the 21st.
    until = date(2028, 12, 21)
    redeemed = 0
    for account, held in before.items():
        cash = held.pop("USD")
        left = {}
        for cusip, face in held.items():
            bond = desk.simulator.book.bond_by_cusip[cusip]
            paid = [cents(face * bond.coupon / 200) for _ in coupon_dates(bond, FIRST_SETTLEMENT, until)]
            cash += sum(paid)
            if bond.maturity <= until:
                cash += face
                redeemed += 1
            else:
                left[cusip] = face
        after = desk.positions(account)
        assert after.pop("USD") == cash
        assert after == left
    assert redeemed > 3


@pytest.mark.parametrize(("day", "entitled"), [("2026-07-13", True), ("2026-07-14", False)])
def test_a_coupon_is_for_who_holds_the_bond_by_settlement_before_it(desk, clock, day, entitled):
    """It is due on Wednesday the 15th; what is bought on Tuesday settles on that day, without accrued."""
    bond = a_bond(desk, maturity=(1, 15))
    clock.to(f"{day}T14:00:00+00:00")
    held, cash = desk.total(ACCOUNT, bond.cusip), desk.total(ACCOUNT, "USD")
    accrued = Decimal(desk.risk(bond.cusip)["accruedInterest"])
    order_id = desk.trade(bond.cusip, {ACCOUNT: 400_000})
    clock.pass_by(seconds=FILL_SECONDS)
    paid = cents(400_000 * (Decimal(desk.state(order_id)["averagePrice"]) + accrued) / 100)
    others = sum(
        cents(face * other.coupon / 200)
        for cusip, face in desk.positions(ACCOUNT).items()
        if cusip not in (bond.cusip, "USD")
        and (other := desk.simulator.book.bond_by_cusip[cusip])
        and coupon_dates(other, date.fromisoformat(day) + timedelta(days=1), date(2026, 7, 16))
    )
    # Trades of the 14th no longer carry the coupon, so that of the old holding is in cash already.
    got = cents((held + 400_000) * bond.coupon / 200) if entitled else 0
    assert (accrued == 0) != entitled
    clock.to("2026-07-15T14:00:00+00:00")
    assert desk.total(ACCOUNT, "USD") == cash - paid + got + others


def test_compliance_counts_what_has_settled_once(desk, clock):
    """The issuer's weight on the next day: the holding at that day's value, and the order asked about."""
    bond = a_bond(desk, maturity=(3, 15))
    issuer = {b.cusip for b in desk.simulator.book.securities if b.issuer_id == bond.issuer_id}
    nav = Decimal(desk.rows(ACCOUNT)[0]["portfolioNAV"])
    large = int(nav / 8 // 1000) * 1000
    desk.trade(bond.cusip, {ACCOUNT: large})
    clock.to("2026-07-01T14:00:00+00:00")
    rows = [row for row in desk.rows(ACCOUNT) if row["assetId"] in issuer]
    (row,) = [row for row in rows if row["assetId"] == bond.cusip]
    per_face = Decimal(row["price"]) + Decimal(desk.risk(bond.cusip)["accruedInterest"])
    expected = sum(Decimal(row["mktValue"]) for row in rows) + cents(2000 * per_face / 100)
    asked = desk.order(
        assetId=bond.cusip, face=None, orderDetails=[slice_of(ACCOUNT, 2000)], config={"whatIf": True}
    )
    said = [v["violationDescription"] for v in asked["output"]["complianceViolations"]]
    assert any(f"would be {expected} in {ACCOUNT}" in words for words in said)


def prices(desk: LivingVendor) -> dict[str, Decimal]:
    rows = desk.rows("PUBLICPRE,BIG6,DP-LB-USD,OPNIC")
    return {row["assetId"]: Decimal(row["price"]) for row in rows if row["secGroup"] == "BND"}


@pytest.mark.slow
def test_a_days_price_is_the_same_whoever_comes_there_and_how(clock):
    stepping, jumping = LivingVendor.on(clock), LivingVendor.on(clock)
    assert prices(stepping) == {b.cusip: b.price for b in stepping.simulator.book.securities}
    other = LivingVendor.on(clock, seed=8)
    for _ in range(20):
        clock.pass_by(days=1)
        prices(stepping)
    assert prices(stepping) == prices(jumping)
    assert prices(other) != prices(jumping)


def test_prices_move_as_bond_prices_do(desk, clock):
    """Every bond moves, none jumps, and the curve moves long bonds more than short ones."""
    by_cusip = desk.simulator.book.bond_by_cusip
    last, moves = prices(desk), {cusip: [] for cusip in by_cusip}
    for day in range(1, 15):
        clock.to(f"2026-07-{day:02}T14:00:00+00:00")
        now = prices(desk)
        for cusip, price in now.items():
            moves[cusip].append(abs(price / last[cusip] - 1))
        last = now
    assert all(0 < max(each) < Decimal("0.05") for each in moves.values())
    typical = {cusip: sum(each) / len(each) for cusip, each in moves.items()}
    ordered = sorted(by_cusip, key=lambda cusip: by_cusip[cusip].duration)
    short, long = ordered[:40], ordered[-40:]
    assert 2 * sum(typical[c] for c in short) < sum(typical[c] for c in long)


def test_a_later_days_numbers_fit_its_price(desk, clock):
    """Accrued by the day count, the price back from the yield, by formulas of their own."""
    clock.to("2027-02-10T15:00:00+00:00")
    settlement = date(2027, 2, 11)
    for cusip in list(desk.simulator.book.bond_by_cusip)[::7]:
        bond, risk = desk.simulator.book.bond_by_cusip[cusip], desk.risk(cusip)
        assert risk["riskDate"] == "2027-02-09"
        fraction = bond_maths.accrued_fraction(bond.maturity, bond.day_count, settlement)
        assert float(risk["accruedInterest"]) == pytest.approx(float(bond.coupon) / 2 * fraction, abs=1e-6)
        assert float(risk["oad"]) < bond.duration + 1
        assert abs(float(risk["oas"]) - (bond.oas or 0)) < 60


def test_a_desk_of_ten_years_still_serves(desk, clock):
    """Most of its bonds have matured by then, and nothing is lost: NAV is cash and what is left."""
    clock.to("2036-08-20T15:00:00+00:00")
    rows = desk.rows(GROUP)
    assert {row["referenceDate"] for row in rows} == {"2036-08-19"}
    for account in {row["portfolioName"] for row in rows}:
        own = [row for row in rows if row["portfolioName"] == account]
        assert {row["portfolioNAV"] for row in own} == {sum(Decimal(row["mktValue"]) for row in own)}
    assert len(rows) < len(LivingVendor.on(Clock()).rows(GROUP)) / 2
