"""Guards on the customers' pages: who may do what there, and how much may be asked of billing."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.test import Client
from django.utils import timezone

from billing.models import PaymentCheck, Subscription
from billing.self_service import WhmcsBackend
from companies.access import Status
from companies.authentication.links import set_password_url
from companies.models import Company, Installation, Membership, Role, User
from companies.self_service import paid_check
from plans.models import Plan
from tests.proofs.guards.guard import Guard, becomes, says
from tests.proofs.guards.stage import Stage, gateway_now

NEW = "an entirely new horse"


def _browser(email: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(email=email))
    return client


def _suspended_with_a_member(stage: Stage, **columns: object) -> Company:
    stage.open("Alice")
    company = stage.company("Alice")
    member = User.objects.create_user("carol@example.com", name="Carol")
    Membership.objects.create(company=company, user=member, role=Role.MEMBER, **columns)
    return company


def a_member_presses_check_now(stage: Stage) -> list[str]:
    company = _suspended_with_a_member(stage)
    Company.objects.filter(pk=company.pk).update(status=Status.SUSPENDED)
    _browser("carol@example.com").post("/company/check/")
    return ["a member asked billing"] if PaymentCheck.objects.exists() else []


def an_owner_presses_check_now_all_day(stage: Stage) -> list[str]:
    """Each press comes after billing has answered the one before."""
    stage.open("Alice")
    company, now, asked = stage.company("Alice"), timezone.now(), 0
    for number in range(20):
        at = now + number * timedelta(minutes=1)
        asked += paid_check.press(company, at=at) is paid_check.Pressed.ASKED
        PaymentCheck.objects.update(state=PaymentCheck.State.READ, ended_at=at)
    return [f"billing was asked {asked} times about one company"] if asked > 10 else []


def everybody_presses_check_now_at_once(stage: Stage) -> list[str]:
    stage.open("Alice")
    now, plan, gateway = timezone.now(), Plan.objects.all()[0], gateway_now()
    companies = Company.objects.bulk_create([Company(name=str(n), plan=plan, source=gateway) for n in range(70)])
    Subscription.objects.bulk_create([
        Subscription(gateway=gateway, service_id=9000 + n, client_id=1, product_id=7, company=one, status="Active")
        for n, one in enumerate(companies)
    ])  # fmt: skip
    for one in companies:
        WhmcsBackend().ask(one, at=now, same_for=paid_check.SAME_FOR)
    asked = PaymentCheck.objects.count()
    return [f"billing was asked about {asked} companies in a minute"] if asked > 60 else []


def a_member_decides_about_others(stage: Stage) -> list[str]:
    _suspended_with_a_member(stage)
    _browser("carol@example.com").post("/team/", {"email": "x@example.com", "name": "X", "role": "member"})
    return ["a member invited somebody"] if stage.company("Alice").invitations.exists() else []


def a_member_chooses_who_stays(stage: Stage) -> list[str]:
    company = _suspended_with_a_member(stage)
    dora = User.objects.create_user("dora@example.com")
    Membership.objects.create(company=company, user=dora, role=Role.MEMBER, waits_since=timezone.now())
    page = _browser("carol@example.com").get("/team/who-stays/")
    return ["a member chooses who stays"] if page.status_code == 200 else []


def somebody_who_waits_goes_on_working(stage: Stage) -> list[str]:
    _suspended_with_a_member(stage, waits_since=timezone.now())
    page = _browser("carol@example.com").get("/team/")
    return ["somebody without a seat works"] if page.status_code == 200 else []


def _must_choose(stage: Stage) -> User:
    stage.open("Alice")
    Installation(pk=Installation.THE_ONE, shop_password_must_change=True).save()
    return User.objects.get(email="alice@example.com")


def who_must_choose_a_password_goes_on_working(stage: Stage) -> list[str]:
    _must_choose(stage)
    page = _browser("alice@example.com").get("/team/")
    return ["Alice works with the shop's password"] if page.status_code == 200 else []


def who_must_choose_a_password_chooses_the_shops(stage: Stage) -> list[str]:
    user = _must_choose(stage)
    user.set_password(NEW)
    user.save()
    Client().post(urlsplit(set_password_url(user)).path, {"password1": NEW, "password2": NEW})
    user.refresh_from_db()
    return [] if user.password_is_from_shop else ["Alice keeps the shop's password as her own"]


GUARDS = (
    Guard("only owners ask billing", "companies.views.blocked:ensure_owner", says(None),
          a_member_presses_check_now, "a member asked billing"),
    Guard("a company asks ten times an hour", "companies.self_service.paid_check:MOST_PER_HOUR", becomes(10**9),
          an_owner_presses_check_now_all_day, "billing was asked 20 times about one company"),
    Guard("all together ask sixty times a minute", "billing.self_service:CHECKS_PER_MINUTE", becomes(10**9),
          everybody_presses_check_now_at_once, "billing was asked about 70 companies"),
    Guard("members manage nobody", "companies.team:ensure_may_manage", says(None),
          a_member_decides_about_others, "a member invited somebody"),
    Guard("only owners choose who stays", "companies.views.waiting:ensure_owner", says(None),
          a_member_chooses_who_stays, "a member chooses who stays"),
    Guard("who waits for a seat can't work", "companies.authorization.tenancy:Tenancy.waits",
          becomes(property(lambda self: False)), somebody_who_waits_goes_on_working, "somebody without a seat works"),
    Guard("the shop's password opens nothing but its change", "companies.middleware:must_change_password", says(False),
          who_must_choose_a_password_goes_on_working, "Alice works with the shop's password"),
    Guard("the shop's password is not chosen again", "companies.forms.accounts:is_known_password", says(False),
          who_must_choose_a_password_chooses_the_shops, "Alice keeps the shop's password"),
)  # fmt: skip
