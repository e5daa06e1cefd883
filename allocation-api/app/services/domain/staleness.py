"""Staleness of the vendor's data: its age in business days, for warnings and the readiness probe (R9.5).

Stale data is a warning and does not make the service unready: the desk decides whether it is good enough.
"""

from __future__ import annotations

from datetime import date

from app.services.domain.calendar import business_days_between, trade_date

MAX_AGE_BUSINESS_DAYS = 1
"""Age up to which data is fresh: the vendor computes a day's risk numbers in the night after it."""


def age(of: date, today: date) -> int:
    """Return the age of data in business days on the business date of `today`.

    A day that is not a business day counts as the next one. Data dated later has a negative age.
    """
    return business_days_between(of, trade_date(today))


def is_stale(of: date, today: date) -> bool:
    """Say whether data of that date is stale: older than `MAX_AGE_BUSINESS_DAYS` (R9.5)."""
    return age(of, today) > MAX_AGE_BUSINESS_DAYS
