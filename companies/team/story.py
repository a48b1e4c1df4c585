"""The events about people in a company's story. The person's address is stored as the reason of the event."""

from datetime import datetime
from typing import TypeAlias

from companies.events import Actor, Code
from companies.models import Invitation, Membership, Role
from companies.story import NewEvent, new_event

Place: TypeAlias = Membership | Invitation


def about(place: Place, code: Code, actor: Actor, at: datetime) -> NewEvent:
    """An event about this person."""
    address = place.user.email if isinstance(place, Membership) else place.email
    return new_event(place.company_id, code, actor, at, reason=address)


def arrival(place: Place, code: Code, actor: Actor, at: datetime) -> NewEvent:
    """An event for a person who joins or is invited, with their role."""
    return about(place, code, actor, at)._replace(after={"role": str(place.role)})


def role_change(place: Place, role: Role, actor: Actor, at: datetime, code: Code = Code.ROLE_CHANGED) -> NewEvent:
    """An event for a changed role."""
    return about(place, code, actor, at)._replace(before={"role": str(place.role)}, after={"role": role.value})
