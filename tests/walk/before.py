"""How things stand: what the shop says, who the people are, which companies are open. Taken before each run."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from billing.models import HeldCompany, Subscription, SyncRun
from companies.access import decide_access
from companies.models import Company, Membership, User
from companies.standings.facts import facts_of
from sandbox import TICKETZ_PID
from sandbox.faults import Repeated
from tests.walk.model import Said, State, said_by
from tests.walk.world import World

Everybody = tuple[dict[int, tuple[str, str, bool]], dict[tuple[int, int], str]]


@dataclass(frozen=True, slots=True)
class Before:
    """How things stood when a run began.

    `known` are services of companies that had not vanished. The companies in `approved` may lose access: an
    operator has said yes to exactly that.
    """

    truth: dict[int, Said]
    people: Everybody
    open: set[int]
    known: set[int]
    approved: set[int]
    runs: set[int]

    @classmethod
    def now(cls, world: World, *, says_yes: bool = False) -> "Before":
        """`says_yes`: the operator approves what waits at this moment."""
        known = Subscription.objects.exclude(company=None).filter(vanished_at=None)
        runs = set(SyncRun.objects.values_list("pk", flat=True))
        return cls(
            truth=load_truth(world),
            people=load_people(),
            open=load_open(),
            known=set(known.values_list("service_id", flat=True)),
            approved=load_approved(says_yes=says_yes),
            runs=runs,
        )


def load_truth(world: World) -> dict[int, Said]:
    """What the honest shop says at this moment about every service of any product."""
    return {service.id: said_by(service) for service in world.shop.listing()}


def load_repeated(world: World) -> dict[int, Said]:
    """What WHMCS says by repeating a row at the end of each page."""
    faults = [rule.fault for _, rule in world.troubles]
    return {fault.again.id: said_by(fault.again) for fault in faults if isinstance(fault, Repeated)}


def load_believable(world: World) -> dict[int, Said]:
    """What a repeated row says where it may stand alone on its page, so that nothing there contradicts it.

    Beside the row that it repeats neither is believed; of two pages the first is.
    """
    is_cut = any(kind == "bytes" for kind, _ in world.poisons.values())  # the page is searched by halving
    is_alone = is_cut or any(kind != "duplicate" for kind, _ in world.troubles)
    listed = {service.id for service in world.shop.listing(TICKETZ_PID)}
    return {number: said for number, said in load_repeated(world).items() if is_alone or number not in listed}


def load_people() -> Everybody:
    """Everybody as they sign in, and who is what where."""
    users = {user.pk: (user.email, user.password, user.is_active) for user in User.objects.all()}
    return users, {(m.user_id, m.company_id): m.role for m in Membership.objects.all()}


def load_open() -> set[int]:
    """Companies that billing keeps open at this moment, whatever an operator holds or locks."""
    now, zone = timezone.now(), timezone.get_default_timezone()
    facts = {c.pk: facts_of(c, now=now) for c in Company.objects.select_related("source")}
    bare = {pk: fact._replace(hold_until=None, locked_at=None) for pk, fact in facts.items()}
    return {pk for pk, fact in bare.items() if decide_access(fact, now=now, zone=zone).is_open}


def load_approved(*, says_yes: bool) -> set[int]:
    """Companies that an operator has said yes to, or says so just now."""
    given = Q(held__verdict="approved", held__expires_at__gt=timezone.now())
    allowed = given | Q(held__verdict="waiting") if says_yes else given
    rows = HeldCompany.objects.filter(allowed, held__kind="losses", held__closed_at=None)
    return set(rows.values_list("company_id", flat=True))


def load_kept() -> set[int]:
    """Companies that an operator keeps open because they said no: these stay as they are."""
    rows = HeldCompany.objects.filter(held__verdict="rejected", company__hold_until__gte=timezone.localdate())
    return set(rows.filter(held__closed_at=None).values_list("company_id", flat=True))


def load_services() -> dict[int, int]:
    """The company of each service that has one."""
    return dict(Subscription.objects.exclude(company=None).values_list("service_id", "company_id"))


def state_of(company: Company) -> State:
    return State(company.status, company.due_date, company.plan_id, company.override_until)


def said_of(row: Subscription) -> Said:
    """What our row says that WHMCS said."""
    return Said(row.status, row.due_date, row.plan_value or "", row.override_until, row.client_id, row.product_id)
