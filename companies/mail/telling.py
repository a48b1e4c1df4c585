"""Who gets which mail about how their company stands, each once (`companies.mail.notices` has the rules).

The outbox is the memory: it takes one mail of a kind for a day, a person and a company, so two clocks that tick at once
send nothing twice.
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
from companies.mail.notices import Notice, Wishes, decide_is_back, decide_notice
from companies.models import Company, Installation, Membership, OutgoingMail, Role
from companies.standings.facts import access_of, facts_of
from companies.standings.groups import Group, companies_of, load_groups

AT_A_TIME = 200
LOOKED = "companies.telling.looked"
LOOK_EVERY = timedelta(minutes=10)


def tell_owners(now: datetime, limit: int = AT_A_TIME) -> int:
    """Queue mails about due dates, at most `limit`; returns how many. Called with every tick.

    It looks once in ten minutes, or again with the next tick if it left some out.
    """
    if not settings.MAIL_IS_CONFIGURED or cache.get(LOOKED):
        return 0
    wishes = load_wishes()
    written = _tell(now, wishes, limit) if wishes.renewal_days or wishes.ends_soon else 0
    if written < limit:
        cache.set(LOOKED, True, LOOK_EVERY.total_seconds())
    return written


def queue_access_back(changes: Iterable[tuple[int, BillingState, BillingState]], *, at: datetime) -> None:
    """Tell the owners of those companies that billing opened. Call it in the transaction that writes the changes.

    Each of `changes` is a company's number, what billing said before and what it says now.
    """
    if not settings.MAIL_IS_CONFIGURED:
        return
    today = timezone.localdate(at)
    possible = {pk: (was, is_now) for pk, was, is_now in changes if _may_have_opened(was, is_now, today)}
    if not possible or not load_wishes().back:
        return
    companies = Company.objects.filter(pk__in=possible).select_related("source")
    back = [company.pk for company in companies if _is_back(company, *possible[company.pk], at=at)]
    owners = _owners().filter(company__in=back).order_by("pk").values_list("user_id", "company_id")
    _queue(Notice.ACCESS_BACK, [(user, company, today) for user, company in owners], at)


def is_still_true(mail: OutgoingMail, now: datetime) -> bool:
    """Whether a mail about a company may go out: it was true when it was written, and much may have happened since."""
    company = mail.company
    if company is None or not _owners().filter(user=mail.user, company=company).exists():
        return False
    if mail.kind == Notice.ACCESS_BACK:
        access = access_of(company, now=now)
        return access.is_open and access.reason not in {Reason.HELD_OPEN, Reason.HOLD_UNCONFIRMED}
    decided = decide_notice(facts_of(company, now=now), load_wishes(), now=now, zone=timezone.get_default_timezone())
    return mail.kind == decided and mail.day == company.due_date


def load_wishes() -> Wishes:
    """What the operator wants to be told; one query."""
    row = Installation.load()
    return Wishes(row.renewal_mail_days, row.mail_before_access_ends, row.mail_when_access_is_back)


def _tell(now: datetime, wishes: Wishes, limit: int) -> int:
    """Ask the rules once for each group of companies that stand alike, and have the database find their owners."""
    zone = timezone.get_default_timezone()
    by_notice: dict[Notice, list[Group]] = {}
    for group in load_groups(now):
        if (notice := decide_notice(group.facts, wishes, now=now, zone=zone)) is not None:
            by_notice.setdefault(notice, []).append(group)
    written = 0
    for notice, groups in by_notice.items():
        owners = _untold(notice, companies_of(groups, Company.objects.all()))[: limit - written]
        written += _queue(notice, list(owners), now)
    return written


def _owners() -> QuerySet[Membership]:
    return Membership.objects.filter(role=Role.OWNER, user__is_active=True)


def _untold(notice: Notice, companies: QuerySet[Company]) -> QuerySet[Any, Any]:
    """Owners who have no mail of this kind about the due date of today, with their company and that date."""
    told = OutgoingMail.objects.filter(
        user=OuterRef("user"), company=OuterRef("company"), kind=notice.value, day=OuterRef("company__due_date")
    )
    untold = _owners().filter(~Exists(told), company__in=companies)
    return untold.order_by("pk").values_list("user_id", "company_id", "company__due_date")


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
    """Cheap, for the many changes that open nothing: closed is what is not active, or what was due before today."""
    was_due = before.due_date is not None and before.due_date < today
    return after.status == Status.ACTIVE and (before.status != Status.ACTIVE or was_due)


def _is_back(company: Company, before: BillingState, after: BillingState, *, at: datetime) -> bool:
    facts = facts_of(company, now=at)
    zone = timezone.get_default_timezone()
    return decide_is_back(_with(facts, before), _with(facts, after), now=at, zone=zone)


def _with(facts: Facts, state: BillingState) -> Facts:
    return facts._replace(status=Status(state.status), due_date=state.due_date, override_until=state.override_until)
