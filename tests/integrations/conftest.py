"""A gateway with a WHMCS, for what is tried over a real server."""

from tests.billing.conftest import gateway, plans, run, shop, whmcs

__all__ = ["gateway", "plans", "run", "shop", "whmcs"]
