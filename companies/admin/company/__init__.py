"""The list of companies, the page of each, and what an operator does there."""

from companies.admin.company.admin import CompanyAdmin

__all__ = ["CompanyAdmin"]
