"""The audit log for superusers: the list, and the details of an entry in words."""

from companies.admin.audit.admin import AuditEntryAdmin

__all__ = ["AuditEntryAdmin"]
