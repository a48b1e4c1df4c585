"""What must hold, whatever happens. Each check names the invariant of FAULTS.md that it decides."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils import timezone

from billing.models import Subscription, SyncRun
from companies.access import Access
from companies.models import Company
from companies.standings.facts import access_of, facts_of
from tests.walk import owners, reports
from tests.walk.before import (
    Before,
    load_believable,
    load_open,
    load_people,
    load_repeated,
    load_services,
    load_truth,
    said_of,
    state_of,
)
from tests.walk.model import PAID, Book, Evidence, Said, State, is_open, is_paid, is_too_much, possible_states, rank
from tests.walk.runs import Told
from tests.walk.world import World


@dataclass(slots=True)
class Judge:
    """Watches one world. `owed` are companies that were open while their customer had paid, and has ever since;
    `locked` those that were closed for cause, each with the truth that it was closed for, `held` those that an operator
    keeps open. After `was_killed` a run and a lease may lie about until the next run; while `is_unread` only the clock
    ticks."""

    world: World
    book: Book = field(default_factory=Book)
    owed: set[int] = field(default_factory=set)
    locked: dict[int, object] = field(default_factory=dict)
    held: set[int] = field(default_factory=set)
    was_killed: bool = False
    is_unread: bool = False

    def after_step(self) -> None:
        """The invariants that hold at any time."""
        companies = {company.pk: company for company in Company.objects.select_related("source")}
        access = {pk: access_of(company) for pk, company in companies.items()}
        truth = load_truth(self.world)
        self._nobody_who_pays_is_locked_out(companies, access, truth)
        self._locked_stays_locked(companies, access, truth)
        if not self.was_killed:
            assert not SyncRun.objects.filter(outcome="running").exists(), "G10: a run did not end"
            assert not self.world.gateway.lease_holder, "G10: a lease was left behind"

    def after_run(self, before: Before, *, told: Told | None) -> None:
        """One run has ended (`told` is what it said), or several that happened at once."""
        truth = {**load_repeated(self.world), **before.truth, **load_truth(self.world)}
        self._one_company_per_service(before, truth)
        self._nothing_unsaid(before, truth)
        self._people_untouched(before)
        owners.ensure_right(self.world, self.book, before, truth)
        self._few_lost_access(before)
        if told is not None:
            reports.ensure_true(self.world, self.book, before, told)
        self._take_note()
        leaks = self.world.search.leaks(self.world.ears.heard() + str(told))
        assert not leaks, f"G7: a secret stands in {leaks}"

    def pays(self, company: int, truth: dict[int, Said]) -> bool:
        """Whether one of the company's services is paid for today."""
        services = (truth[service] for service in self.book.services_of(company) if service in truth)
        return any(map(self.is_paid, services))

    def is_paid(self, said: Said) -> bool:
        """Whether this service is paid for today."""
        return is_paid(said, self.world.clock.today, self.world.gateway.grace_days)

    def ranked(self, said: Said) -> tuple[bool, date]:
        """How a service stands among others of its company."""
        return rank(said, self.world.gateway.grace_days, pays=self.is_paid(said))

    def _ranked_unread(self, said: Said) -> tuple[bool, date]:
        """The same while nothing is read: a date that nobody has read since it passed closes nobody."""
        gateway, state = self.world.gateway, State("active", said.due, 0, said.override)
        evidence = Evidence(gateway.grace_days, gateway.unconfirmed_days, gateway.confirmed_at)
        pays = said.status in PAID and is_open(state, evidence, self.world.clock.today)
        return rank(said, gateway.grace_days, pays=pays)

    def note_locked(self, company: int, truth: dict[int, Said]) -> None:
        """A reading without a fault has closed this company for cause."""
        self.locked[company] = self._cause(company, truth)

    def _nobody_who_pays_is_locked_out(
        self, companies: dict[int, Company], access: dict[int, Access], truth: dict[int, Said]
    ) -> None:
        """Unless an operator does it, or nobody could read WHMCS for longer than the operator allows."""
        held = {pk for pk, company in companies.items() if company.hold_until}
        # What was open by an operator's word is closed by another, though they may have paid since the last reading.
        self.owed -= self.held - held
        self.held = held
        paying = {company for company in access if self.pays(company, truth)}
        for company in sorted(self.owed & paying):
            excused = companies[company].locked_at or self._is_unread_for_too_long(companies[company])
            assert access[company].is_open or excused, f"G1: company {company} has paid and is {access[company]}"
        self.owed = {company for company in paying if access[company].is_open or company in self.owed}

    def _is_unread_for_too_long(self, company: Company) -> bool:
        facts = facts_of(company, now=timezone.now())
        if facts.unconfirmed_days is None or facts.read_at is None:
            return facts.unconfirmed_days is not None
        return facts.read_at.date() + timedelta(days=facts.unconfirmed_days) < self.world.clock.today

    def _locked_stays_locked(
        self, companies: dict[int, Company], access: dict[int, Access], truth: dict[int, Said]
    ) -> None:
        for company, cause in list(self.locked.items()):
            if cause != self._cause(company, truth) or companies[company].hold_until:
                del self.locked[company]
            else:
                assert not access[company].is_open, f"G9: company {company}, closed for cause, is {access[company]}"

    def _cause(self, company: int, truth: dict[int, Said]) -> object:
        """All that the shop says about this company's services, and about whatever its clients have; also what WHMCS
        says by repeating a row, where that may be believed.
        """
        mine = set(self.book.services_of(company))
        clients = {truth[service].client for service in mine if service in truth}
        clients |= {self.book.services[service].client for service in mine}
        told = [*truth.items(), *load_believable(self.world).items()]
        return sorted((service, said) for service, said in told if service in mine or said.client in clients)

    def _one_company_per_service(self, before: Before, truth: dict[int, Said]) -> None:
        now = load_services()
        for service, company in self.book.company_of.items():
            assert now.get(service) == company, f"G2: service {service} went from {company} to {now.get(service)}"
        assert set(Company.objects.values_list("pk", flat=True)) == set(now.values()), "G2: a company of nobody"
        fresh = {service: company for service, company in now.items() if service not in self.book.company_of}
        assert len(set(fresh.values())) == len(fresh), f"G2: two purchases, one company: {fresh}"
        for service, company in fresh.items():
            books = (before.truth, truth, load_believable(self.world))
            said = [book[service].status for book in books if service in book]
            assert {"Active", "Completed"} & set(said), (
                f"G2: service {service} became company {company} and is {truth[service].status}"
            )
            must, may = self.book.ended_companies(truth[service].client, before.truth)
            if company in self.book.states:
                assert company in may, f"G2: service {service} re-opened company {company}"
            else:
                assert not must - set(fresh.values()), f"G2: service {service} did not re-open one of {must}"

    def _nothing_unsaid(self, before: Before, truth: dict[int, Said]) -> None:
        """What stands here is what stood here, or what WHMCS says and what follows from that."""
        books = (self.book.services, before.truth, truth, load_believable(self.world))
        services: dict[int, list[int]] = {}
        for row in Subscription.objects.exclude(company=None):
            said = [book[row.service_id] for book in books if row.service_id in book]
            assert said_of(row) in said, f"G6: WHMCS never said {said_of(row)} of service {row.service_id}"
            services.setdefault(row.company_id or 0, []).append(row.service_id)
        for company in Company.objects.all():
            old = self.book.states.get(company.pk)
            ranks = (self.ranked, self._ranked_unread) if self.is_unread else (self.ranked,)
            possible = {
                state
                for one in ranks
                for state in possible_states(services[company.pk], old, books, self.world.plans, one)
            }
            assert state_of(company) in possible, f"G6: company {company.pk} is {state_of(company)}, not {possible}"

    def _people_untouched(self, before: Before) -> None:
        (users, members), (users_now, members_now) = before.people, load_people()
        assert {pk: users_now.get(pk) for pk in users} == users, "G8: a sync changed a person"
        assert {key: members_now.get(key) for key in members} == members, "G8: a sync changed a membership"
        joined = {company for user, company in members_now if (user, company) not in members}
        assert not joined & set(self.book.states), "G8: a sync put somebody into a company that was there"

    def _few_lost_access(self, before: Before) -> None:
        gateway, lost = self.world.gateway, before.open - load_open() - before.approved
        numbers = {"count": gateway.mass_change_count, "percent": gateway.mass_change_percent}
        too_much = is_too_much(len(lost), len(before.open), **numbers)
        assert not too_much, f"G11: {len(lost)} of {len(before.open)} lost access without a yes"

    def _take_note(self) -> None:
        """What stands here now is what was last acted upon."""
        rows = Subscription.objects.exclude(company=None)
        self.book.services = {row.service_id: said_of(row) for row in rows}
        self.book.company_of = load_services()
        self.book.states = {company.pk: state_of(company) for company in Company.objects.all()}
