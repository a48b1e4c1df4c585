"""Tenants and people."""

from companies.models.audit import AuditEntry
from companies.models.company import BillingSource, Company
from companies.models.event import Event
from companies.models.installation import Installation
from companies.models.mail import OutgoingMail
from companies.models.membership import Invitation, Membership, Role
from companies.models.standing import DailyStanding
from companies.models.user import User

__all__ = [
    "AuditEntry",
    "BillingSource",
    "Company",
    "DailyStanding",
    "Event",
    "Installation",
    "Invitation",
    "Membership",
    "OutgoingMail",
    "Role",
    "User",
]
