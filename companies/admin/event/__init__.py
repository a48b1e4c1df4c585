"""What happened to companies, as operators see it: the list of all events, and each in words."""

from companies.admin.event.admin import EventAdmin

__all__ = ["EventAdmin"]
