"""A gateway without a WHMCS behind it."""

import pytest

from billing.models import WhmcsGateway
from tests.billing.factories import make_gateway


@pytest.fixture
def gateway(db: None) -> WhmcsGateway:
    return make_gateway(base_url="https://shop.example/whmcs")
