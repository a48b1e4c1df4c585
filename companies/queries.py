"""What pages read, each in one query."""

from django.db.models import QuerySet
from django.utils import timezone

from companies.models import Invitation, User
from companies.seats import open_invitations_at


def open_invitations_of(user: User) -> "QuerySet[Invitation]":
    """The invitations that wait for this person's answer, with their companies."""
    return (
        Invitation.objects.filter(open_invitations_at(timezone.now()), email=user.email)
        .select_related("company")
        .order_by("created_at", "pk")
    )
