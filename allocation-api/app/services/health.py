"""Whether the service can do its work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.core.database import Database
from app.core.errors import VendorError
from app.services import reference
from app.services.aladdin.cached_book import BookReader
from app.services.aladdin.vendor_book import VendorBook
from app.services.book import AsOf
from app.services.staleness import age, is_stale
from app.services.views import Readiness

log = structlog.get_logger(__name__)


class HealthService:
    """Asks the database and the vendor for something small."""

    def __init__(
        self,
        database: Database,
        vendor: VendorBook,
        book: BookReader,
        mode: str,
        business_date: Callable[[], date],
    ) -> None:
        self._database = database
        self._vendor = vendor
        self._book = book
        self._mode = mode
        self._business_date = business_date

    def ready(self) -> Readiness:
        """Return what works; never raises for a dependency that does not."""
        database = aladdin = "ok"
        groups: tuple[reference.GroupReference, ...] = ()
        reference_date: date | None = None
        try:
            with self._database.read() as session:
                groups = reference.groups(session)
        except SQLAlchemyError as error:
            database = f"failed: {type(error).__name__}"
        if groups:
            try:
                self._vendor.node(groups[0].group_id)
                members = self._book.group_members([groups[0].group_id])[0].account_ids
                found = self._book.positions(members[:1], AsOf.SOD)
                reference_date = found[0].reference_date if found else None
            except VendorError as error:
                # Which group it was is for the log: anybody may ask whether we are ready.
                log.warning("aladdin_not_ready", code=error.code, detail=str(error))
                aladdin = f"failed: {error.code}"
        else:
            aladdin = "unknown: no portfolio group is configured"
        today = self._business_date()
        return Readiness(
            ready=database == "ok" and aladdin == "ok",
            mode=self._mode,
            database=database,
            aladdin=aladdin,
            business_date=today,
            reference_date=reference_date,
            reference_age_business_days=None if reference_date is None else age(reference_date, today),
            stale=None if reference_date is None else is_stale(reference_date, today),
        )
