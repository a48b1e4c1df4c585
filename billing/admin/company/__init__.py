"""Billing's sections of a company's page."""

from billing.admin.company import answered, refusals, services, waiting
from companies.admin.company.sections import leads_to, on_company_page

for part in (waiting, answered, services, refusals):  # in this order
    on_company_page(part.section)
leads_to(refusals.run_page)
