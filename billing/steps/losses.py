"""Changes that take access away: found over the whole run, and read a second time each.

There are two sorts. WHMCS says something else about a service than before; or it says the same, and the due date has
passed meanwhile, so that this reading is the evidence that closes the company.
"""

import copy
from collections.abc import Callable, Container, Iterator, Sequence
from datetime import datetime

from django.db.models import Count, F
from django.utils import timezone

from billing.errors import BillingError
from billing.models import Kind, Subscription, WhmcsGateway
from billing.reconcile import Action, Decision, Policy, decide, is_mass_change
from billing.steps.observe import load_observed
from billing.whmcs import WhmcsClient
from companies.access import Status, decide_access
from companies.database.among import among
from companies.database.parts import in_parts
from companies.models import Company
from companies.standings.facts import CompanyRow, facts_of_row

AT_A_TIME = 500


def is_by_date(loss: Decision) -> bool:
    """Whether WHMCS says what it said before and only a due date has passed."""
    return loss.before == loss.after


def count_open(gateway: WhmcsGateway, opened: Container[int]) -> int:
    """How many companies of the gateway billing kept open before the run, which `opened` some.

    New payers make the share of those who lose access no smaller.
    """
    is_open = _judge(gateway, timezone.now())
    return sum(pk not in opened and is_open(row) for pk, row in _load_rows(gateway))


def load_overdue(gateway: WhmcsGateway, policy: Policy, *, besides: Container[int]) -> dict[int, Decision]:
    """By company, where a due date has passed: the losses that only a complete reading as this one can bring about, and
    the updates where another service of the company is paid for, which speaks for it from now on.

    Companies in `besides` are left out. `gateway` tells how far evidence went before this reading.
    """
    at = policy.began_at
    is_open, stays_open = _judge(gateway, at), _judge(_as_read_at(gateway, at), at)
    rows = _load_rows(gateway, status=Status.ACTIVE.value, due_date__lt=timezone.localdate(at))
    closing: list[int] = []
    closed: list[int] = []
    for pk, row in rows:
        if pk in besides or stays_open(row._replace(closing_held_since=None)):
            continue
        if is_open(row):
            closing.append(pk)
        elif row.unreadable_since is None:  # of what can't be read nothing new is known
            closed.append(pk)
    asked = closing + (_with_several_services(gateway, closed) if closed else [])
    overdue: dict[int, Decision] = {}
    for start in range(0, len(asked), AT_A_TIME):
        overdue |= _decide_again(gateway, asked[start : start + AT_A_TIME], policy)
    return overdue


def are_too_many(gateway: WhmcsGateway, losing: int, *, of: int, lost: int) -> bool:
    """Whether so many of the open companies would lose access that somebody has to say yes to it first.

    Those that `lost` it one by one count as well: a hundred messages about one service each are no smaller a change
    than one list that says the same about a hundred.
    """
    limits = {"max_count": gateway.mass_change_count, "max_percent": gateway.mass_change_percent}
    return losing > 0 and is_mass_change(losing + lost, of=of + lost, **limits)


def figures(losing: int, *, of_open: int, lost: int) -> dict[str, str]:
    """What a question about losses says: how many of how many, and how many `lost` access one by one before, if any."""
    return {"losing": str(losing), "open": str(of_open)} | ({"lost": str(lost)} if lost else {})


def load_lost(gateway: WhmcsGateway) -> int:
    """How many lost access by readings of single services since the last complete reading that held nothing."""
    return WhmcsGateway.objects.values_list("lost_one_by_one", flat=True).get(pk=gateway.pk)


def count_lost_unlocked(gateway: WhmcsGateway, closed: int) -> None:
    """Keep that so many more lost access one by one. Call it inside `lease.writing()`."""
    WhmcsGateway.objects.filter(pk=gateway.pk).update(lost_one_by_one=F("lost_one_by_one") + closed)


def count_losing(losses: Sequence[Decision]) -> int:
    """How many companies these losses are about."""
    return len({decision.company_id for decision in losses})


def confirm(
    gateway: WhmcsGateway, client: WhmcsClient, loss: Decision, policy: Policy
) -> Decision | tuple[str, dict[str, str]]:
    """Read the one service again and decide anew.

    Returns the decision to act upon (which may be good news by now), or the kind and parameters of an attention
    item where the second reading failed or does not say the same.
    """
    service_id = loss.facts.service_id
    try:
        page = client.fetch_service(service_id)
    except BillingError as error:
        return Kind.LOSS_UNCONFIRMED, error.as_details()
    again = [row for row in page.rows if row.service_id == service_id]
    observed = load_observed(gateway, [service_id], timezone.now()).get(service_id)
    if observed is not None and observed.is_vanished and not page.rows and not page.bad:
        return loss  # Gone it was, and gone it is: its last due date stands.
    if len(again) != 1:
        bad = next(iter(page.bad), None)
        return Kind.LOSS_UNCONFIRMED, {"reason": bad.code.value, **bad.params} if bad else {"reason": "not_listed"}
    decision = decide(again[0], observed, policy)
    if decision.action is Action.LOSE and again[0] != loss.facts:
        return Kind.LOSS_UNCONFIRMED, {"reason": "differs"}
    return decision


def _decide_again(gateway: WhmcsGateway, company_ids: Sequence[int], policy: Policy) -> dict[int, Decision]:
    """What a passed date brings companies of which WHMCS says nothing new, each by the service that speaks for it."""
    rows = Subscription.objects.filter(gateway_id=gateway.pk, company_id__in=company_ids)
    observed = load_observed(gateway, rows.values_list("service_id", flat=True), policy.began_at)
    together = {service_id: one.facts for service_id, one in observed.items()}
    found = {}
    for one in observed.values():
        decision = decide(one.facts, one, policy, together=together)
        if decision.action in {Action.LOSE, Action.UPDATE} and decision.company_id is not None:
            found[decision.company_id] = decision._replace(is_read=False)
    return found


def _with_several_services(gateway: WhmcsGateway, company_ids: Sequence[int]) -> list[int]:
    """Those of the companies that more than one service belongs to. They are rare."""
    rows = Subscription.objects.filter(among("company_id", company_ids), gateway_id=gateway.pk)
    several = rows.values("company_id").annotate(services=Count("pk")).filter(services__gt=1)
    return list(several.order_by("company_id").values_list("company_id", flat=True))


def _load_rows(gateway: WhmcsGateway, **conditions: object) -> Iterator[tuple[int, CompanyRow]]:
    companies = Company.objects.filter(source_id=gateway.pk, **conditions).values_list("pk", *CompanyRow._fields)
    return ((pk, CompanyRow(*row)) for part in in_parts(companies) for pk, *row in part)


def _judge(gateway: WhmcsGateway, now: datetime) -> Callable[[CompanyRow], bool]:
    """Whether billing alone keeps a company open at `now`: what an operator holds or locks is not billing's doing."""
    zone = timezone.get_default_timezone()

    def is_open(row: CompanyRow) -> bool:
        facts = facts_of_row(row._replace(hold_until=None, locked_at=None), gateway, now=now)
        return decide_access(facts, now=now, zone=zone).is_open

    return is_open


def _as_read_at(gateway: WhmcsGateway, at: datetime) -> WhmcsGateway:
    """The gateway as it will be when the reading that began at `at` has proved to be complete."""
    read = copy.copy(gateway)
    read.confirmed_at, read.paused_at = at, None
    return read
