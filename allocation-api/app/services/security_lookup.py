"""Finds a bond by the ids that people use, and reads its terms and analytics from the vendor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from app.core.database import Database
from app.core.errors import Conflict, DataMissing, FieldError, InvalidRequest, NotFound
from app.services import reference
from app.services.aladdin.client import AladdinClient
from app.services.aladdin.mapping.securities import IdType
from app.services.book import Analytics, AssetFault, Security

ISIN_LENGTH = 12
SECURITY_ID = re.compile(r"[A-Z0-9*@#]{1,32}")


class SecurityLookup:
    """One bond at a time, by CUSIP or ISIN."""

    def __init__(self, database: Database, client: AladdinClient) -> None:
        self._database = database
        self._client = client

    def resolve(self, security_id: str, field: str) -> str:
        """Return the vendor's id of a bond that a request names by CUSIP or ISIN.

        Raises
        ------
        InvalidRequest
            Naming `field`, when neither we nor the vendor know it.
        """
        found = self.find(security_id)
        if found is None:
            message = f"there is no security {security_id!r}"
            raise InvalidRequest(message, errors=[FieldError(field, message)])
        return found

    def find(self, security_id: str) -> str | None:
        """Return the vendor's id of a bond by CUSIP or ISIN, or None.

        Raises
        ------
        Conflict
            When an ISIN stands for several of the vendor's assets: nothing is picked silently.
        """
        wanted = security_id.upper()
        if not SECURITY_ID.fullmatch(wanted):
            return None
        with self._database.read() as session:
            known = reference.security(session, wanted)
        if known is not None:
            return known.security_id
        kind = IdType.ISIN if len(wanted) == ISIN_LENGTH else IdType.CUSIP
        found, _ = self._client.securities([wanted], kind)
        if len(found) > 1:
            ids = ", ".join(sorted(s.security_id for s in found))
            raise Conflict(f"{security_id} stands for several securities: {ids}. Use one of these ids")
        return found[0].security_id if found else None

    def require(self, security_id: str) -> str:
        """Return the vendor's id of a bond that a path names.

        Raises
        ------
        NotFound
            When neither we nor the vendor know it.
        """
        found = self.find(security_id)
        if found is None:
            raise NotFound(f"There is no security {security_id!r}")
        return found

    def terms(self, security_id: str) -> Security:
        """Return the terms of a bond, with the issuer's name and sector of our own reference data.

        Raises
        ------
        DataMissing
            When the vendor answers for this asset with an error, or with incomplete terms.
        """
        found, faults = self._client.securities([security_id], IdType.ALADDIN)
        if not found:
            raise DataMissing(_fault("security master", security_id, faults))
        with self._database.read() as session:
            known = reference.security(session, security_id)
        security = found[0]
        if known is None:
            return security
        return replace(
            security,
            description=known.description or security.description,
            issuer=security.issuer or known.issuer,
            sector=known.sector or security.sector,
            rating=security.rating or known.rating,
        )

    def analytics(self, security_id: str) -> Analytics:
        """Return the risk numbers of a bond.

        Raises
        ------
        DataMissing
            When the vendor has none.
        """
        found, faults = self._client.analytics([security_id])
        if not found:
            raise DataMissing(_fault("analytics", security_id, faults))
        return found[0]


def _fault(what: str, security_id: str, faults: Sequence[AssetFault]) -> str:
    said = "; ".join(f"{f.code}: {f.message}" for f in faults) or "nothing"
    return f"Aladdin has no {what} for {security_id} ({said})"
