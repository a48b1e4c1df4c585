"""What a company's story tells of its people: who it is about stands in the event as its reason."""

from datetime import datetime
from typing import TypeAlias

from companies.events import Actor, Code
from companies.models import Invitation, Membership, Role
from companies.story import NewEvent, new_event

Place: TypeAlias = Membership | Invitation


def about(place: Place, code: Code, actor: Actor, at: datetime) -> NewEvent:
    """Something that happened to this person."""
    address = place.user.email if isinstance(place, Membership) else place.email
    return new_event(place.company_id, code, actor, at, reason=address)


def arrival(place: Place, code: Code, actor: Actor, at: datetime) -> NewEvent:
    """Somebody is there now, in their role."""
    return about(place, code, actor, at)._replace(after={"role": str(place.role)})


def role_change(place: Place, role: Role, actor: Actor, at: datetime, code: Code = Code.ROLE_CHANGED) -> NewEvent:
    """Somebody gets another role."""
    return about(place, code, actor, at)._replace(before={"role": str(place.role)}, after={"role": role.value})
