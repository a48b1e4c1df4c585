"""The events of companies for operators: the list, and an event in words."""

from companies.admin.event.admin import EventAdmin

__all__ = ["EventAdmin"]
