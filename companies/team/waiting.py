"""Decides who keeps a seat when there are more people than seats.

A downgrade alone takes a seat from nobody. An owner chooses; the others wait and are never removed. Members and open
invitations are treated alike, so that the choice does not reveal whose address is known here.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from companies.errors import NoLongerMember, TooManyStay
from companies.events import Actor, Code
from companies.mail.outbox import queue_notice
from companies.models import Company, Invitation, Membership, Role
from companies.people.seats import ensure_free_seat, load_seats, lock_company, open_invitations_at
from companies.story import NewEvent, tell
from companies.team.story import Place, about


@transaction.atomic
def choose_who_stays(company: Company, *, stay: Collection[Place], wait: Collection[Place], actor: Actor) -> None:
    """Give seats to the people in `stay` and let those in `wait` wait. Nothing changes for all others and for owners.

    Raises TooManyStay if more people than seats remain, unless the owners alone are too many.
    """
    locked, now = lock_company(company), timezone.now()
    told = [_wait(place, locked, actor, now) for place in wait]
    told += [_seat(place, locked, actor, now) for place in stay]
    if load_seats(locked).over and any(rows.filter(waits_since=None).exists() for rows in _others(locked, now)):
        raise TooManyStay(locked.plan.users)
    tell([one for one in told if one is not None])


@transaction.atomic
def bring_back(place: Place, *, actor: Actor) -> None:
    """Give a seat to somebody who waits. Raises SeatLimitReached, NoLongerMember."""
    company, now = lock_company(place.company), timezone.now()
    if not _row(place, company, now).exists():
        raise NoLongerMember
    if not _row(place, company, now).filter(waits_since__isnull=False).exists():
        return
    ensure_free_seat(company)
    told = _seat(place, company, actor, now)
    tell([told] if told else [])


def _wait(place: Place, company: Company, actor: Actor, now: datetime) -> NewEvent | None:
    if not _row(place, company, now).filter(waits_since=None).update(waits_since=now):
        return None
    _mail(place, company, "seat_waits")
    return about(place, Code.MEMBER_WAITS, actor, now)


def _seat(place: Place, company: Company, actor: Actor, now: datetime) -> NewEvent | None:
    if not _row(place, company, now).filter(waits_since__isnull=False).update(waits_since=None):
        return None
    _mail(place, company, "seat_back")
    return about(place, Code.MEMBER_RETURNED, actor, now)


def _mail(place: Place, company: Company, template: str) -> None:
    """Notify a member who has signed in before. Others have nothing to miss yet."""
    if isinstance(place, Membership) and place.user.last_login is not None:
        queue_notice(place.user, template, page="overview", company=company.name)


def _row(place: Place, company: Company, now: datetime) -> QuerySet[Membership] | QuerySet[Invitation]:
    """The current row, if it still belongs to this company and is not an owner's."""
    members, invited = _others(company, now)
    return members.filter(pk=place.pk) if isinstance(place, Membership) else invited.filter(pk=place.pk)


def _others(company: Company, now: datetime) -> tuple[QuerySet[Membership], QuerySet[Invitation]]:
    """Everybody but the owners."""
    members = Membership.objects.filter(company=company).exclude(role=Role.OWNER)
    return members, Invitation.objects.filter(open_invitations_at(now), company=company).exclude(role=Role.OWNER)
