"""Business days and accrued interest against hand calculations."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.services.domain.calendar import accrued_interest, add_business_days, is_business_day
from tests.support.builders import security


def test_accrued_act_act_by_hand():
    # R2.6
    # 2.5 % semiannual to 2031-05-31, month ends: from 2026-05-31 to 2026-11-30 are 183 days, 31 to July 1st.
    bond = security(coupon=Decimal("2.5"), maturity=date(2031, 5, 31), issue_date=date(2021, 5, 31))
    expected = Decimal("2.5") / 2 * 31 / 183
    assert float(accrued_interest(bond, date(2026, 7, 1))) == pytest.approx(float(expected), abs=1e-10)


def test_accrued_30_360_by_hand():
    # R2.6
    # 4.25 % from June 15th to July 1st is 16 days of 360.
    bond = security(
        coupon=Decimal("4.25"), maturity=date(2031, 6, 15), issue_date=date(2021, 6, 15), day_count="30/360"
    )
    assert float(accrued_interest(bond, date(2026, 7, 1))) == pytest.approx(4.25 * 16 / 360, abs=1e-10)


def test_accrued_is_zero_on_a_coupon_date_and_for_a_zero():
    bond = security(maturity=date(2031, 6, 15), issue_date=date(2021, 6, 15), day_count="30/360")
    assert accrued_interest(bond, date(2026, 6, 15)) == 0
    assert accrued_interest(security(coupon=Decimal(0)), date(2026, 7, 1)) == 0


@pytest.mark.parametrize("unknown", ["coupon", "coupon_frequency", "maturity", "day_count"])
def test_accrued_is_unknown_without_the_terms(unknown):
    assert accrued_interest(security(**{unknown: None}), date(2026, 7, 1)) is None


def test_business_days():
    # July 4th 2026 is a Saturday; Independence Day is kept on Friday the 3rd.
    assert not is_business_day(date(2026, 7, 3))
    assert not is_business_day(date(2026, 7, 4))
    assert add_business_days(date(2026, 7, 2), 1) == date(2026, 7, 6)
    assert add_business_days(date(2026, 7, 6), -1) == date(2026, 7, 2)
