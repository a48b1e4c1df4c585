"""What an owner does on the page of the team, and where a person stands on it."""

from django.test import Client

from companies.models import Company
from companies.team.roster import load_rows


def add(client: Client, email: str = "bob@example.com", **more: str) -> str:
    values = {"name": "Bob", "email": email, "role": "member", "password": ""}
    return client.post("/team/", {**values, **more}, follow=True).content.decode()


def key_of(company: Company, email: str) -> str:
    acting = company.memberships.order_by("pk")[0]
    return next(row.key for row in load_rows(company, acting) if row.email == email)
