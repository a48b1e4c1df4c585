"""What a customer's page needs about their company besides the company itself, in one query."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONArray
from django.utils import timezone

from companies.database.sql import JsonList, partly_loaded
from companies.models import Company, Invitation, Membership, Role, User
from companies.people.queries import open_invitations_of
from companies.people.seats import Seats, people_seated, people_waiting
from companies.self_service import backend
from companies.self_service.backend import Service


class About(NamedTuple):
    """The company's seats, its service, the names of its owners, and the open invitations of the page's reader.

    Of an invitation only the key, the address, the role and the company's name are loaded.
    """

    seats: Seats
    service: Service | None
    owners: list[str]
    invitations: list[Invitation]


def load_about(company: Company, reader: User) -> About:
    """Load it for a company that was loaded with its plan."""
    row = _rows(reader, timezone.now()).filter(pk=company.pk)[0]  # of several services the first counts
    owners = sorted(row["owners"] or (), key=lambda owner: owner[:2])
    return About(
        seats=Seats(row["taken"], company.plan.users, row["waiting"]),
        service=backend.read_service(row),
        owners=[name or email for name, _, email in owners],
        invitations=[_invitation(*values) for values in sorted(row["invited"] or ())],
    )


def _rows(reader: User, at: datetime) -> QuerySet[Company, dict[str, Any]]:
    owners = Membership.objects.filter(company=OuterRef("pk"), role=Role.OWNER, user__is_active=True)
    invited = open_invitations_of(reader)
    rows: QuerySet[Company, dict[str, Any]] = Company.objects.order_by(*backend.order()).values(
        *backend.columns(),
        taken=people_seated(at),
        waiting=people_waiting(at),
        owners=JsonList.of(owners, JSONArray("user__name", "pk", "user__email")),
        invited=JsonList.of(invited, JSONArray("pk", "email", "role", "company__name")),
    )
    return rows


def _invitation(pk: int, email: str, role: str, company_name: str) -> Invitation:
    invitation = partly_loaded(Invitation, id=pk, email=email, role=role)
    invitation.company = Company(name=company_name)
    return invitation
