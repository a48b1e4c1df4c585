"""The models of billing: gateways, services, runs, and what waits for the operator."""

from billing.models.attention import AttentionItem, Kind
from billing.models.check import PaymentCheck
from billing.models.gateway import WhmcsGateway
from billing.models.held import HeldChanges, HeldCompany
from billing.models.help import ImportHelper
from billing.models.hook import GatewayHook, HeardMessage
from billing.models.preview import PreviewedChange, StoredPreview
from billing.models.read_request import ReadRequest
from billing.models.run import RunRecord, SyncRun
from billing.models.subscription import Subscription

__all__ = [
    "AttentionItem",
    "GatewayHook",
    "HeardMessage",
    "HeldChanges",
    "HeldCompany",
    "ImportHelper",
    "Kind",
    "PaymentCheck",
    "PreviewedChange",
    "ReadRequest",
    "RunRecord",
    "StoredPreview",
    "Subscription",
    "SyncRun",
    "WhmcsGateway",
]
