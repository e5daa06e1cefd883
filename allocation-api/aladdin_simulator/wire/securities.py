"""Security APIs: lookups by id, each answered with a map of results and a map of errors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Raw

from aladdin_simulator.book import Bond, SimulatorBook
from aladdin_simulator.wire.messages import ENCODER, Fault, Message, bad_request
from aladdin_simulator.wire.security_records import (
    AssetFactors,
    AssetRatings,
    AssetRisk,
    asset_factors,
    asset_ratings,
    asset_record,
    asset_risk,
)

ALADDIN_ID = "ALADDIN_SEC_ID"
RISK_HIERARCHY = "RISK"
# Kinds of id that the vendor has as well; no bond of a simulated book has one.
_OTHER_IDS = frozenset({"SEDOL", "CINS", "RIC", "LOANX_ID", "LIN"})


class MasterAnswer(Message, frozen=True):
    """Records by Aladdin id, whatever kind of id was requested; `errors` by the requested id."""

    asset_by_asset_id: dict[str, Raw]
    errors: dict[str, Fault]


class RatingsAnswer(Message, frozen=True):
    """Ratings by Aladdin id."""

    ratings_by_asset_id: dict[str, AssetRatings]
    errors: dict[str, Fault]


class CouponAnswer(Message, frozen=True):
    """Coupon histories by Aladdin id, of floating-rate bonds only; a simulated book has none."""

    coupon_data_by_asset_id: dict[str, Raw]
    errors: dict[str, Fault]


class FactorAnswer(Message, frozen=True):
    """Factor histories by Aladdin id."""

    factor_data_by_asset_id: dict[str, AssetFactors]
    errors: dict[str, Fault]


class AnalyticsAnswer(Message, frozen=True):
    """Risk numbers by Aladdin id."""

    risk_by_asset_id: dict[str, AssetRisk]
    errors: dict[str, Fault]


class Securities:
    """Answers the security-master and security-analytics APIs."""

    def __init__(self, book: SimulatorBook) -> None:
        self._as_of = book.as_of
        by_isin = {bond.isin: bond for bond in book.securities if bond.isin is not None}
        self._by_id_type: dict[str, Mapping[str, Bond]] = {
            "CUSIP": book.bond_by_cusip,
            "ISIN": by_isin,
            ALADDIN_ID: book.bond_by_cusip,
            **{id_type: {} for id_type in _OTHER_IDS},
        }
        self._records: dict[str, Raw] = {}

    def master(self, asset_ids: str, id_type: str) -> bytes:
        """Answer `GET /security-master`.

        Raises
        ------
        WireFaultError
            400 for an unknown kind of id, or if no id is given.
        """
        if id_type not in self._by_id_type:
            raise bad_request("INVALID_PARAMETER", f"assetIdType: {id_type!r} is not a kind of id")
        bonds, errors = self._find(asset_ids, id_type)
        return ENCODER.encode(
            MasterAnswer(asset_by_asset_id={bond.cusip: self._record(bond) for bond in bonds}, errors=errors)
        )

    def ratings(self, asset_ids: str) -> bytes:
        """Answer `GET /ratings`, by Aladdin ids.

        Raises
        ------
        WireFaultError
            400 if no id is given.
        """
        bonds, errors = self._find(asset_ids, ALADDIN_ID)
        found = {bond.cusip: asset_ratings(bond, self._as_of) for bond in bonds}
        return ENCODER.encode(RatingsAnswer(ratings_by_asset_id=found, errors=errors))

    def coupons(self, asset_ids: str) -> bytes:
        """Answer `GET /coupons`, by Aladdin ids; all coupons are fixed here, so every bond is an error.

        Raises
        ------
        WireFaultError
            400 if no id is given.
        """
        bonds, errors = self._find(asset_ids, ALADDIN_ID)
        fault = Fault(code="NO_COUPONS", message="the coupon is fixed")
        errors |= {bond.cusip: fault for bond in bonds}
        return ENCODER.encode(CouponAnswer(coupon_data_by_asset_id={}, errors=errors))

    def factors(self, asset_ids: str) -> bytes:
        """Answer `GET /factors`, by Aladdin ids; no bond amortizes here, so every factor is 1.

        Raises
        ------
        WireFaultError
            400 if no id is given.
        """
        bonds, errors = self._find(asset_ids, ALADDIN_ID)
        found = {bond.cusip: asset_factors(bond, self._as_of) for bond in bonds}
        return ENCODER.encode(FactorAnswer(factor_data_by_asset_id=found, errors=errors))

    def analytics(self, asset_ids: str, *, hierarchy: str, risk_date: date | None, tolerance: int) -> bytes:
        """Answer `GET /assets`, by Aladdin ids.

        The simulator only has numbers as of the book's date; for a later `risk_date` they are returned if
        they are at most `tolerance` days older.

        Raises
        ------
        WireFaultError
            400 if no id is given.
        """
        bonds, errors = self._find(asset_ids, ALADDIN_ID)
        wanted = risk_date or self._as_of
        if hierarchy != RISK_HIERARCHY or not 0 <= (wanted - self._as_of).days <= tolerance:
            fault = Fault(code="NO_RISK", message=f"no {hierarchy} analytics on {wanted}")
            errors |= {bond.cusip: fault for bond in bonds}
            bonds = []
        found = {bond.cusip: asset_risk(bond, self._as_of, hierarchy) for bond in bonds}
        return ENCODER.encode(AnalyticsAnswer(risk_by_asset_id=found, errors=errors))

    def _find(self, asset_ids: str, id_type: str) -> tuple[list[Bond], dict[str, Fault]]:
        """Split a comma-separated list of ids into the bonds they name and faults for the others."""
        ids = dict.fromkeys(part.strip() for part in asset_ids.split(",") if part.strip())
        if not ids:
            raise bad_request("MISSING_PARAMETER", "assetId: at least one id is needed")
        index = self._by_id_type[id_type]
        errors = {
            each: Fault(code="NOT_FOUND", message=f"no asset with {id_type} {each}")
            for each in ids
            if each not in index
        }
        return [index[each] for each in ids if each in index], errors

    def _record(self, bond: Bond) -> Raw:
        """Return the encoded record under its key of security group and type; it never changes."""
        if bond.cusip not in self._records:
            record = asset_record(bond, self._as_of)
            named = {"assetId": bond.cusip, f"{record.sm_sec_group}_{record.sm_sec_type}": record}
            self._records[bond.cusip] = Raw(ENCODER.encode(named))
        return self._records[bond.cusip]
