"""One of each thing that an operator may meet, so that a forged request would find something to change."""

from dataclasses import dataclass
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.db.models import Model
from django.utils import timezone

from billing.hooks import secrets as hook_secrets
from billing.models import AttentionItem, HeldChanges, StoredPreview, Subscription, SyncRun, WhmcsGateway
from billing.previews import stored
from companies import lifecycle
from companies.audit.log import AuditCode, record_command
from companies.events import Actor
from companies.models import AuditEntry, Company, Event, Installation, OutgoingMail, Role, User
from plans.models import Plan
from sandbox import SandboxServer
from tests.billing.factories import gateway_for
from tests.companies.factories import make_company, make_person


@dataclass(frozen=True, slots=True)
class Stage:
    """`things` by "app.model", and those that stand by for one address only, by name."""

    things: dict[str, Model]
    gateway: WhmcsGateway
    plan: Plan
    secrets: tuple[str, ...]

    def key_for(self, route: str, name: str = "") -> str:
        """The key of the thing that an address is about."""
        label = ".".join(route.split("/")[1:3])
        thing = self.things.get(name) or self.things.get(label)
        return str(thing.pk) if thing is not None else "1"


def set_stage(whmcs: SandboxServer) -> Stage:
    """All of it, as small as it can be."""
    gateway = gateway_for(whmcs, "Shop")
    company = make_company("Bakery")
    Company.objects.filter(pk=company.pk).update(source=gateway)
    person = make_person("ana@example.com", name="Ana", company=company, role=Role.MEMBER)
    service = Subscription.objects.create(
        gateway=gateway, service_id=11, client_id=5, product_id=7, company=company, status="Active", plan_value="pro"
    )
    lifecycle.hold_open(company, until=timezone.localdate(), reason="x", actor=Actor("x"), at=timezone.now())
    record_command(AuditCode.PLAN_ADDED, about="Pro")
    item = AttentionItem.objects.create(
        gateway=gateway, kind="plan_unknown", subject="11", subscription=service, params={"value": "pro"}
    )
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "n0t-t0-be-seen"})
    things: dict[str, Model] = {
        "companies.company": company, "companies.user": person, "companies.event": Event.objects.get(),
        "companies.auditentry": AuditEntry.objects.get(code=AuditCode.PLAN_ADDED),
        "companies.installation": Installation.objects.create(pk=Installation.THE_ONE),
        "companies.outgoingmail": OutgoingMail.objects.create(kind="welcome", user=person),
        "auth.group": Group.objects.create(name="Night shift"), "billing.attentionitem": item,
        "billing.subscription": service, "billing.whmcsgateway": gateway,
        "billing.heldchanges": _held(gateway, company), "billing.syncrun": _run(gateway, company),
        "plans.plan": company.plan, "spare plans.plan": Plan.objects.create(name="Spare"),
        "spare billing.whmcsgateway": gateway_for(whmcs, "Spare"),
        "paused": gateway_for(whmcs, "Paused", paused_at=timezone.now(), pause_reason="restored"),
    }  # fmt: skip
    things["preview"] = _preview(gateway)
    things["hooked"] = hooked = gateway_for(whmcs, "Hooked")
    for _ in ("an old secret", "a new one"):
        hook_secrets.make(hooked)
    hashes = User.objects.values_list("password", flat=True)
    return Stage(things, gateway, company.plan, (whmcs.secret, "argon2", "gAAAA", "n0t-t0-be-seen", *hashes))


def _held(gateway: WhmcsGateway, company: Company) -> HeldChanges:
    figures = {"losing": 1, "open": 1, "people": 1, "active": 0, "becoming": {"suspended": 1}, "longest": []}
    held = HeldChanges.objects.create(gateway=gateway, kind="losses", figures=figures)
    held.companies.create(company=company, service_id=11, before={"status": "active"}, after={"status": "suspended"})
    return held


def _preview(gateway: WhmcsGateway) -> StoredPreview:
    """One that is ready, as old as it may be, and would ask first."""
    figures = {"questions": [{"code": "unsafe_change_set", "params": {"losing": "1", "open": "1"}}], "seen": 1}
    return StoredPreview.objects.create(
        gateway=gateway, state="ready", asked_by="somebody", made_at=timezone.now(), figures=figures,
        fingerprint=stored.fingerprint_of(gateway),
    )  # fmt: skip


def _run(gateway: WhmcsGateway, company: Company) -> SyncRun:
    then = timezone.now() - timedelta(minutes=1)
    run = SyncRun.objects.create(
        gateway=gateway, trigger="schedule", started_at=then, finished_at=timezone.now(), outcome="complete"
    )
    run.records.create(result="changed", code="update", service_id=11, company=company)
    return run
