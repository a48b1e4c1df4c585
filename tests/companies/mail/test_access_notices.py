"""Mails to owners about due dates and access: when, to whom, and once."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import IntegrityError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from billing.tick import tick
from companies import lifecycle
from companies.access import Facts, Status
from companies.events import Actor
from companies.mail.access_notices import CHECKED, queue_due_notices
from companies.mail.notice_rules import Notice, NoticeSettings, decide_is_back, decide_notice
from companies.mail.outbox import send_due_mails
from companies.models import BillingSource, Company, Installation, Membership, OutgoingMail, Role
from companies.story import BillingChange
from tests.companies.factories import make_company, make_person, state_of

ZONE = timezone.get_default_timezone()
TODAY = date(2026, 6, 15)
NOW = datetime.combine(TODAY, time(12), tzinfo=ZONE)
ALL = NoticeSettings(renewal_days=7, ends_soon=True, back=True)
RUN = Actor("sync run 1")


def facts(due: int | None = 20, *, read_hours_ago: float | None = 1, **more: Any) -> Facts:
    """Of a company that is due so many days from today."""
    known = {
        "status": Status.ACTIVE, "status_since": NOW, "grace_days": 3, "unconfirmed_days": 14,
        "due_date": None if due is None else TODAY + timedelta(days=due),
        "read_at": None if read_hours_ago is None else NOW - timedelta(hours=read_hours_ago),
    }  # fmt: skip
    return Facts(**{**known, **more})


@pytest.mark.parametrize(
    ("known", "notice"),
    [
        (facts(8), None),
        (facts(7), Notice.RENEWAL_COMING),
        (facts(0), Notice.RENEWAL_COMING),
        (facts(-1), Notice.ACCESS_ENDS_SOON),
        (facts(-3), Notice.ACCESS_ENDS_SOON),
        (facts(-1, grace_days=4), Notice.ACCESS_ENDS_SOON),
        (facts(-1, grace_days=5), None),
        (facts(-4), None),
        (facts(None), None),
        (facts(5, read_hours_ago=25), None),
        (facts(5, read_hours_ago=None), None),
        (facts(-1, read_hours_ago=13), None),
        (facts(5, is_paused=True), None),
        (facts(5, hold_until=TODAY), None),
        (facts(-1, hold_until=TODAY), None),
        (facts(5, locked_at=NOW), None),
        (facts(5, status=Status.SUSPENDED), None),
        (facts(-1, override_until=TODAY), None),
    ],
)
def test_what_is_told_about_a_due_date(known: Facts, notice: Notice | None) -> None:
    assert decide_notice(known, ALL, now=NOW, zone=ZONE) == notice


def test_what_the_operator_does_not_want_is_not_told() -> None:
    nothing = NoticeSettings(renewal_days=0, ends_soon=False, back=False)
    assert {decide_notice(facts(due), nothing, now=NOW, zone=ZONE) for due in (0, 3, -1)} == {None}


@pytest.mark.parametrize(
    ("before", "after", "is_back"),
    [
        (facts(status=Status.SUSPENDED), facts(), True),
        (facts(status=Status.TERMINATED), facts(), True),
        (facts(-10), facts(20), True),
        (facts(-2), facts(20), False),
        (facts(-10), facts(-9), False),
        (facts(status=Status.SUSPENDED), facts(-9), False),
        (facts(-10, locked_at=NOW), facts(locked_at=NOW), False),
        (facts(-10, hold_until=TODAY), facts(hold_until=TODAY), False),
        (facts(status=Status.SUSPENDED, is_paused=True), facts(is_paused=True), False),
    ],
)
def test_access_is_back_where_billing_opened_what_it_had_closed(before: Facts, after: Facts, is_back: bool) -> None:
    assert decide_is_back(before, after, now=NOW, zone=ZONE) is is_back


def set_notices(**settings: Any) -> None:
    Installation.objects.update_or_create(pk=Installation.THE_ONE, defaults=settings)


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def make_owner(due: int, name: str = "Ana Sousa", email: str = "ana@example.com", **more: Any) -> Company:
    company = make_company(name, due_date=in_days(due), **more)
    make_person(email, company=company)
    # A reading from just now, in a test that may run just after midnight.
    BillingSource.objects.update(confirmed_at=timezone.now())
    return company


def look() -> list[str]:
    """What the next look tells, as kinds of mail."""
    cache.delete(CHECKED)
    known = set(OutgoingMail.objects.values_list("pk", flat=True))
    queue_due_notices(timezone.now())
    return sorted(OutgoingMail.objects.exclude(pk__in=known).values_list("kind", flat=True))


def bill(company: Company, **after: Any) -> None:
    """What a sync writes when billing says something else."""
    before = state_of(company)
    change = BillingChange(company.pk, before, before._replace(**after), "said so")
    lifecycle.apply_billing_changes([change], actor=RUN, at=timezone.now())
    company.refresh_from_db()


def backs() -> int:
    return OutgoingMail.objects.filter(kind=Notice.ACCESS_BACK).count()


@pytest.mark.django_db
def test_renewals_are_told_only_where_the_operator_wants_it() -> None:
    make_owner(5)
    assert look() == []
    set_notices(renewal_mail_days=7)
    assert look() == ["renewal_coming"]


@pytest.mark.django_db
def test_each_due_date_is_told_once() -> None:
    set_notices(renewal_mail_days=7)
    company = make_owner(5)
    assert [look(), look(), look()] == [["renewal_coming"], [], []]
    Company.objects.filter(pk=company.pk).update(due_date=in_days(6))
    assert [look(), look()] == [["renewal_coming"], []]


@pytest.mark.django_db
def test_the_database_refuses_to_tell_twice() -> None:
    company = make_owner(5)
    told = {"user": Membership.objects.get().user, "company": company, "kind": "renewal_coming", "day": in_days(5)}
    OutgoingMail.objects.create(**told)
    with pytest.raises(IntegrityError):
        OutgoingMail.objects.create(**told)


@pytest.mark.django_db
def test_owners_are_told_one_mail_for_each_company_and_members_nothing() -> None:
    set_notices(renewal_mail_days=7)
    first, second = make_owner(5), make_company("Second", due_date=in_days(5))
    Membership.objects.create(user=Membership.objects.get().user, company=second, role=Role.OWNER)
    make_person("bob@example.com", company=first, role=Role.ADMIN)
    make_person("gone@example.com", company=first, is_active=False)
    assert look() == ["renewal_coming"] * 2
    assert send_due_mails() == 2
    assert {message.to[0] for message in mail.outbox} == {"ana@example.com"}
    assert len({message.subject for message in mail.outbox}) == 2


@pytest.mark.django_db
def test_a_look_writes_no_more_than_it_may_and_the_next_tick_goes_on() -> None:
    set_notices(renewal_mail_days=7)
    for number in range(3):
        make_owner(5, f"Company {number}", f"p{number}@example.com")
    assert [queue_due_notices(timezone.now(), limit=2) for _ in range(3)] == [2, 1, 0]


@pytest.mark.django_db
def test_between_looks_a_tick_costs_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    queue_due_notices(timezone.now())
    with django_assert_num_queries(1):
        queue_due_notices(timezone.now())


@pytest.mark.django_db
def test_the_clock_tells_and_sends_with_the_same_tick() -> None:
    make_owner(-1)
    tick()
    assert [message.to for message in mail.outbox] == [["ana@example.com"]]


@pytest.mark.django_db
def test_without_mail_nothing_is_written(settings: Settings) -> None:
    settings.MAIL_IS_CONFIGURED = False
    make_owner(-1)
    assert look() == []


@pytest.mark.django_db
def test_that_access_ends_is_told_with_its_day_until_somebody_pays() -> None:
    company = make_owner(-1)
    assert [look(), look()] == [["access_ends_soon"], []]
    assert send_due_mails() == 1
    assert mail.outbox[0].subject.startswith("Ana Sousa: open until ")
    assert "http://localhost:8000/\n" in mail.outbox[0].body
    Company.objects.filter(pk=company.pk).update(due_date=in_days(-2))
    assert look() == ["access_ends_soon"]
    Company.objects.filter(pk=company.pk).update(due_date=in_days(28))
    assert send_due_mails() == 0
    assert OutgoingMail.objects.filter(last_error="no longer needed").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("after", [{"locked_at": timezone.now()}, {"hold_until": date(2099, 1, 1)}])
def test_whom_an_operator_locks_or_keeps_open_meanwhile_gets_no_mail(after: dict[str, Any]) -> None:
    company = make_owner(-1)
    assert look() == ["access_ends_soon"]
    Company.objects.filter(pk=company.pk).update(**after)
    assert send_due_mails() == 0


@pytest.mark.django_db
def test_in_a_pause_nothing_is_told_and_nothing_goes_out() -> None:
    company = make_owner(-1, status="suspended")
    make_owner(-1, "Other", "other@example.com")
    assert look() == ["access_ends_soon"]
    BillingSource.objects.update(paused_at=timezone.now())
    bill(company, status="active", due_date=in_days(20))
    assert look() == []
    assert backs() == 0
    assert send_due_mails() == 0


@pytest.mark.django_db
def test_who_was_suspended_and_is_active_again_is_told_once() -> None:
    company = make_owner(20, status="suspended")
    bill(company, status="active")
    assert backs() == 1
    bill(company, status="suspended")
    bill(company, status="active")
    assert backs() == 1
    assert send_due_mails() == 1
    assert mail.outbox[0].subject == "Ana Sousa is open again"


@pytest.mark.django_db
def test_who_paid_what_was_overdue_is_told_and_who_renews_in_time_is_not() -> None:
    late, early = make_owner(-10), make_owner(1, "Early", "early@example.com")
    bill(late, due_date=in_days(20))
    bill(early, due_date=in_days(31))
    assert OutgoingMail.objects.get().company == late


@pytest.mark.django_db
def test_what_an_operator_opens_is_not_told() -> None:
    company = make_owner(20, status="suspended")
    boss = Actor("boss")
    lifecycle.hold_open(company, until=in_days(3), reason="cheque", actor=boss, at=timezone.now())
    bill(company, status="active")
    lifecycle.lock(company, reason="abuse", actor=boss, at=timezone.now())
    lifecycle.unlock(company, reason="mended", actor=boss, at=timezone.now())
    assert backs() == 0


@pytest.mark.django_db
def test_who_is_closed_again_before_the_mail_goes_out_does_not_get_it() -> None:
    company = make_owner(20, status="suspended")
    bill(company, status="active")
    bill(company, status="suspended")
    assert send_due_mails() == 0


@pytest.mark.django_db
def test_the_operator_can_switch_both_off() -> None:
    set_notices(mail_before_access_ends=False, mail_when_access_is_back=False)
    make_owner(-1)
    back = make_owner(20, "Back", "back@example.com", status="suspended")
    bill(back, status="active")
    assert look() == []
    assert backs() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "subject"),
    [("english", "Ana Sousa is open again"), ("portuguese-br", "Ana Sousa está aberta de novo"),
     ("spanish", "Ana Sousa vuelve a estar abierta")],
)  # fmt: skip
def test_they_are_in_the_language_of_the_company(language: str, subject: str) -> None:
    bill(make_owner(20, status="suspended", language=language), status="active")
    send_due_mails()
    assert mail.outbox[0].subject == subject


@pytest.mark.django_db
def test_a_companys_name_adds_no_header() -> None:
    bill(make_owner(20, "Evil\r\nBcc: all@example.com", status="suspended"), status="active")
    send_due_mails()
    assert mail.outbox[0].subject == "Evil Bcc: all@example.com is open again"
    assert mail.outbox[0].recipients() == ["ana@example.com"]
