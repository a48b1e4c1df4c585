"""Which services of WHMCS would not find a plan any more if it were called otherwise."""

from typing import NamedTuple

from django.utils.translation import ngettext

from billing.coverage.load import load_counts, load_plans
from billing.coverage.matrix import Line, Verdict, build_matrix
from billing.models import WhmcsGateway
from plans.differences import show
from plans.models import Plan


class Loss(NamedTuple):
    """Services of a gateway that name the plan now and would not any more."""

    gateway: WhmcsGateway
    line: Line


def load_losses(plan: Plan, new_name: str | None) -> list[Loss]:
    """Those of all gateways that name `plan` and would not if it were called `new_name` (None: if it were gone)."""
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
    """The same in sentences, for `plans.reliance`."""
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
