"""Rows for tests, with as little said as possible."""

from typing import Any

from billing.models import WhmcsGateway
from sandbox import SandboxServer


def make_gateway(name: str = "Shop", **fields: Any) -> WhmcsGateway:
    """A gateway whose WHMCS nobody calls."""
    usual = {"base_url": "https://shop.example", "api_identifier": "i", "api_secret": "s", "product_code": 7}
    return WhmcsGateway.objects.create(name=name, **{**usual, **fields})


def gateway_for(whmcs: SandboxServer, name: str = "Shop", **fields: Any) -> WhmcsGateway:
    """A gateway that points to the stand-in."""
    return make_gateway(name, base_url=whmcs.url, api_identifier=whmcs.identifier, api_secret=whmcs.secret, **fields)
