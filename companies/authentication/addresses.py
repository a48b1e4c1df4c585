"""A person changes the address that they sign in with: asked for here, confirmed by whoever reads mail there."""

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from companies.audit.log import AuditCode, from_to, record
from companies.events import Actor, Code
from companies.mail.outbox import queue_address_changed, queue_confirm_address, queue_notice
from companies.models import Membership, User
from companies.sessions.signed_in import end_other_sessions
from companies.story import new_event, tell


@transaction.atomic
def ask_for_change(request: HttpRequest, user: User, address: str) -> None:
    """Send a link to the new address; one that is somebody's already is told so, and gets no link.

    Whoever asked sees no difference. Nothing changes before the link is used.
    """
    owner = User.objects.filter(email=address).first()
    if owner is None:
        queue_confirm_address(user, address)
    else:
        queue_notice(owner, "address_wanted", page="account")
    record(AuditCode.EMAIL_CHANGE_ASKED_FOR, request=request, about=user.email, details={"email": address})


@transaction.atomic
def change_address(request: HttpRequest, user: User, address: str) -> bool:
    """From now on this person signs in with `address`, and is signed out everywhere but here. Tells the old address.

    Invitations to the old address stay with that address. False, and nothing has changed, where the new one belongs
    to somebody meanwhile, or the person has changed theirs in another way.
    """
    old = user.email
    if not _write(user, old, address):
        return False
    user.email = address
    end_other_sessions(request, user)
    facts = {"before": {"email": old}, "after": {"email": address}}
    actor, now = Actor.person(user), timezone.now()
    places = Membership.objects.filter(user=user).values_list("company_id", flat=True)
    tell([new_event(company, Code.EMAIL_CHANGED, actor, now, reason=str(user), **facts) for company in places])
    record(AuditCode.EMAIL_CHANGED, request=request, about=address, details={"email": from_to(old, address)})
    queue_address_changed(user, old)
    return True


def _write(user: User, old: str, address: str) -> bool:
    """One statement, so that of two links at the same moment one is used; the database knows who has the address."""
    try:
        with transaction.atomic():
            return bool(User.objects.filter(pk=user.pk, email=old).update(email=address))
    except IntegrityError:
        return False
