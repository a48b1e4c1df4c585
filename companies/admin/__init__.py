"""How an operator sees companies, people and what happened to them. Read mostly: fates go through `lifecycle`."""

from companies.admin.audit import AuditEntryAdmin
from companies.admin.company import CompanyAdmin
from companies.admin.event import EventAdmin
from companies.admin.group import GroupAdmin
from companies.admin.installation import InstallationAdmin
from companies.admin.mail import OutgoingMailAdmin
from companies.admin.person import PersonAdmin

__all__ = [
    "AuditEntryAdmin",
    "CompanyAdmin",
    "EventAdmin",
    "GroupAdmin",
    "InstallationAdmin",
    "OutgoingMailAdmin",
    "PersonAdmin",
]
