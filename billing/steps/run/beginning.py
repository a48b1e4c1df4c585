"""Makes the context that every run begins with."""

from django.utils import timezone

from billing.models import WhmcsGateway
from billing.runs.lease import Lease
from billing.steps.clients.prepare import Preparation
from billing.steps.run.context import Context, Limit
from billing.steps.run.policy import load_policy, must_decide_all
from billing.steps.run.report import Report
from billing.whmcs import WhmcsClient
from billing.wording import reasons
from companies.events import Actor


def begin(
    gateway: WhmcsGateway, client: WhmcsClient, lease: Lease, report: Report, *,
    is_whole: bool = True, limit: Limit | None = None,
) -> Context:  # fmt: skip
    """The context of a run that begins now."""
    policy = load_policy(gateway, began_at=timezone.now())
    return Context(
        gateway=gateway,
        client=client,
        lease=lease,
        policy=policy,
        report=report,
        actor=Actor(reasons.SYNC_RUN(number=report.run.pk), reading=report.run.pk),
        preparation=Preparation(client, prefer_company_name=gateway.prefer_company_name),
        decide_all=must_decide_all(gateway, policy),
        is_whole=is_whole,
        limit=limit,
    )
