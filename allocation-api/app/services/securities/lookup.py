"""Resolves CUSIP and ISIN to the vendor's id of a bond, and reads its terms and analytics."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from app.core.database import Database
from app.core.errors import Conflict, DataMissing, FieldError, InvalidRequest, NotFound
from app.services.accounts import reference
from app.services.aladdin.cached_book import BookReader
from app.services.aladdin.mapping.faults import UNUSABLE, FaultCode
from app.services.aladdin.mapping.securities import IdType
from app.services.domain.book import Analytics, AssetFault, Security
from app.services.domain.identifiers import is_identifier
from app.services.domain.security_ids import has_wrong_check_digit

ISIN_LENGTH = 12


@dataclass(frozen=True, slots=True)
class NoSecurity:
    """Why a CUSIP or ISIN stands for no bond that can be used."""

    message: str


class SecurityLookup:
    """Looks up one bond by CUSIP or ISIN: first in the search index, then at the vendor."""

    def __init__(self, database: Database, book: BookReader) -> None:
        self._database = database
        self._book = book

    def resolve_all(self, named: Mapping[str, str]) -> dict[str, str]:
        """Return the vendor's ids of bonds that a request body names, by its fields.

        Raises
        ------
        InvalidRequest
            Naming each field whose bond is neither in the search index nor at the vendor.
        """
        found = {field: self.find(security_id) for field, security_id in named.items()}
        wrong = [
            FieldError(field, f"{_none_such(named[field])}.") for field, each in found.items() if each is None
        ]
        if wrong:
            raise InvalidRequest.of(*wrong)
        return {field: each for field, each in found.items() if each is not None}

    def resolve(self, security_id: str, field: str) -> str:
        """Return the vendor's id of a bond that a request body names by CUSIP or ISIN.

        Raises
        ------
        InvalidRequest
            Naming `field`, when the bond is neither in the search index nor at the vendor.
        """
        return self.resolve_all({field: security_id})[field]

    def find(self, security_id: str) -> str | None:
        """Return the vendor's id of a bond by CUSIP or ISIN, or None.

        Raises
        ------
        Conflict
            When an ISIN stands for several assets of the vendor: none is chosen.
        DataMissing
            When the vendor has the bond, but its terms cannot be used.
        """
        wanted = security_id.upper()
        if not is_identifier(wanted):
            return None
        with self._database.read() as session:
            known = reference.security(session, wanted)
        if known is not None:
            return known.security_id
        found = self._book.securities([wanted], _kind(wanted))[wanted]
        if isinstance(found, Security):
            return found.security_id
        if found.code == FaultCode.AMBIGUOUS:
            raise Conflict(
                f"{security_id} stands for several securities: {found.message}. Use one of these ids instead"
            )
        if found.code in UNUSABLE:
            raise DataMissing(_fault("security master", found))
        return None

    def find_all(self, security_ids: Collection[str]) -> Mapping[str, str | NoSecurity]:
        """Return the vendor's ids of bonds by CUSIP or ISIN, with one vendor call for each of both at most.

        Raises
        ------
        VendorError
            When the vendor does not answer.
        """
        wanted = {name: name.upper() for name in security_ids if is_identifier(name.upper())}
        with self._database.read() as session:
            known = reference.ids_of(session, set(wanted.values()))
        missing = sorted(set(wanted.values()) - known.keys())
        asked: dict[str, Security | AssetFault] = {}
        for kind in (IdType.CUSIP, IdType.ISIN):
            of_kind = [name for name in missing if _kind(name) is kind]
            if of_kind:
                asked |= self._book.securities(of_kind, kind)
        return {
            name: known.get(wanted.get(name, name)) or _usable(name, asked.get(wanted.get(name, name)))
            for name in security_ids
        }

    def require(self, security_id: str) -> str:
        """Return the vendor's id of a bond that a URL names by CUSIP or ISIN.

        Raises
        ------
        NotFound
            When the bond is neither in the search index nor at the vendor.
        """
        found = self.find(security_id)
        if found is None:
            raise NotFound(_none_such(security_id))
        return found

    def terms(self, security_id: str) -> Security:
        """Return the terms of a bond by the vendor's id, completed from our own reference data.

        Raises
        ------
        DataMissing
            When the vendor returns an error or incomplete terms for this asset.
        """
        security = self._book.securities([security_id], IdType.ALADDIN)[security_id]
        if isinstance(security, AssetFault):
            raise DataMissing(_fault("security master", security))
        with self._database.read() as session:
            known = reference.security(session, security_id)
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
        """Return the risk numbers of a bond by the vendor's id.

        Raises
        ------
        DataMissing
            When the vendor has none for this asset.
        """
        found = self._book.analytics([security_id])[security_id]
        if isinstance(found, AssetFault):
            raise DataMissing(_fault("analytics", found))
        return found


def _kind(name: str) -> IdType:
    return IdType.ISIN if len(name) == ISIN_LENGTH else IdType.CUSIP


def _usable(name: str, found: Security | AssetFault | None) -> str | NoSecurity:
    if isinstance(found, Security):
        return found.security_id
    if found is not None and found.code == FaultCode.AMBIGUOUS:
        return NoSecurity(f"{name} stands for several securities: {found.message}.")
    if found is not None and found.code in UNUSABLE:
        return NoSecurity(f"{_fault('security master', found)}.")
    return NoSecurity(f"{_none_such(name)}.")


def _none_such(security_id: str) -> str:
    wrong = ": its check digit is wrong" if has_wrong_check_digit(security_id.upper()) else ""
    return f"There is no security {security_id!r}{wrong}"


def _fault(what: str, fault: AssetFault) -> str:
    return f"Aladdin has no {what} for {fault.security_id} ({fault.code}: {fault.message})"
