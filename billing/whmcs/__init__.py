"""The adapter to WHMCS: HTTP and JSON, nothing of ours. It reads; it never writes to WHMCS."""

from billing.errors import BadRecord
from billing.whmcs.budget import CallBudget
from billing.whmcs.client import WhmcsClient
from billing.whmcs.details import ClientDetails
from billing.whmcs.facts import ServiceFacts
from billing.whmcs.first_password import FirstPassword, PasswordReason, Unusable, parse_first_password
from billing.whmcs.listing import Listing
from billing.whmcs.page import BadRow, Page, RowCode
from billing.whmcs.reader import RowFormat
from billing.whmcs.retry import RetryPolicy
from billing.whmcs.secret_text import SecretText
from billing.whmcs.url import BaseUrl, InvalidBaseUrl

__all__ = [
    "BadRecord",
    "BadRow",
    "BaseUrl",
    "CallBudget",
    "ClientDetails",
    "FirstPassword",
    "InvalidBaseUrl",
    "Listing",
    "Page",
    "PasswordReason",
    "RetryPolicy",
    "RowCode",
    "RowFormat",
    "SecretText",
    "ServiceFacts",
    "Unusable",
    "WhmcsClient",
    "parse_first_password",
]
