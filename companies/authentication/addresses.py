"""Changes the address that a person signs in with. A link sent to the new address confirms the change."""

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
    """Send a link to the new address. If it belongs to somebody already, that person is notified instead.

    The requester sees no difference, so the form does not reveal known addresses. Nothing changes before the link is
    used.
    """
    owner = User.objects.filter(email=address).first()
    if owner is None:
        queue_confirm_address(user, address)
    else:
        queue_notice(owner, "address_wanted", page="account")
    record(AuditCode.EMAIL_CHANGE_ASKED_FOR, request=request, about=user.email, details={"email": address})


@transaction.atomic
def change_address(request: HttpRequest, user: User, address: str) -> bool:
    """Change the person's sign-in address, sign them out everywhere else, and notify the old address.

    Invitations to the old address stay with it. Returns False without any change if somebody took the new address
    meanwhile, or if the person's address has changed since the link was made.
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
    """One statement, so that only one of two simultaneous links works. The database rejects a taken address."""
    try:
        with transaction.atomic():
            return bool(User.objects.filter(pk=user.pk, email=old).update(email=address))
    except IntegrityError:
        return False
