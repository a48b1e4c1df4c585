"""Queues notices about their company's access to its owners (`companies.mail.notice_rules` has the rules).

A unique constraint of the outbox allows one mail per kind, day, person and company, so two ticks at the same time send
nothing twice.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from companies.access import BillingState, Facts, Reason, Status
from companies.mail.notice_rules import Notice, NoticeSettings, decide_is_back, decide_notice
from companies.models import Company, Installation, Membership, OutgoingMail, Role
from companies.standings.facts import access_of, facts_of
from companies.standings.groups import Group, companies_of, load_groups

AT_A_TIME = 200
CHECKED = "companies.mail.access_notices.checked"
CHECK_EVERY = timedelta(minutes=10)


def queue_due_notices(now: datetime, limit: int = AT_A_TIME) -> int:
    """Queue the notices about due dates, at most `limit`; returns how many.

    Every tick calls it. It checks every ten minutes, and at the next tick again if it reached the limit.
    """
    if not settings.MAIL_IS_CONFIGURED or cache.get(CHECKED):
        return 0
    switched_on = load_notice_settings()
    queued = _queue_due(now, switched_on, limit) if switched_on.renewal_days or switched_on.ends_soon else 0
    if queued < limit:
        cache.set(CHECKED, True, CHECK_EVERY.total_seconds())
    return queued


def queue_access_back(changes: Iterable[tuple[int, BillingState, BillingState]], *, at: datetime) -> None:
    """Tell the owners of companies that billing has opened. Call it in the transaction that writes the changes.

    Each change is a company's id, its billing state before and its billing state now.
    """
    if not settings.MAIL_IS_CONFIGURED:
        return
    today = timezone.localdate(at)
    possible = {pk: (was, is_now) for pk, was, is_now in changes if _may_have_opened(was, is_now, today)}
    if not possible or not load_notice_settings().back:
        return
    companies = Company.objects.filter(pk__in=possible).select_related("source")
    back = [company.pk for company in companies if _is_back(company, *possible[company.pk], at=at)]
    owners = _owners().filter(company__in=back).order_by("pk").values_list("user_id", "company_id")
    _queue(Notice.ACCESS_BACK, [(user, company, today) for user, company in owners], at)


def is_still_true(mail: OutgoingMail, now: datetime) -> bool:
    """Whether a queued notice still holds. Things may have changed since it was queued."""
    company = mail.company
    if company is None or not _owners().filter(user=mail.user, company=company).exists():
        return False
    if mail.kind == Notice.ACCESS_BACK:
        access = access_of(company, now=now)
        return access.is_open and access.reason not in {Reason.HELD_OPEN, Reason.HOLD_UNCONFIRMED}
    decided = decide_notice(
        facts_of(company, now=now), load_notice_settings(), now=now, zone=timezone.get_default_timezone()
    )
    return mail.kind == decided and mail.day == company.due_date


def load_notice_settings() -> NoticeSettings:
    """Which notices the operator has switched on; one query."""
    row = Installation.load()
    return NoticeSettings(row.renewal_mail_days, row.mail_before_access_ends, row.mail_when_access_is_back)


def _queue_due(now: datetime, switched_on: NoticeSettings, limit: int) -> int:
    """Decide once for each group of companies with the same facts, and let the database find their owners."""
    zone = timezone.get_default_timezone()
    by_notice: dict[Notice, list[Group]] = {}
    for group in load_groups(now):
        if (notice := decide_notice(group.facts, switched_on, now=now, zone=zone)) is not None:
            by_notice.setdefault(notice, []).append(group)
    queued = 0
    for notice, groups in by_notice.items():
        owners = _not_yet_told(notice, companies_of(groups, Company.objects.all()))[: limit - queued]
        queued += _queue(notice, list(owners), now)
    return queued


def _owners() -> QuerySet[Membership]:
    return Membership.objects.filter(role=Role.OWNER, user__is_active=True)


def _not_yet_told(notice: Notice, companies: QuerySet[Company]) -> QuerySet[Any, Any]:
    """Owners without a mail of this kind about the current due date, with their company and that date."""
    told = OutgoingMail.objects.filter(
        user=OuterRef("user"), company=OuterRef("company"), kind=notice.value, day=OuterRef("company__due_date")
    )
    owners = _owners().filter(~Exists(told), company__in=companies)
    return owners.order_by("pk").values_list("user_id", "company_id", "company__due_date")


def _queue(notice: Notice, owners: list[tuple[int, int, date]], at: datetime) -> int:
    params = {"path": reverse("overview")}
    OutgoingMail.objects.bulk_create(
        [
            OutgoingMail(
                kind=notice.value, user_id=user, company_id=company, day=day, params=params, created_at=at, due_at=at
            )
            for user, company, day in owners
        ],
        ignore_conflicts=True,
    )
    return len(owners)


def _may_have_opened(before: BillingState, after: BillingState, today: date) -> bool:
    """A cheap first filter: a company can only have been closed if it was not active or already past its due date."""
    was_due = before.due_date is not None and before.due_date < today
    return after.status == Status.ACTIVE and (before.status != Status.ACTIVE or was_due)


def _is_back(company: Company, before: BillingState, after: BillingState, *, at: datetime) -> bool:
    facts = facts_of(company, now=at)
    zone = timezone.get_default_timezone()
    return decide_is_back(_with(facts, before), _with(facts, after), now=at, zone=zone)


def _with(facts: Facts, state: BillingState) -> Facts:
    return facts._replace(status=Status(state.status), due_date=state.due_date, override_until=state.override_until)
