"""Who gets in, next to who should: the shop is the truth, the gate of the company's pages is the answer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils import timezone

from billing.models import Subscription
from companies.access import Status, decide_access
from companies.models import Company, Membership, User
from companies.standings.facts import access_of, facts_of
from tests.scoreboard.stage import CART_PASSWORD, Stage, companies_of

Gate = Callable[[Company], bool]
OPEN, LOCKED, ABSENT = "open", "locked", "absent"


def gate_of_ticketz(company: Company) -> bool:
    return access_of(company).is_open


def gate_of_a_script(company: Company) -> bool:
    """The usual gate over the usual columns: status and due date with its grace, however old they are."""
    if company.status not in list(Status):
        return False
    now = timezone.now()
    facts = facts_of(company, now=now)._replace(read_at=now)
    return decide_access(facts, now=now, zone=timezone.get_default_timezone()).is_open


@dataclass(frozen=True, slots=True)
class Standing:
    """Services by what their buyers meet (`doors`) and by what they should (`rights`; None: either is right)."""

    doors: dict[int, str]
    rights: dict[int, bool | None]

    def wrong(self) -> set[int]:
        """Services whose buyers meet something else than they should."""
        return {i for i, right in self.rights.items() if right is not None and (self.doors[i] == OPEN) != right}

    def locked_since(self, before: "Standing") -> set[int]:
        """Who pays, got in before and does not any more."""
        return {i for i in self.wrong() if self.rights[i] and before.doors.get(i) == OPEN}

    def opened_since(self, before: "Standing") -> set[int]:
        """Who does not pay, was locked (or not there) before and gets in now."""
        return {i for i in self.wrong() if not self.rights[i] and before.doors.get(i, ABSENT) != OPEN}

    def orders_waiting(self) -> set[int]:
        return {i for i, right in self.rights.items() if right and self.doors[i] == ABSENT}


def company_of(stage: Stage, name: str) -> Company | None:
    """The company of a customer, by first name."""
    return companies_of({stage.of(name)}).get(stage.of(name))


def look(stage: Stage, gate: Gate) -> Standing:
    ours = {i: s for i, s in stage.shop.services.items() if s.pid == 7 or i in stage.ids.values()}
    known = companies_of(set(ours) | set(stage.exceptions))
    rights = {i: stage.open_by_right(s) for i, s in ours.items()} | stage.exceptions
    paid_together: dict[int, bool] = {}
    for i, company in known.items():
        paid_together[company.pk] = paid_together.get(company.pk, False) or bool(rights.get(i))
    for i, company in known.items():
        if rights.get(i) is False and paid_together[company.pk]:
            rights[i] = None  # another service of the same company is paid
    return Standing({i: _door(known.get(i), gate) for i in rights}, rights)


def _door(company: Company | None, gate: Gate) -> str:
    if company is None:
        return ABSENT
    return OPEN if gate(company) else LOCKED


def surplus(stage: Stage) -> list[str]:
    """Companies that should not be, one sentence for each kind."""
    found = []
    if orphans := Company.objects.filter(subscriptions=None).count():
        found.append(f"{_count(orphans, 'company', 'companies')} belonging to no purchase")
    ours = {i for i, s in stage.shop.services.items() if s.pid == 7 and s.status != "Pending"} | set(stage.ids.values())
    rows = Subscription.objects.exclude(company=None).exclude(service_id__in=ours | set(stage.exceptions))
    if foreign := rows.count():
        found.append(f"{_count(foreign, 'company', 'companies')} for what nobody bought here")
    return found


def strangers(stage: Stage) -> list[str]:
    """People who were put into the company of another WHMCS client without being asked."""
    mails: dict[str, set[int]] = {}
    rows = Subscription.objects.exclude(company=None).values_list("company_id", "client_id")
    clients: dict[int, set[int]] = {}
    for company_id, client_id in rows:
        clients.setdefault(company_id or 0, set()).add(client_id)
    for company_id, email in Membership.objects.values_list("company_id", "user__email"):
        mails.setdefault(email, set()).update(clients.get(company_id, set()))
    alone = {s.client_id for s in stage.shop.services.values()}
    mixed = [email for email, owners in mails.items() if len(owners & alone) > 1 and not _same_person(stage, email)]
    operator = Membership.objects.filter(user__is_staff=True).exists()
    found = [f"{len(mixed)} put into a stranger's company"] if mixed else []
    return found + (["the operator's own account made owner of a customer's company"] if operator else [])


def _same_person(stage: Stage, email: str) -> bool:
    """Whether a scenario says that these clients are one person, as after a merge."""
    return email in stage.same_person


def password_trouble(names: Iterable[str]) -> list[str]:
    """Those of the new customers, by first name, who can't sign in with what they typed."""
    found = []
    for name in names:
        user = User.objects.filter(email=f"{name.lower()}@example.com").first()
        if user is not None and not user.check_password(CART_PASSWORD):
            found.append("the chosen password does not open the door")
    return found


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
