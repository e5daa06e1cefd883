import pytest

from tests.unit.aladdin.fake_tenant import Tenant
from tests.unit.aladdin.fake_vendor import FakeVendor


@pytest.fixture
def vendor() -> FakeVendor:
    return FakeVendor()


@pytest.fixture
def tenant() -> Tenant:
    return Tenant()
