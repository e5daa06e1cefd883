"""A process that looks for alerts: `python -m tests.support.alert_process URL GO`, over and over.

It waits for the file GO, so that several begin together. Every other look finds nothing.
"""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from app.core.clock import utc_now
from app.core.database import Database
from app.services.alerts.look import AlertLook, Timing
from app.services.alerts.outbox import Outbox
from app.services.alerts.types import Finding, RuleName, Severity

FOUND = Finding("VENDOR_STALE", "aladdin", Severity.WARNING, "Positions are old.")
LOOKS = 20


def alert_look(database, clock=utc_now, *, cooldown=60):
    """The look of one process; a WARNING escalates after half an hour."""
    timing = Timing(timedelta(minutes=cooldown), timedelta(minutes=30), {})
    return AlertLook(database, clock, Outbox(ZoneInfo("America/New_York")), timing)


def main(url, go):
    look = alert_look(Database(url))
    while not Path(go).exists():
        time.sleep(0.01)
    for number in range(LOOKS):
        look.compare(RuleName.VENDOR_STALE, [] if number % 2 else [FOUND])
    look.compare(RuleName.VENDOR_STALE, [FOUND])


if __name__ == "__main__":
    main(*sys.argv[1:])
