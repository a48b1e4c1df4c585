"""Companies with one of everything that an address can name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from billing.models import Subscription, WhmcsGateway
from companies.models import Company, Invitation, Membership, Role, User
from companies.team.roster import load_roster
from tests.companies.factories import make_person, make_plan

ROLES = {
    "owner": Role.OWNER, "admin": Role.ADMIN, "member": Role.MEMBER, "colleague": Role.MEMBER, "waiting": Role.MEMBER,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A company with an owner, an administrator, two members, somebody who waits for a seat and somebody invited;
    one more never answered."""

    company: Company
    people: Mapping[str, User]
    invitation: Invitation

    def row_keys(self) -> dict[str, str]:
        """How its people are named in addresses."""
        rows, ran_out = load_roster(self.company, self.people["owner"].memberships.get(company=self.company))
        keys = {row.email: row.key for row in rows}
        return {
            "colleague": keys[self.people["colleague"].email],
            "waiting": keys[self.people["waiting"].email],
            "invited": keys[self.invitation.email],
            "ran_out": ran_out[0].key,
        }


def make_place(name: str, gateway: WhmcsGateway, number: int, **columns: object) -> Place:
    """Its rows have the same `number` in all tables. A payment is due, so that there is something to check."""
    yesterday = timezone.localdate() - timedelta(days=1)
    columns = {"plan": make_plan(9), "source": gateway, "due_date": yesterday, **columns}
    company = Company.objects.create(pk=number, name=name, **columns)
    Subscription.objects.create(
        pk=number, gateway=gateway, service_id=number, client_id=number, product_id=7, company=company, status="Active"
    )
    people = {word: make_person(f"{word}@{name.lower()}.example", name=f"{word} {name}") for word in ROLES}
    for word, role in ROLES.items():
        waits_since = timezone.now() if word == "waiting" else None
        Membership.objects.create(user=people[word], company=company, role=role, waits_since=waits_since)
    User.objects.filter(memberships__company=company).update(last_login=timezone.now())
    Invitation.objects.create(
        pk=number + 500, company=company, email=f"late@{name.lower()}.example",
        expires_at=timezone.now() - timedelta(days=1),
    )  # fmt: skip
    return Place(company, people, invite(company, f"new@{name.lower()}.example", number))


def invite(company: Company, email: str, number: int) -> Invitation:
    """An open invitation that was sent a while ago, so that it may be sent again."""
    expires_at = timezone.now() + timedelta(days=9)
    return Invitation.objects.create(
        pk=number, company=company, email=email, name="New", role=Role.MEMBER, expires_at=expires_at
    )
