"""Finds companies whose due date has passed while WHMCS says nothing new: a complete reading closes them."""

import copy
from collections.abc import Container, Sequence
from datetime import datetime

from django.db.models import Count, QuerySet
from django.utils import timezone

from billing.models import Subscription, WhmcsGateway
from billing.reconcile import Action, Decision, Policy, decide
from billing.steps.applied.limit import admit_again, is_overdue_admitted
from billing.steps.changes.observe import load_observed
from billing.steps.losses.counting import billing_keeps_open, load_company_rows
from billing.steps.pages.page import apply_decisions
from billing.steps.run.context import Context
from companies.access import Status
from companies.database.among import among

AT_A_TIME = 500


def gather_overdue(context: Context) -> None:
    """Find the companies that this reading closes, if it is complete, because a due date has passed.

    If another service of such a company is paid for, that one governs it from now on. This is written at once, even
    after an incomplete reading: it takes nothing away, and one bad record that nobody repairs must not lock out a
    company that has paid.
    """
    is_doubted = context.report.is_doubted
    if context.is_distrusted or (is_doubted and context.limit):
        return
    overdue = load_overdue(context.gateway, context.policy, besides=context.found.companies)
    losing = {pk: loss for pk, loss in overdue.items() if loss.action is Action.LOSE}
    if not is_doubted:
        context.found.overdue = {pk: loss for pk, loss in losing.items() if is_overdue_admitted(context, loss)}
    updates = [decision for pk, decision in overdue.items() if pk not in losing]
    apply_decisions(context, admit_again(context, updates))


def load_overdue(gateway: WhmcsGateway, policy: Policy, *, besides: Container[int]) -> dict[int, Decision]:
    """The decisions that follow from passed due dates, by company.

    They are losses, which only a complete reading may carry out, and updates, if another service of the company is paid
    for and governs it from now on. Companies in `besides` are left out. `gateway` must hold its state from before this
    reading.
    """
    at = policy.began_at
    is_open, stays_open = billing_keeps_open(gateway, at), billing_keeps_open(_as_read_at(gateway, at), at)
    rows = load_company_rows(gateway, status=Status.ACTIVE.value, due_date__lt=timezone.localdate(at))
    closing: list[int] = []
    closed: list[int] = []
    for pk, row in rows:
        if pk in besides or stays_open(row._replace(closing_held_since=None)):
            continue
        (closing if is_open(row) else closed).append(pk)
    overdue = _decide_again(gateway, closing, policy)
    if closed:
        theirs = Subscription.objects.filter(among("company_id", closed), gateway_id=gateway.pk)
        overdue |= load_opening(gateway, load_with_several_services(theirs), policy)
    return overdue


def load_opening(gateway: WhmcsGateway, company_ids: Sequence[int], policy: Policy) -> dict[int, Decision]:
    """The decisions that open some of these closed companies, because another service is paid for as far as known."""
    return {pk: one for pk, one in _decide_again(gateway, company_ids, policy).items() if one.opens}


def load_with_several_services(rows: QuerySet[Subscription]) -> list[int]:
    """The companies with more than one of these services. They are rare."""
    several = rows.values("company_id").annotate(services=Count("pk")).filter(services__gt=1)
    return list(several.order_by("company_id").values_list("company_id", flat=True))


def _decide_again(gateway: WhmcsGateway, company_ids: Sequence[int], policy: Policy) -> dict[int, Decision]:
    """The losses and updates that follow from the passed date, by company, decided on its governing service."""
    found = {}
    for start in range(0, len(company_ids), AT_A_TIME):
        rows = Subscription.objects.filter(gateway_id=gateway.pk, company_id__in=company_ids[start : start + AT_A_TIME])
        observed = load_observed(gateway, rows.values_list("service_id", flat=True), policy.began_at)
        together = {service_id: one.facts for service_id, one in observed.items()}
        for one in observed.values():
            decision = decide(one.facts, one, policy, together=together)
            if decision.action in {Action.LOSE, Action.UPDATE} and decision.company_id is not None:
                found[decision.company_id] = decision._replace(is_read=False)
    return found


def _as_read_at(gateway: WhmcsGateway, at: datetime) -> WhmcsGateway:
    """The gateway as it will be if the reading that began at `at` is complete."""
    read = copy.copy(gateway)
    read.confirmed_at, read.paused_at = at, None
    return read
