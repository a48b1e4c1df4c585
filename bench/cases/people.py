"""What people wait for: sign-ins and the lists of the administration."""

from django.contrib.auth.hashers import make_password
from django.test import Client

from bench.cases.runs import Figures
from bench.crowd import fill_crowd
from bench.fill import create_gateway, fill
from bench.measure import cost_of, counting_queries
from bench.views import VIEWS, open_page
from bench.world import World, client_of, email_of, password_of
from companies.models import Company, Membership, Role, User


def owners(server: str, *, companies: int) -> Figures:
    """Companies, each with an owner who signs in with `password_of` the first service."""
    world = World(companies)
    fill(create_gateway("http://127.0.0.1:1" + world.path), world)
    encoded = make_password(password_of(1))
    people = [User(email=email_of(client_of(i)), password=encoded) for i in range(1, companies + 1)]
    people = User.objects.bulk_create(people)
    pairs = zip(people, Company.objects.order_by("pk"), strict=True)
    Membership.objects.bulk_create([Membership(user=user, company=company, role=Role.OWNER) for user, company in pairs])
    return {}


def lists(server: str, *, companies: int) -> Figures:
    """Each list of the administration with so many companies: queries, and seconds (the fastest of five)."""
    gateway = fill_crowd(companies)
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.create_superuser("operator@example.com"))
    oldest = {
        "companies/company": Company.objects.earliest("pk").pk,
        "billing/syncrun": gateway.runs.earliest("pk").pk,
        "billing/whmcsgateway": gateway.pk,
    }
    figures: Figures = {}
    for view in VIEWS:
        table, _, query = view.partition("/PK/")
        path = f"/admin/{table}/{oldest[table]}/{query}" if query else f"/admin/{view}"
        open_page(client, path)
        with counting_queries() as statements:
            open_page(client, path)
        fastest = min(cost_of(lambda path=path: open_page(client, path)).wall for _ in range(5))  # type: ignore[misc]
        figures |= {f"{view} queries": len(statements), f"{view} wall": fastest}
    return figures
