"""Rows that say what the server says, written directly: a long run of the product would only repeat it slowly."""

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from bench.world import PLANS, PRODUCT, World, client_of, email_of, name_of, plan_of
from billing.models import Subscription, WhmcsGateway
from billing.steps.run.policy import load_policy, policy_fingerprint
from companies.access import Status
from companies.models import Company
from plans.models import Plan


def create_gateway(base_url: str) -> WhmcsGateway:
    """Empty tables, the plans, and a gateway that has decided with them before."""
    call_command("migrate", verbosity=0)
    for users, name in enumerate(PLANS, start=1):
        Plan.objects.create(name=name, users=users)
    gateway = WhmcsGateway.objects.create(
        name="Bench", base_url=base_url, api_identifier="i", api_secret="s", product_code=PRODUCT,  # noqa: S106
    )  # fmt: skip
    now = timezone.now()
    gateway.confirmed_at, gateway.decided_with = now, policy_fingerprint(gateway, load_policy(gateway, began_at=now))
    gateway.save()
    return gateway


def fill(gateway: WhmcsGateway, world: World) -> None:
    """A company and a settled subscription for each service of the world, known to the planner of the database."""
    plans = dict(Plan.objects.values_list("name", "pk"))
    for start in range(1, world.services + 1, 5000):
        ids = range(start, min(start + 5000, world.services + 1))
        companies = Company.objects.bulk_create([_company(gateway, world, i, plans) for i in ids])
        Subscription.objects.bulk_create(
            [_subscription(gateway, world, i, company) for i, company in zip(ids, companies, strict=True)]
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as PostgreSQL's own daemon does within a minute


def _company(gateway: WhmcsGateway, world: World, service_id: int, plans: dict[str, int]) -> Company:
    client_id = client_of(service_id)
    return Company(
        source=gateway, name=" ".join(name_of(client_id)), email=email_of(client_id), status=Status.ACTIVE.value,
        plan_id=plans[plan_of(service_id)], due_date=world.due_date(service_id),
    )  # fmt: skip


def _subscription(gateway: WhmcsGateway, world: World, service_id: int, company: Company) -> Subscription:
    return Subscription(
        gateway=gateway, service_id=service_id, client_id=client_of(service_id), product_id=PRODUCT, company=company,
        status="Active", due_date=world.due_date(service_id), plan_value=plan_of(service_id), is_settled=True,
        details_read_at=timezone.now(),
    )  # fmt: skip
