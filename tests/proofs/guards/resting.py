"""Guards on a gateway that rests because an old backup may be back."""

from collections.abc import Callable

from django.core import mail as django_mail
from django.db.models import Q

from billing.models import SyncRun, WhmcsGateway
from billing.recovery import pauses
from companies.access import Facts
from companies.mail import outbox
from tests.proofs.guards.guard import Guard, becomes, says
from tests.proofs.guards.stage import Stage, gateway_now


def everything_rests_for_months(stage: Stage) -> list[str]:
    stage.open()
    pauses.pause_all(pauses.RESTORED)
    stage.days_pass(90)
    for service_id in stage.ids.values():
        stage.shop.renew(service_id, 4)
    return stage.judge()


def mails_wait_while_everything_rests(stage: Stage) -> list[str]:
    stage.buy("Alice", password="")
    stage.sync()
    pauses.pause_all(pauses.RESTORED)
    django_mail.outbox.clear()
    outbox.send_due_mails()
    return [f"{sent.to[0]} was mailed" for sent in django_mail.outbox]


def an_old_backup_is_back(stage: Stage) -> list[str]:
    """What stood here yesterday stands here again."""
    stage.open()
    fence, last = gateway_now().lease_fence, SyncRun.objects.latest("pk").pk
    stage.days_pass(1)
    stage.sync()
    SyncRun.objects.filter(pk__gt=last).delete()
    WhmcsGateway.objects.update(lease_fence=fence)
    return [] if stage.sync() == "paused" else ["a run went on from an old backup"]


def as_if_awake(facts_of: Callable[..., Facts]) -> Callable[..., Facts]:
    return lambda *args, **kwargs: facts_of(*args, **kwargs)._replace(is_paused=False)


LOCKED = "Alice has paid and is locked out"
GUARDS = (
    Guard("no date counts during a pause", "companies.standings.facts:facts_of_row", as_if_awake,
          everything_rests_for_months, LOCKED),
    Guard("nobody is mailed during a pause", "companies.mail.outbox:RESTS", becomes(Q(pk__in=[])),
          mails_wait_while_everything_rests, "alice@example.com was mailed"),
    Guard("an old backup is noticed", "billing.recovery.pauses:detect_restore", says(False),
          an_old_backup_is_back, "a run went on from an old backup"),
)  # fmt: skip
