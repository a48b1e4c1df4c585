"""The adapter to WHMCS: HTTP and JSON, no models and no rules of ours. It only reads; it never writes to WHMCS.

the two calls        client, retry, budget; credentials, secret_text
on the wire          url, transport, connections, addresses, deadline, failures
an answer            envelope, messages, foreign_answers, headers, redaction, entities
a page of services   reader, rows, plan_option, first_password, values, shapes, names, duplicates, page
the whole list       listing, window, seen, ids, read_ahead
a client             details
for the doctor       examiner, sample, connection_probe, certificate
"""

from billing.errors import BadRecord
from billing.facts import ServiceFacts
from billing.whmcs.budget import CallBudget
from billing.whmcs.certificate import Certificate, Flaw
from billing.whmcs.client import WhmcsClient
from billing.whmcs.connection_probe import CheckedCertificate, ConnectionProbe
from billing.whmcs.credentials import Credentials
from billing.whmcs.deadline import Deadline
from billing.whmcs.details import ClientDetails
from billing.whmcs.entities import REPLACEMENT
from billing.whmcs.examiner import PROBES, Examiner
from billing.whmcs.first_password import FirstPassword, PasswordReason, Unusable, parse_first_password
from billing.whmcs.ids import IdSet
from billing.whmcs.listing import Listing
from billing.whmcs.page import BadRow, Page, RowCode
from billing.whmcs.read_ahead import ReadAhead
from billing.whmcs.reader import RowFormat
from billing.whmcs.retry import RetryPolicy
from billing.whmcs.sample import Sample
from billing.whmcs.secret_text import SecretText
from billing.whmcs.transport import Destination, Limits
from billing.whmcs.url import BaseUrl, InvalidBaseUrl

__all__ = [
    "PROBES",
    "REPLACEMENT",
    "BadRecord",
    "BadRow",
    "BaseUrl",
    "CallBudget",
    "Certificate",
    "CheckedCertificate",
    "ClientDetails",
    "ConnectionProbe",
    "Credentials",
    "Deadline",
    "Destination",
    "Examiner",
    "FirstPassword",
    "Flaw",
    "IdSet",
    "InvalidBaseUrl",
    "Limits",
    "Listing",
    "Page",
    "PasswordReason",
    "ReadAhead",
    "RetryPolicy",
    "RowCode",
    "RowFormat",
    "Sample",
    "SecretText",
    "ServiceFacts",
    "Unusable",
    "WhmcsClient",
    "parse_first_password",
]
