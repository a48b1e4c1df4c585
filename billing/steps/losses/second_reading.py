"""The second reading of a loss: its service is read once more, and with it the other services of its company."""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils import timezone

from billing.errors import BillingError
from billing.facts import ServiceFacts
from billing.models import Kind, WhmcsGateway
from billing.reconcile import Action, Decision, Note, Policy, Standing, decide, decide_together, standing_of
from billing.steps.changes.observe import load_observed
from billing.whmcs import WhmcsClient


class Confirmed(NamedTuple):
    """The decision about the service of a loss, and those about other services of its company that change something."""

    decision: Decision
    others: list[Decision]


def read_second_time(gateway: WhmcsGateway, client: WhmcsClient, loss: Decision, policy: Policy) -> Confirmed | Note:
    """Read the service again, then the other services of its company: one of them may have been paid meanwhile.

    Returns the decisions to act upon, which may be good news by now, or a note for the operator if the second reading
    failed, says something else or leaves open whether another service is paid.
    """
    service_id = loss.facts.service_id
    again = _read_again(client, service_id)
    if isinstance(again, Note):
        return again
    observed = load_observed(gateway, [service_id], timezone.now()).get(service_id)
    if again is None and not (observed is not None and observed.is_vanished):
        return Note(Kind.LOSS_UNCONFIRMED, {"reason": "not_listed"})
    # If it was gone and still is, its last due date counts.
    decision = loss if again is None else decide(again, observed, policy)
    if decision.action is not Action.LOSE:
        return Confirmed(decision, [])
    if decision.facts != loss.facts:
        return Note(Kind.LOSS_UNCONFIRMED, {"reason": "differs"})
    return _decide_with_others(gateway, client, decision, policy)


def _read_again(client: WhmcsClient, service_id: int) -> ServiceFacts | Note | None:
    """What WHMCS says about one service now: None if it is not there, a note if the answer can't be used."""
    try:
        page = client.fetch_service(service_id)
    except BillingError as error:
        return Note(Kind.LOSS_UNCONFIRMED, error.as_details())
    found = [row for row in page.rows if row.service_id == service_id]
    if len(found) == 1:
        return found[0]
    bad = next(iter(page.bad), None)
    if bad is not None:
        return Note(Kind.LOSS_UNCONFIRMED, {"reason": bad.code.value, **bad.params})
    return Note(Kind.LOSS_UNCONFIRMED, {"reason": "not_listed"}) if page.rows else None


def _decide_with_others(gateway: WhmcsGateway, client: WhmcsClient, loss: Decision, policy: Policy) -> Confirmed | Note:
    """The same loss, decided together with what WHMCS says now about the other services of its company."""
    others = _read_others(client, loss.company.siblings if loss.company else ())
    if isinstance(others, Note):
        return others
    if not others:
        return Confirmed(loss, [])
    rows = {row.service_id: row for row in (loss.facts, *others)}
    observed = load_observed(gateway, rows, timezone.now())
    decisions = {one.facts.service_id: one for one in decide_together(list(rows.values()), observed, {}, policy)}
    own = decisions.pop(loss.facts.service_id)._replace(is_read=loss.is_read)
    return Confirmed(own, [one for one in decisions.values() if one.action is not Action.NOTHING])


def _read_others(client: WhmcsClient, known: Iterable[ServiceFacts]) -> list[ServiceFacts] | Note:
    """What WHMCS says now about services, of those about which it says something new.

    A note if an answer can't be used, or has an unknown status: then the service may have been paid.
    """
    found = []
    for was in known:
        now = _read_again(client, was.service_id)
        if isinstance(now, Note):
            return now
        if now is not None and standing_of(now.status) is Standing.UNKNOWN:
            return Note(Kind.LOSS_UNCONFIRMED, {"reason": "other_unknown", "service": str(was.service_id)})
        if now is not None and now != was:
            found.append(now)
    return found
