"""More of everything that a page of the administration may list, all of it about the things on the stage."""

from django.contrib.auth.models import Group
from django.utils import timezone

from billing.models import (
    AttentionItem,
    HeldChanges,
    Kind,
    RunRecord,
    StoredPreview,
    Subscription,
    SyncRun,
    WhmcsGateway,
)
from companies.audit.log import AuditCode, record_command
from companies.events import Code
from companies.models import BillingSource, Company, Event, Invitation, Membership, OutgoingMail, Role, User
from tests.billing.factories import make_gateway
from tests.companies.factories import make_company, make_person, make_plan


def come(gateway: WhmcsGateway, number: int) -> None:
    """One more of each; `number` makes it another one."""
    company = make_company(f"Company {number}", plan=make_plan(name=f"Plan {number}"))
    Company.objects.filter(pk=company.pk).update(source=BillingSource.objects.get(pk=gateway.pk))
    company.refresh_from_db()
    service = Subscription.objects.create(
        gateway=gateway, service_id=number, client_id=number, product_id=7, company=company, status="Active",
        plan_value=f"value {number}",
    )  # fmt: skip
    _people_come(company, number)
    _work_comes(service, number)
    Group.objects.create(name=f"Shift {number}")
    record_command(AuditCode.PLAN_ADDED, about=company.plan.name)
    make_gateway(f"WHMCS {number}", confirmed_at=timezone.now())


def _people_come(company: Company, number: int) -> None:
    """One to the company that has just come, one to the company on the stage; the person on the stage is in both."""
    bakery, ana = Company.objects.get(name="Bakery"), User.objects.get(name="Ana")
    owner = make_person(f"owner{number}@example.com", company=company)
    Membership.objects.create(user=ana, company=company, role=Role.MEMBER)
    Membership.objects.create(user=owner, company=bakery, role=Role.MEMBER)
    Invitation.objects.create(company=bakery, email=f"guest{number}@example.com", invited_by=owner)
    for about in (company, bakery):
        Event.objects.create(company=about, code=Code.OPENED, actor=owner, after={"status": "active"})
        OutgoingMail.objects.create(kind=OutgoingMail.Kind.WELCOME, user=owner, company=about)


def _work_comes(service: Subscription, number: int) -> None:
    """What runs and previews say of the company that has just come, and one more service for that on the stage."""
    gateway, company, bakery = service.gateway, service.company, Company.objects.get(name="Bakery")
    assert company is not None
    run, held = RunRecord.objects.earliest("pk").run, HeldChanges.objects.earliest("pk")
    preview = StoredPreview.objects.earliest("pk")
    before, after = {"status": "active"}, {"status": "suspended"}
    said = {"company": company, "service_id": number, "before": before, "after": after}
    SyncRun.objects.create(gateway=gateway, trigger="schedule", outcome="complete", finished_at=timezone.now())
    for result, code in (("held", "plan_unknown"), ("created", "provision"), ("changed", "update")):
        RunRecord.objects.create(run=run, result=result, code=code, **said)
    Event.objects.create(company=company, code=Code.BILLING_CHANGED, reading=run.pk, before=before, after=after)
    Subscription.objects.create(
        gateway=gateway, service_id=10_000 + number, client_id=5, product_id=7, company=bakery, status="Active"
    )
    AttentionItem.objects.create(
        gateway=gateway, kind=Kind.PLAN_UNKNOWN, subject=str(number), subscription=service, params={"value": "pro"}
    )
    held.companies.create(**said)
    HeldChanges.objects.create(gateway=gateway, kind="losses", verdict="approved", figures=held.figures)
    for kind in ("create", "change", "lose", "held"):
        preview.changes.create(kind=kind, what="update", **said)
    StoredPreview.objects.create(gateway=gateway, state="outdated", made_at=timezone.now(), figures=preview.figures)
