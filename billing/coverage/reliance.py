"""Which WHMCS services would no longer find a plan if it had another name."""

from typing import NamedTuple

from django.utils.translation import ngettext

from billing.coverage.load import load_counts, load_plans
from billing.coverage.matrix import Line, Verdict, build_matrix
from billing.models import WhmcsGateway
from plans.differences import show
from plans.models import Plan


class Loss(NamedTuple):
    """The number of services of a gateway that would no longer find the plan."""

    gateway: WhmcsGateway
    line: Line


def load_losses(plan: Plan, new_name: str | None) -> list[Loss]:
    """The services of all gateways that find `plan` now but would not under `new_name` (None: if it were deleted)."""
    now = load_plans()
    then = {name: pk for name, pk in now.items() if pk != plan.pk} | ({new_name: plan.pk} if new_name else {})
    losses = []
    gateways = list(WhmcsGateway.objects.order_by("name"))
    counts = load_counts(gateways)
    for gateway in gateways:
        after = {line.value: line for line in build_matrix(counts[gateway.pk], then, None).lines}
        losses += [
            Loss(gateway, line)
            for line in build_matrix(counts[gateway.pk], now, None).lines
            if line.verdict is Verdict.MATCHED and line.plan_id == plan.pk and after[line.value].plan_id != plan.pk
        ]
    return [loss for loss in losses if loss.line.paid or loss.line.undecided]


def tell_losses(plan: Plan, new_name: str | None) -> list[str]:
    """The same as sentences, for `plans.reliance`."""
    return [_sentence(loss) for loss in load_losses(plan, new_name)]


def _sentence(loss: Loss) -> str:
    words = {"gateway": loss.gateway.name, "value": show(loss.line.value)}
    if loss.line.paid:
        text = ngettext(
            "%(count)d paid service of %(gateway)s says “%(value)s”.",
            "%(count)d paid services of %(gateway)s say “%(value)s”.",
            loss.line.paid,
        )
        return text % {**words, "count": loss.line.paid}
    text = ngettext(
        "%(count)d service of %(gateway)s that is not paid just now says “%(value)s”.",
        "%(count)d services of %(gateway)s that are not paid just now say “%(value)s”.",
        loss.line.undecided,
    )
    return text % {**words, "count": loss.line.undecided}
