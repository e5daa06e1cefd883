"""Portfolio groups, accounts, and reference data that the vendor does not publish."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.core.database import Database
from app.models import START_LOCK, LimitRow
from app.models.lock import serialise
from app.services.accounts import reference, search
from app.services.accounts.groups import PortfolioService
from app.services.accounts.positions import MarketDataService
from app.services.accounts.reference_load import ReferenceService
from app.services.accounts.visibility import VisibilityService
from app.services.audit.trail import AuditService, EntityType
from app.services.compliance.rules import DEFAULT_LIMITS
from app.wiring.container import Accounts, Room, Services


def build(house: Services) -> Room[Accounts]:
    """Load the initial reference data, and build the services."""
    aladdin, settings = house.aladdin, house.settings.aladdin
    groups = () if settings.mock else settings.groups
    _seed(house.database, house.audit, aladdin.reference, groups)
    return Room(
        Accounts(
            groups=PortfolioService(house.database, aladdin.book, house.pool),
            positions=MarketDataService(aladdin.book, house.pool),
            reference=ReferenceService(house.database, house.audit),
            visibility=VisibilityService(aladdin.book),
        )
    )


def _seed(
    database: Database,
    audit: AuditService,
    book: reference.ReferenceBook | None,
    groups: tuple[str, ...],
) -> None:
    """Load the mock's reference data or index the desk's, add the settings' groups, and limits if none.

    Limits of which the trail knows nothing yet are recorded.
    """

    def fill(session: Session) -> None:
        serialise(session, START_LOCK)
        if book is not None:
            reference.load_mock(session, book)
        else:
            reference.refuse_mock(session)
            search.fill_index(session)
        reference.add_groups(session, groups)
        if not reference.limits(session):
            session.add_all(
                LimitRow(code=x.code, scope=x.scope, scope_id=x.scope_id, value=x.value)
                for x in DEFAULT_LIMITS
            )
        if not audit.has_records(session, EntityType.LIMITS):
            audit.record_limits(session, "as they were at a start of the service")

    database.retried(fill)
