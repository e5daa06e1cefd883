"""Accrued interest against hand calculations, by day count and by what is irregular in a schedule."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.services.domain.accrual import accrued_interest
from bonds.terms import InterestUnknownError
from tests.support.builders import BUSINESS_DATE, security


def accrued(settlement, **terms):
    """The accrued interest of a bond with these terms, which nobody issued on a known day unless said."""
    settled = date.fromisoformat(settlement)
    dates = {"maturity", "issue_date", "accrual_date", "first_coupon", "last_coupon"}
    given = {"issue_date": None} | {
        name: date.fromisoformat(value) if name in dates and value else value for name, value in terms.items()
    }
    if "coupon" in given:
        given["coupon"] = Decimal(str(given["coupon"]))
    return float(accrued_interest(security(**given), settled, today=BUSINESS_DATE))


def near(amount):
    return pytest.approx(amount, abs=1e-9)


def test_act_act_by_hand():
    # R2.6
    # 2.5 % semiannual to 2031-05-31, month ends: from 2026-05-31 to 2026-11-30 are 183 days, 31 to July 1st.
    terms = {"coupon": 2.5, "maturity": "2031-05-31", "issue_date": "2021-05-31"}
    assert accrued("2026-07-01", **terms) == near(2.5 / 2 * 31 / 183)


def test_30_360_by_hand():
    # R2.6
    # 4.25 % from June 15th to July 1st is 16 days of 360.
    terms = {"coupon": 4.25, "maturity": "2031-06-15", "issue_date": "2021-06-15", "day_count": "30/360"}
    assert accrued("2026-07-01", **terms) == near(4.25 * 16 / 360)


MONTH_ENDS = {"coupon": 4.4, "maturity": "2034-08-31", "day_count": "30/360"}


@pytest.mark.parametrize(
    ("settlement", "days"),
    # Days from "30 February" in months of 30 days, until the half-year of 180 is over on 31 August.
    [
        ("2026-07-01", 121),
        ("2027-03-01", 1),
        ("2027-03-31", 30),
        ("2026-08-29", 179),
        ("2026-08-30", 180),
        ("2028-02-29", 0),
        ("2028-03-01", 1),
        ("2027-02-27", 177),
    ],
)
def test_a_bond_that_pays_at_month_ends_counts_the_last_of_february_as_the_30th(settlement, days):
    # R2.6
    assert accrued(settlement, **MONTH_ENDS) == near(4.4 * days / 360)


@pytest.mark.parametrize(
    "terms",
    [
        {"maturity": "2034-08-28"},
        {"maturity": "2034-02-28", "pays_at_month_end": False},
        {"maturity": "2034-02-28", "issue_date": "2024-08-28"},
        {"maturity": "2034-02-28", "issue_date": "2024-08-12", "first_coupon": "2025-02-28"},
    ],
)
def test_a_payer_on_28_february_and_28_august_does_not(terms):
    # R2.6
    # 28 February to 1 July is 4 months and 3 days: 123.
    assert accrued("2026-07-01", coupon=4.4, day_count="30/360", **terms) == near(4.4 * 123 / 360)
    assert accrued("2026-08-28", coupon=4.4, day_count="30/360", **terms) == 0


@pytest.mark.parametrize(
    ("terms", "days"),
    [
        # Interest from 31 August to 28 February, and 28 February again at maturity: August pays on the 31st.
        ({"maturity": "2034-02-28", "issue_date": "2024-08-31", "first_coupon": "2025-02-28"}, 121),
        # 31 August 2025 is a Sunday and the day after Labor Day: paid on 2 September, no payer on the 28th.
        ({"maturity": "2034-02-28", "issue_date": "2025-03-12", "first_coupon": "2025-09-02"}, 121),
        # The last coupon before a regular maturity falls on 28 February for payers on the 28th to the 31st.
        ({"maturity": "2034-08-31", "issue_date": "2024-03-12", "last_coupon": "2034-02-28"}, 121),
        ({"maturity": "2034-08-28", "issue_date": "2024-03-12", "last_coupon": "2034-02-28"}, 123),
        ({"maturity": "2034-08-30", "issue_date": "2024-03-12", "last_coupon": "2034-02-28"}, 123),
    ],
)
def test_which_day_coupons_are_paid_on_is_told_by_the_dates_that_differ(terms, days):
    # R2.6
    # From 28 February 2026 to 1 July: 4 months and 3 days, or 1 day where the 28th counts as the 30th.
    assert accrued("2026-07-01", coupon=4.4, day_count="30/360", **terms) == near(4.4 * days / 360)
    august = int(terms["maturity"][-2:]) if terms["maturity"][5:7] == "08" else 31
    assert accrued(f"2026-08-{august}", coupon=4.4, day_count="30/360", **terms) == 0
    assert accrued(f"2026-08-{august - 1}", coupon=4.4, day_count="30/360", **terms) > 2.1


def test_a_quarterly_payer_from_31_march_pays_on_the_31st_of_december():
    terms = {"coupon": 4, "coupon_frequency": 4, "day_count": "ACT/ACT", "maturity": "2034-06-30"}
    terms |= {"issue_date": "2024-03-31", "first_coupon": "2024-06-30"}
    # 31 December 2026 to 31 March 2027 is 90 days, of which the 30th of March is the 89th.
    assert accrued("2026-12-31", **terms) == 0
    assert accrued("2027-03-30", **terms) == near(89 / 90)


def test_an_annual_payer_from_29_february_pays_on_the_last_of_february():
    terms = {"coupon": 4, "coupon_frequency": 1, "day_count": "ACT/ACT", "maturity": "2034-02-28"}
    terms |= {"issue_date": "2024-02-29", "first_coupon": "2025-02-28"}
    assert accrued("2028-02-29", **terms) == 0
    assert accrued("2028-02-28", **terms) == near(4 * 365 / 366)


def test_a_last_period_after_28_february_that_ends_on_a_31st_may_be_irregular():
    terms = {"coupon": 4.4, "day_count": "30/360", "issue_date": "2024-08-28", "first_coupon": "2025-02-28"}
    terms |= {"maturity": "2034-08-31", "last_coupon": "2034-02-28", "pays_at_month_end": False}
    assert accrued("2026-08-28", **terms) == 0
    assert accrued("2026-07-01", **terms) == near(4.4 * 123 / 360)


def test_a_maturity_on_28_february_is_a_month_end_where_the_terms_say_so():
    terms = {"coupon": 4.4, "maturity": "2034-02-28", "day_count": "30/360", "issue_date": "2024-08-28"}
    assert accrued("2026-07-01", **terms, pays_at_month_end=True) == near(4.4 * 121 / 360)
    assert accrued("2026-08-29", **terms, pays_at_month_end=True) == near(4.4 * 179 / 360)


def test_a_flag_of_month_ends_means_nothing_for_a_bond_that_pays_on_the_15th():
    terms = {"coupon": 4, "maturity": "2031-06-15", "day_count": "30/360", "pays_at_month_end": True}
    assert accrued("2026-07-01", **terms) == near(4 * 16 / 360)


@pytest.mark.parametrize("day_count", ["30/360", "30E/360"])
@pytest.mark.parametrize("maturity", ["2034-08-30", "2034-08-29", "2034-08-31"])
def test_never_more_than_a_coupon_accrues_in_months_of_30_days(day_count, maturity):
    # R2.6
    # From 28 February to the end of August months of 30 days count up to 182 days; the coupon is for 180.
    values = [
        accrued(f"2026-08-{day}", coupon=4, maturity=maturity, day_count=day_count)
        for day in range(25, int(maturity[-2:]))
    ]
    assert values == sorted(values)
    assert max(values) <= 2.0 + 1e-9


def test_a_bond_that_pays_on_the_30th_pays_it_on_every_30th_but_in_february():
    terms = {"coupon": 4, "maturity": "2034-08-30", "day_count": "ACT/ACT"}
    assert accrued("2026-08-30", **terms) == 0
    assert accrued("2027-02-28", **terms) == 0
    assert accrued("2026-08-29", **terms) == near(2 * 182 / 183)


@pytest.mark.parametrize(
    ("day_count", "part"),
    # From 31 January to 31 March 2026: 59 actual days, two months of 30 days.
    [
        ("30/360", 60 / 360),
        ("30E/360", 60 / 360),
        ("ACT/360", 59 / 360),
        ("ACT/365", 59 / 365),
        ("ACT/366", 59 / 366),
        ("ACT/ACT", 59 / 181 / 2),
    ],
)
def test_every_day_count_by_hand(day_count, part):
    # R2.6
    assert accrued("2026-03-31", coupon=6, maturity="2030-07-31", day_count=day_count) == near(6 * part)


def test_30e_360_counts_the_31st_as_the_30th_always():
    # From 15 January to 31 March: by the US rule 76 days, by the European 75.
    terms = {"coupon": 6, "maturity": "2030-07-15"}
    assert accrued("2026-03-31", **terms, day_count="30/360") == near(6 * 76 / 360)
    assert accrued("2026-03-31", **terms, day_count="30E/360") == near(6 * 75 / 360)


@pytest.mark.parametrize(
    ("frequency", "days_of_360"),
    # To 1 July from 15 December, 15 June, 15 April, 15 June, 15 May and 15 June.
    [(1, 196), (2, 16), (3, 76), (4, 16), (6, 16), (12, 16)],
)
def test_every_frequency(frequency, days_of_360):
    maturity = {1: "2031-12-15", 3: "2031-12-15", 6: "2031-12-15"}.get(frequency, "2031-06-15")
    given = accrued("2026-07-01", coupon=3, maturity=maturity, coupon_frequency=frequency, day_count="30/360")
    assert given == near(3 * days_of_360 / 360)


def test_a_short_first_period_by_hand():
    # From 1 April, in the half-year of 183 days from 15 May 2026 back to 15 November 2025: 181 days.
    terms = {"coupon": 5, "maturity": "2036-05-15", "issue_date": "2026-04-01"}
    assert accrued("2026-05-01", **terms) == near(2.5 * 30 / 181)
    assert accrued("2026-05-01", **terms, day_count="30/360") == near(5 * 30 / 360)


def test_a_long_first_period_by_hand():
    # From 1 April to 15 November 2026: 44 of the 181 days to 15 May, then days of the 184 to 15 November.
    terms = {"coupon": 5, "maturity": "2036-05-15", "issue_date": "2026-04-01", "first_coupon": "2026-11-15"}
    assert accrued("2026-07-01", **terms) == near(2.5 * (44 / 181 + 47 / 184))
    assert accrued("2026-05-15", **terms) == near(2.5 * 44 / 181)
    assert accrued("2026-07-01", **terms, day_count="30/360") == near(5 * 90 / 360)
    assert accrued("2026-11-15", **terms) == 0


def test_interest_starts_on_the_accrual_date_and_not_on_the_issue_date():
    terms = {"coupon": 5, "maturity": "2036-05-15", "issue_date": "2026-06-20", "day_count": "30/360"}
    given = accrued("2026-07-01", **terms, accrual_date="2026-06-01", first_coupon="2026-11-15")
    assert given == near(5 * 30 / 360)


def test_a_first_coupon_that_was_paid_after_a_weekend_ends_its_period_on_the_schedule():
    # 15 November 2026 is a Sunday: paid on the 16th, and the next period starts on the 15th.
    terms = {"coupon": 5, "maturity": "2036-05-15", "issue_date": "2026-05-15", "first_coupon": "2026-11-16"}
    assert accrued("2026-11-20", **terms) == near(2.5 * 5 / 181)


def test_an_irregular_last_period_by_hand():
    # Regular on 15 March and 15 September up to 15 March 2027, then 92 days to 15 June, of 184 to September.
    terms = {"coupon": 5, "maturity": "2027-06-15", "last_coupon": "2027-03-15"}
    assert accrued("2027-04-14", **terms) == near(2.5 * 30 / 184)
    assert accrued("2026-10-01", **terms) == near(2.5 * 16 / 181)
    long = {"coupon": 5, "maturity": "2027-12-15", "last_coupon": "2027-03-15"}
    assert accrued("2027-10-15", **long) == near(2.5 * (1 + 30 / 182))
    assert accrued("2027-10-15", **long, day_count="30/360") == near(5 * 210 / 360)


def test_interest_that_is_paid_at_maturity_accrues_from_the_start():
    terms = {"coupon": 5, "issue_date": "2026-01-15", "maturity": "2027-07-15", "first_coupon": "2027-07-15"}
    assert accrued("2027-01-15", **terms, coupon_frequency=0, day_count="ACT/360") == near(5 * 365 / 360)
    assert accrued("2027-01-15", **terms, coupon_frequency=None, day_count="30/360") == near(5)


def test_a_perpetual_bond_counts_from_its_first_coupon():
    # The vendor's word for no maturity is 31 December 2049; it pays on 15 March and 15 September.
    terms = {"coupon": 6, "maturity": "2049-12-31", "issue_date": "2020-03-15", "first_coupon": "2020-09-15"}
    assert accrued("2026-07-01", **terms, day_count="30/360") == near(6 * 106 / 360)


def test_a_zero_and_a_bond_that_trades_flat_accrue_nothing():
    assert accrued("2026-07-01", coupon=0, day_count="BUS252") == 0
    assert accrued("2026-07-01", coupon=5, maturity="2031-03-15", trades_flat=True) == 0


def test_accrued_is_zero_on_a_coupon_date():
    assert accrued("2026-06-15", coupon=5, maturity="2031-06-15", day_count="30/360") == 0


def test_while_ex_dividend_the_next_coupon_is_missing():
    # 2.5 on 15 September; on 10 September 175 of 180 days have run, of which the buyer gets none.
    bond = security(
        coupon=Decimal(5), maturity=date(2031, 9, 15), issue_date=date(2021, 9, 15), day_count="30/360"
    )
    given = accrued_interest(bond, date(2026, 9, 10), today=BUSINESS_DATE, ex_dividend_since=date(2026, 9, 8))
    assert float(given) == near(-5 * 5 / 360)


@pytest.mark.parametrize("settlement", ["2026-09-07", "2026-09-15", "2026-12-01"])
def test_when_a_bond_goes_ex_dividend_is_not_guessed(settlement):
    bond = security(maturity=date(2031, 9, 15), issue_date=date(2021, 9, 15), day_count="30/360")
    with pytest.raises(InterestUnknownError, match="it trades ex-dividend, and for how many days is unknown"):
        accrued_interest(
            bond, date.fromisoformat(settlement), today=BUSINESS_DATE, ex_dividend_since=date(2026, 9, 8)
        )


def test_a_floating_coupon_is_known_for_its_own_period_only():
    bond = security(
        coupon=Decimal(5),
        maturity=date(2031, 9, 15),
        issue_date=date(2021, 9, 15),
        day_count="ACT/360",
        coupon_frequency=4,
        is_floating=True,
    )
    known = accrued_interest(bond, date(2026, 9, 14), today=date(2026, 6, 30))
    assert float(known) == near(5 * 91 / 360)
    with pytest.raises(InterestUnknownError, match="floating, and that from 2026-09-15 on is not known yet"):
        accrued_interest(bond, date(2026, 9, 15), today=date(2026, 6, 30))


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"coupon": None}, "its coupon is unknown"),
        ({"maturity": None}, "its maturity is unknown"),
        ({"day_count": None}, "its day count is unknown"),
        *(
            ({"day_count": word}, f"its day count {word} is not supported")
            for word in ("BUS252", "C30360", "N30360", "30P360", "AC365L")
        ),
        ({"coupon_frequency": None}, "its coupon frequency is unknown"),
        ({"coupon_frequency": 0}, "its coupon frequency is 0 a year"),
        ({"coupon_frequency": 52}, "its coupon frequency is 52 a year"),
        ({"special_schedule": "D"}, "its coupons follow the special schedule D"),
        ({"issue_date": date(2026, 7, 2)}, "its interest starts on 2026-07-02"),
        ({"maturity": date(2026, 7, 1)}, "it matures on 2026-07-01"),
        ({"maturity": date(2049, 12, 31)}, "it is perpetual, and its first coupon is unknown"),
        ({"first_coupon": date(2021, 9, 15)}, "its first coupon 2021-09-15 does not fit the schedule"),
        (
            {"issue_date": None, "first_coupon": date(2026, 11, 30)},
            "the start of its first coupon period is unknown",
        ),
        *(
            (
                {"first_coupon": date(2028, 5, 31), "last_coupon": date(2027, 5, 31), "issue_date": issued},
                "its last regular coupon 2027-05-31 is before its first coupon 2028-05-31",
            )
            for issued in (date(2021, 5, 31), None)
        ),
        (
            {"last_coupon": date(2031, 11, 30)},
            "its last regular coupon 2031-11-30 is after its maturity 2031-05-31",
        ),
        (
            {"first_coupon": date(2031, 5, 31)},
            "ACT/ACT needs coupon periods, and its interest is paid at maturity",
        ),
    ],
)
def test_what_the_terms_do_not_determine_is_refused_by_name(terms, words):
    # R2.6
    with pytest.raises(InterestUnknownError, match=words):
        accrued_interest(security(**terms), date(2026, 7, 1), today=BUSINESS_DATE)
