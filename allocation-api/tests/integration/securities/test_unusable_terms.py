"""A bond that only the vendor knows, and whose terms cannot be used, is not called unknown."""

from __future__ import annotations

import pytest

from app.core.database import Database
from app.core.errors import DataMissing, InvalidRequest
from app.services.securities.lookup import SecurityLookup
from tests.support.desk import GOLDEN_BOOK, Desk
from tests.unit.aladdin.fake_vendor import MASTER, FakeVendor

BOND = "999999ZZ9"


@pytest.fixture
def vendor():
    return FakeVendor()


@pytest.fixture
def lookup(tmp_path, vendor):
    settings = Desk(tmp_path, scenario=GOLDEN_BOOK).settings
    return SecurityLookup(Database(settings.database_url), vendor.book())


@pytest.mark.parametrize(
    "record",
    [{"currency": "USD"}, {"maturity": "soon"}, {"currency": "USD", "minTrdSize": 0, "minLotSize": 1}],
)
def test_terms_that_cannot_be_used_are_said_to_be_that(lookup, vendor, record):
    asset = {"assetId": BOND, "BND": {"cusip": BOND, **record}}
    vendor.answers(MASTER, {"assetByAssetId": {BOND: asset}, "errors": {}})
    with pytest.raises(DataMissing, match=BOND):
        lookup.resolve(BOND, "order.security_id")


def test_a_bond_that_the_vendor_does_not_know_is_unknown(lookup, vendor):
    error = {"code": "NOT_FOUND", "message": "no asset"}
    vendor.answers(MASTER, {"assetByAssetId": {}, "errors": {BOND: error}})
    with pytest.raises(InvalidRequest, match="There is no security"):
        lookup.resolve(BOND, "order.security_id")
