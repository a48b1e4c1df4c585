"""The administration of companies and people. Mostly read-only: acts on a company go through `lifecycle`."""

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
