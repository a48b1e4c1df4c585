"""Creates people and memberships."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from companies.events import Actor, Code
from companies.models import Company, Membership, Role, User
from companies.story import tell
from companies.team.story import arrival


def create_unless_known(address: str, password_hash: str, name: str, *, was_given: bool = False) -> User | None:
    """Create a person; None if the address belongs to somebody, even if only since this moment.

    `was_given` means that somebody else chose the password.
    """
    user = User(email=address, name=name, password=password_hash, password_was_given=was_given)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        return None
    return user


def join(
    company: Company, user: User, role: Role, actor: Actor, code: Code, *,
    waits_since: datetime | None = None, at: datetime | None = None,
) -> Membership:  # fmt: skip
    """Make somebody a member, at this moment or `at`. An existing membership stays as it is, without an event."""
    columns = {"role": role, "waits_since": waits_since, "created_at": at or timezone.now()}
    membership, created = Membership.objects.get_or_create(company=company, user=user, defaults=columns)
    if created:
        tell([arrival(membership, code, actor, membership.created_at)])
    return membership
