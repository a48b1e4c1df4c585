"""The administration of billing."""

from billing.admin import company as company  # adds to each company's page
from billing.admin.attention import AttentionItemAdmin
from billing.admin.gateway import WhmcsGatewayAdmin
from billing.admin.held import HeldChangesAdmin
from billing.admin.run import SyncRunAdmin
from billing.admin.subscription import SubscriptionAdmin

__all__ = ["AttentionItemAdmin", "HeldChangesAdmin", "SubscriptionAdmin", "SyncRunAdmin", "WhmcsGatewayAdmin"]
