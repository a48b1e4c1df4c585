"""What pages read, each in one query."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from companies.models import Company, Invitation, Membership, Role, User
from companies.seats import open_invitations_at


def open_invitations_of(user: User) -> "QuerySet[Invitation]":
    """The invitations that wait for this person's answer, with their companies."""
    return (
        Invitation.objects.filter(open_invitations_at(timezone.now()), email=user.email)
        .select_related("company")
        .order_by("created_at", "pk")
    )


def owners_of(company: Company) -> list[str]:
    """The owners' names, or addresses where they have none."""
    owners = company.memberships.filter(role=Role.OWNER, user__is_active=True).select_related("user")
    return [str(membership.user) for membership in owners.order_by("user__name", "pk")]


def people_in(company_ids: "Collection[int] | QuerySet[Any, Any]", *, at: datetime) -> tuple[int, int]:
    """How many people belong to these companies, and how many of them worked in one within the hour before `at`."""
    members = Membership.objects.filter(company_id__in=company_ids)
    counts = members.aggregate(
        people=Count("user", distinct=True),
        active=Count("user", distinct=True, filter=Q(last_seen_at__gt=at - timedelta(hours=1))),
    )
    return counts["people"], counts["active"]
