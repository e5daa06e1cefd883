import pytest

from tests.unit.aladdin.fake_vendor import FakeVendor


@pytest.fixture
def vendor() -> FakeVendor:
    return FakeVendor()
