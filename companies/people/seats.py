"""Counts the seats of a company, and checks them under a lock on its row."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils import timezone

from companies.errors import AlreadyMember, LastOwner, SeatLimitReached
from companies.models import Company, Invitation, Membership, Role


class Seats(NamedTuple):
    """The taken seats, the limit, and the number of people who wait for a seat."""

    taken: int
    limit: int
    waiting: int = 0

    @property
    def left(self) -> int:
        """The number of free seats; 0 if there are too many people."""
        return max(self.limit - self.taken, 0)

    @property
    def over(self) -> int:
        """The number of people without a seat in the plan, after a downgrade."""
        return max(self.taken - self.limit, 0)


def open_invitations_at(at: datetime) -> Q:
    """The condition for invitations that still count."""
    return Q(closed_at=None) & (Q(expires_at=None) | Q(expires_at__gt=at))


def load_seats(company: Company) -> Seats:
    """The seats of a company that was loaded with its plan (one query)."""
    at = timezone.now()
    taken, waiting = Company.objects.values_list(people_seated(at), people_waiting(at)).get(pk=company.pk)
    return Seats(taken, company.plan.users, waiting)


def people_seated(at: datetime) -> Combinable:
    """How many seats are taken, as a column for a query of companies."""
    return _people(Q(waits_since=None), at)


def people_waiting(at: datetime) -> Combinable:
    """How many people wait for a seat, as a column for a query of companies."""
    return _people(Q(waits_since__isnull=False), at)


def seats_taken(company: Company) -> int:
    """How many seats members and open invitations take (one query)."""
    return load_seats(company).taken


def lock_company(company: Company) -> Company:
    """The company's row, locked until the transaction ends. (SQLite locks the whole file at its beginning.)"""
    return Company.objects.select_for_update(of=("self",)).select_related("plan").get(pk=company.pk)


def ensure_newcomer(company: Company, address: str) -> None:
    """Raise AlreadyMember if the address is a member's or has an open invitation."""
    invited = company.invitations.filter(open_invitations_at(timezone.now()), email=address)
    if company.memberships.filter(user__email=address).exists() or invited.exists():
        raise AlreadyMember


def ensure_free_seat(company: Company) -> None:
    """Raise SeatLimitReached if no seat is free. Reliable only while the company is locked."""
    if seats_taken(company) >= company.plan.users:
        raise SeatLimitReached(company.plan.users)


def ensure_other_owner(company: Company, membership: Membership) -> None:
    """Raise LastOwner if there is no other owner. Reliable only while the company is locked."""
    if not company.memberships.filter(role=Role.OWNER).exclude(pk=membership.pk).exists():
        raise LastOwner


def _people(which: Q, at: datetime) -> Combinable:
    invited = Invitation.objects.filter(open_invitations_at(at), which)
    return _number_of(Membership.objects.filter(which)) + _number_of(invited)


def _number_of(rows: QuerySet[Any]) -> Coalesce:
    """A subquery: how many of these rows belong to the company of the outer query."""
    numbers = rows.filter(company=OuterRef("pk")).order_by().values("company").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(numbers), 0)
