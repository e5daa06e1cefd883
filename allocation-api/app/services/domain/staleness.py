"""How old the vendor's data is, and from which age on it is stale: for warnings and readiness alike.

Stale data is warned of and does not make the service unready: whether old data will do is the desk's
decision.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from app.services.domain.calendar import business_days_between, trade_date

ALLOWED_AGE = 1
"""Business days: the vendor's risk numbers of a day are computed in the night after it."""


@lru_cache(maxsize=1024)
def age(of: date, today: date) -> int:
    """Return the business days from the date of some data to the day that is traded on.

    A day without trading counts as the next business day, for which a preview would be made on it. Data dated
    later than that has a negative age.
    """
    return business_days_between(of, trade_date(today))


def is_stale(of: date, today: date) -> bool:
    """Say whether data of that date is older than what is usual (R9.5)."""
    return age(of, today) > ALLOWED_AGE
