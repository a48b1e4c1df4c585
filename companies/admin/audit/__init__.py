"""The audit log as superusers see it: the list, and the facts of an entry in words."""

from companies.admin.audit.admin import AuditEntryAdmin

__all__ = ["AuditEntryAdmin"]
