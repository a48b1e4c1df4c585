"""The second reading: the service of each loss is read once more and decided again."""

from collections.abc import Sequence

from django.utils import timezone

from billing.errors import BillingError
from billing.models import Kind, RunRecord, Subscription, WhmcsGateway
from billing.reconcile import Action, Decision, Note, Policy, decide
from billing.steps.applied.limit import admit
from billing.steps.changes.observe import load_observed
from billing.steps.losses.counting import is_by_date
from billing.steps.losses.weighing import is_counted, record_loss, refuse
from billing.steps.run.context import Context
from billing.whmcs import WhmcsClient
from billing.wording import reasons
from billing.wording.attention import sentence
from companies.events import Code


def confirm_all(context: Context, to_confirm: Sequence[Decision]) -> tuple[list[Decision], set[int | None]]:
    """Read each a second time; returns the decisions to write, and the companies that lose access."""
    confirmed: list[Decision] = []
    closed: set[int | None] = set()
    with context.progress.phase("confirm"):
        for loss in to_confirm:
            context.go_on()
            answer = confirm(context.gateway, context.client, loss, context.policy)
            if isinstance(answer, Note):
                row = loss.observed.subscription_id if loss.observed else None
                context.note(answer.kind, loss.facts.service_id, answer.params, row)
                refuse(context, loss, answer.kind, sentence(answer.kind, answer.params), answer.params)
            elif answer.action is Action.LOSE:
                closed.add(answer.company_id)
                confirmed += _close(context, answer)
            else:
                confirmed += _take_back(context, loss, answer)
    return confirmed, closed


def confirm(gateway: WhmcsGateway, client: WhmcsClient, loss: Decision, policy: Policy) -> Decision | Note:
    """Read the service again and decide again.

    Returns the decision to act upon, which may be good news by now, or a note for the operator if the second reading
    failed or says something else.
    """
    service_id = loss.facts.service_id
    try:
        page = client.fetch_service(service_id)
    except BillingError as error:
        return Note(Kind.LOSS_UNCONFIRMED, error.as_details())
    again = [row for row in page.rows if row.service_id == service_id]
    observed = load_observed(gateway, [service_id], timezone.now()).get(service_id)
    if observed is not None and observed.is_vanished and not page.rows and not page.bad:
        return loss  # It was gone and still is: its last due date counts.
    if len(again) != 1:
        bad = next(iter(page.bad), None)
        params = {"reason": bad.code.value, **bad.params} if bad else {"reason": "not_listed"}
        return Note(Kind.LOSS_UNCONFIRMED, params)
    decision = decide(again[0], observed, policy)
    if decision.action is Action.LOSE and again[0] != loss.facts:
        return Note(Kind.LOSS_UNCONFIRMED, {"reason": "differs"})
    return decision


def _close(context: Context, loss: Decision) -> list[Decision]:
    """The decisions to write for a confirmed loss: none, if the time of this reading is enough to close the company."""
    facts = loss.facts
    if not is_by_date(loss) or loss.company_id is None or loss.observed is None:
        return [loss._replace(action=Action.UPDATE)]
    reason = reasons.READ_TWICE(number=facts.service_id, text=facts.status, day=facts.due_date)
    context.evidence.closed_by_date[loss.company_id] = reason
    company = loss.observed.company
    if facts != loss.observed.facts or (company and company.is_unreadable):
        return [loss._replace(action=Action.UPDATE)]
    record_loss(context, loss, RunRecord.Result.CHANGED, Code.CLOSED_OVERDUE, reason)
    _note_settled(context, loss)
    return []


def _note_settled(context: Context, loss: Decision) -> None:
    """Store whether the service is settled: the next run looks at it again only if it is not."""
    row = loss.observed
    if row is not None and row.is_settled != loss.is_settled and not row.is_vanished:
        with context.lease.writing():
            Subscription.objects.filter(pk=row.subscription_id).update(is_settled=loss.is_settled)
            context.report.flush()


def _take_back(context: Context, loss: Decision, answer: Decision) -> list[Decision]:
    """The decisions to write if the second reading is no loss: good news, or no change."""
    counted = is_counted(context, loss)
    if answer.action in {Action.NOTHING, Action.REMEMBER}:
        context.evidence.spare(loss.company_id)
        return [] if counted else [answer]
    if counted:
        context.report.recount(loss.facts.service_id)
    return admit(context, [answer])
