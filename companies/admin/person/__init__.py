"""The admin of people: who they are, their second factors, the link to choose a password."""

from companies.admin.person.admin import PersonAdmin

__all__ = ["PersonAdmin"]
