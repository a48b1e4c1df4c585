"""Whoever pays gets in, at every moment; and in the end all stands here as the shop says."""

import time
from collections import Counter
from dataclasses import dataclass, field

from billing.models import Subscription, SyncRun, WhmcsGateway
from companies.access import Status
from companies.events import Code
from companies.models import Company, Event, User
from companies.standings.facts import access_of
from tests.nemesis.truth import Truth

# What a run has read twice before it was paid may still be written after it, for as long as a run can be frozen.
CERTAIN_AFTER = 120.0
ENDED = {"Suspended": Status.SUSPENDED.value, "Terminated": Status.TERMINATED.value}


@dataclass(slots=True)
class Watch:
    """`owed` are services that were open here while they were paid for; `company_of` each service's first company."""

    truth: Truth
    owed: set[int] = field(default_factory=set)
    company_of: dict[int, int] = field(default_factory=dict)
    waited: dict[int, float] = field(default_factory=dict)
    samples: int = 0
    problems: list[str] = field(default_factory=list)

    def look(self) -> None:
        """Take one sample."""
        before = dict(self.truth.unpaid_until)
        open_now = {service: access_of(company).is_open for service, company in _load().items()}
        self.samples += 1
        for service, is_open in open_now.items():
            if self.truth.unpaid_until.get(service) != before.get(service) or self.truth.paid_for(service) < 0:
                self.owed.discard(service)
            elif service in self.owed and not is_open:
                self._tell(f"service {service} is paid for and was locked out")
                self.owed.discard(service)
            elif is_open and self._is_certain(service):
                self.owed.add(service)
            if service not in self.waited:
                self.waited[service] = time.monotonic() - self.truth.bought_at[service]

    def differences(self) -> list[str]:
        """What does not stand here as the shop says."""
        known = _load()
        # Until then more than some purchases are a first import, and wait for a yes that nobody says here.
        never_read = WhmcsGateway.objects.filter(confirmed_at=None)
        found = [f"{gateway} was never read as a whole" for gateway in never_read]
        for service in self.truth.services():
            company = known.get(service.id)
            if company is None:
                if service.status == "Active":
                    found.append(f"service {service.id} has no company")
                continue
            is_open = access_of(company).is_open
            if is_open != (service.status == "Active"):
                found.append(f"service {service.id} is {service.status} and its company open: {is_open}")
            if service.status in ENDED and company.status != ENDED[service.status]:
                found.append(f"service {service.id} is {service.status} and its company {company.status}")
            if service.status == "Active" and (company.plan.name, company.due_date) != (
                service.plan,
                service.next_due_date,
            ):
                found.append(f"service {service.id}: {company.plan.name} until {company.due_date}")
        return found

    def ensure_once(self) -> None:
        """Nothing was done twice, and no run was left behind."""
        with_company = Subscription.objects.exclude(company=None)
        companies = Company.objects.count()
        counts = {
            "companies": companies,
            "services with a company": with_company.values("service_id").distinct().count(),
            "companies with a service": with_company.values("company_id").distinct().count(),
            "people": User.objects.count(),
            "events of opening": Event.objects.filter(code=Code.OPENED).count(),
        }
        if len(set(counts.values())) != 1:
            self._tell(f"something was done twice or by half: {counts}")
        for service, company in with_company.values_list("service_id", "company_id"):
            if self.company_of.setdefault(service, company or 0) != company:
                self._tell(f"service {service} went to another company")

    def outcomes(self) -> dict[str, int]:
        """How the runs ended, with the error of those that were held or failed."""
        ends = [" ".join(filter(None, end)) for end in SyncRun.objects.values_list("outcome", "error_code")]
        return dict(Counter(ends).most_common())

    def _is_certain(self, service: int) -> bool:
        return service not in self.truth.unpaid_until or self.truth.paid_for(service) > CERTAIN_AFTER

    def _tell(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)


def _load() -> dict[int, Company]:
    rows = Subscription.objects.exclude(company=None).select_related("company__source", "company__plan")
    return {row.service_id: row.company for row in rows if row.company}
