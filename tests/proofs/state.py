"""What stands in the database, to compare one way of getting there with another."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model

from billing.models import AttentionItem, HeldChanges, HeldCompany, Subscription, WhmcsGateway
from companies.models import Company, Event, Invitation, Membership, OutgoingMail, User
from companies.standings.facts import access_of

State = dict[str, list[tuple[Any, ...]]]
BUSINESS: tuple[type[Model], ...] = (
    Company, Subscription, User, Membership, Invitation, AttentionItem, Event, OutgoingMail, HeldChanges, HeldCompany,
)  # fmt: skip


def load_rows(models: Iterable[type[Model]] = BUSINESS) -> State:
    """Every column of every business row: equal only where nothing at all was written, but who was here when."""
    return {
        model.__name__: list(model._default_manager.order_by("pk").values_list(*_columns(model))) for model in models
    }


def load_state(passwords: Mapping[str, str]) -> State:
    """All that matters of it, without numbers and times that differ from try to try.

    `passwords` has, for each e-mail address, what should open the door.
    """
    names = _names()
    return {
        "companies": _sorted(_company(c, names[c.pk]) for c in Company.objects.select_related("plan", "source")),
        "subscriptions": _sorted(_subscription(row, names) for row in Subscription.objects.all()),
        "people": _sorted(_person(user, passwords) for user in User.objects.all()),
        "members": _sorted(
            (names[m.company_id], m.user.email, m.role) for m in Membership.objects.select_related("user")
        ),
        "invitations": _sorted(
            (names[i.company_id], i.email, i.role, i.outcome, i.user_id is not None) for i in Invitation.objects.all()
        ),
        "attention": _sorted(_item(item) for item in AttentionItem.objects.filter(closed_at=None)),
        "stories": _sorted((names[e.company_id], e.code, *sorted(e.after)) for e in Event.objects.all()),
        "mails": _sorted(
            (m.kind, m.user.email if m.user else "", m.invitation.email if m.invitation else "")
            for m in OutgoingMail.objects.select_related("user", "invitation")
        ),
        "held": _sorted(_held(held) for held in HeldChanges.objects.all()),
        "gateway": _sorted(
            (g.name, g.decided_with, g.confirmed_at is None, g.lease_until) for g in WhmcsGateway.objects.all()
        ),
    }  # fmt: skip


def difference(one: State, other: State) -> str:
    """What is in one and not in the other; empty where they are equal."""
    parts = []
    for table in one:
        missing = [row for row in one[table] if row not in other[table]]
        extra = [row for row in other[table] if row not in one[table]]
        if missing or extra or len(one[table]) != len(other[table]):
            parts.append(f"{table}: missing {missing}, extra {extra}, {len(one[table])} became {len(other[table])}")
    return "; ".join(parts)


def _columns(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields if field.name != "last_seen_at"]


def _names() -> dict[int, str]:
    """A company is known by its services: names may be equal and numbers depend on the way."""
    services: dict[int, list[int]] = defaultdict(list)
    for company_id, service_id in Subscription.objects.exclude(company=None).values_list("company_id", "service_id"):
        services[company_id or 0].append(service_id)
    return {pk: f"{name} {sorted(services[pk])}" for pk, name in Company.objects.values_list("pk", "name")}


def _company(company: Company, name: str) -> tuple[Any, ...]:
    return (
        name, company.email, company.phone, company.language, company.plan.name, company.status, company.due_date,
        company.override_until, company.unreadable_since is None, company.hold_until, company.locked_at,
        company.closing_held_since is None, access_of(company).state.value,
    )  # fmt: skip


def _subscription(row: Subscription, names: Mapping[int, str]) -> tuple[Any, ...]:
    return (
        row.service_id, row.client_id, row.product_id, row.status, row.due_date, row.plan_value, row.override_until,
        row.is_settled, row.vanished_at is None, names[row.company_id] if row.company_id else None,
    )  # fmt: skip


def _person(user: User, passwords: Mapping[str, str]) -> tuple[Any, ...]:
    typed = passwords.get(user.email)
    opens = typed is not None and user.check_password(typed)
    return (user.email, user.name, user.is_staff, user.password_is_from_shop, user.has_usable_password(), opens)


def _held(held: HeldChanges) -> tuple[Any, ...]:
    services = sorted(held.companies.values_list("service_id", flat=True))
    return (held.kind, held.verdict, held.version, held.closed_at is None, held.kept_until, services)


def _item(item: AttentionItem) -> tuple[Any, ...]:
    params = {key: value for key, value in item.params.items() if not key.endswith("_id")}
    return (item.kind, item.subject, repr(sorted(params.items())), item.subscription_id is not None)


def _sorted(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted(rows, key=repr)
