"""Queries for pages about people, one each."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, BooleanField, Count, DateTimeField, Q, QuerySet, Value
from django.utils import timezone

from companies.database.sql import partly_loaded
from companies.models import Company, Invitation, Membership, User
from companies.people.seats import open_invitations_at


class _Person(NamedTuple):
    """A row of the union of members and open invitations. `user_id` is None for an invitation."""

    pk: int
    role: str
    created_at: datetime
    waits_since: datetime | None
    name: str
    email: str
    user_id: int | None
    is_active: bool | None
    last_login: datetime | None
    had_first_password: bool | None
    expires_at: datetime | None


def open_invitations_of(user: User) -> QuerySet[Invitation]:
    """The open invitations of this person, with their companies."""
    return (
        Invitation.objects.filter(open_invitations_at(timezone.now()), email=user.email)
        .select_related("company")
        .order_by("created_at", "pk")
    )


def load_members_and_invitations(company: Company, *, since: datetime) -> list[Membership | Invitation]:
    """Who belongs to the company, with what a list of people shows, and the invitations to it that nobody answered.

    Of those only what is open, or was at `since`.
    """
    invited = company.invitations.filter(open_invitations_at(since))
    nothing, never = Value(None, BooleanField(null=True)), Value(None, DateTimeField(null=True))
    members = company.memberships.values_list(
        "pk", "role", "created_at", "waits_since", "user__name", "user__email", "user_id",
        "user__is_active", "user__last_login", nothing, never,
    )  # fmt: skip
    invitations = invited.values_list(
        "pk", "role", "created_at", "waits_since", "name", "email", Value(None, BigIntegerField(null=True)),
        nothing, never, "had_first_password", "expires_at",
    )  # fmt: skip
    return [_source(company, _Person(*row)) for row in members.union(invitations, all=True)]


def _source(company: Company, one: _Person) -> Membership | Invitation:
    common = {
        "id": one.pk, "company_id": company.pk, "role": one.role,
        "created_at": one.created_at, "waits_since": one.waits_since,
    }  # fmt: skip
    source: Membership | Invitation
    if one.user_id is None:
        source = partly_loaded(
            Invitation, **common, name=one.name, email=one.email,
            had_first_password=one.had_first_password, expires_at=one.expires_at, closed_at=None,
        )  # fmt: skip
    else:
        source = partly_loaded(Membership, **common, user_id=one.user_id)
        source.user = partly_loaded(
            User, id=one.user_id, name=one.name, email=one.email, is_active=one.is_active, last_login=one.last_login
        )
    source.company = company
    return source


def people_in(company_ids: Collection[int] | QuerySet[Any, Any], *, at: datetime) -> tuple[int, int]:
    """How many people belong to these companies, and how many of them worked in one within the hour before `at`."""
    members = Membership.objects.filter(company_id__in=company_ids)
    counts = members.aggregate(
        people=Count("user", distinct=True),
        active=Count("user", distinct=True, filter=Q(last_seen_at__gt=at - timedelta(hours=1))),
    )
    return counts["people"], counts["active"]
