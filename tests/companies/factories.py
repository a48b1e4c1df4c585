"""Rows for tests, with as little said as possible."""

from datetime import timedelta
from io import StringIO
from typing import Any

from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from companies.access import BillingState
from companies.models import BillingSource, Company, Membership, Role, User
from plans.models import Plan

PASSWORD = "correct horse battery"


def make_plan(users: int = 3, name: str = "Pro") -> Plan:
    return Plan.objects.get_or_create(name=name, defaults={"users": users})[0]


def make_source(**fields: Any) -> BillingSource:
    values = {"name": "Shop", "customer_url": "https://shop.example/clientarea.php", "confirmed_at": timezone.now()}
    return BillingSource.objects.get_or_create(name="Shop", defaults={**values, **fields})[0]


def make_company(name: str = "Ana Sousa", *, users: int = 3, **fields: Any) -> Company:
    plan = fields.pop("plan", None) or make_plan(users)
    due_date = fields.pop("due_date", timezone.localdate() + timedelta(days=20))
    return Company.objects.create(name=name, plan=plan, source=make_source(), due_date=due_date, **fields)


def state_of(company: Company) -> BillingState:
    """What billing says of a company, as it stands."""
    return BillingState(company.status, company.due_date, company.plan_id, company.override_until)


def make_person(
    email: str = "ana@example.com", *, company: Company | None = None, role: Role = Role.OWNER, **fields: Any
) -> User:
    user = User.objects.create_user(email, fields.pop("password", PASSWORD), **fields)
    if company is not None:
        Membership.objects.create(user=user, company=company, role=role)
    return user


def sign_in(user: User) -> Client:
    """A browser in which this person is signed in already."""
    client = Client()
    client.force_login(user)
    return client


def helper(*permissions: str) -> Client:
    """The browser of an operator who is no superuser and may do exactly this."""
    user = make_person("helper@example.com", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return sign_in(user)


def run_command(name: str, *arguments: str) -> tuple[int, str]:
    """The exit status of a command and what it prints."""
    out = StringIO()
    try:
        call_command(name, *arguments, stdout=out)
    except SystemExit as status:
        return int(str(status.code)), out.getvalue()
    return 0, out.getvalue()


def type_password(client: Client, email: str, password: str, **extra: Any) -> Any:
    """Use the sign-in page as a person would."""
    return client.post("/accounts/login/", {"login": email, "password": password}, **extra)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
