"""A gateway's form, its buttons, and its pages: connection test, plans in WHMCS, previews, what-if, instant updates."""

from billing.admin.gateway.admin import WhmcsGatewayAdmin

__all__ = ["WhmcsGatewayAdmin"]
