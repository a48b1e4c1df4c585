"""One-time links. They are signed, not stored, and always begin with `SITE_URL`, never with a Host header."""

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import int_to_base36

from companies.models import Invitation, User

SET_PASSWORD_DAYS = 14
# Never change these salts: links that were already sent are signed with them.
_SET_PASSWORD_SALT = "companies.links.set_password"  # noqa: S105 - a name, not a secret
NEW_ADDRESS_SECONDS = 60 * 60
_NEW_ADDRESS_SALT = "companies.links.new_address"
_INVITATION_SALT = "companies.links.invitation"


def set_password_url(user: User) -> str:
    """A link, valid for 14 days, with which its holder chooses this person's password.

    It becomes invalid with its use, with any other change of the password, and with a sign-in.
    """
    token = signing.dumps([user.pk, _present_state(user)], salt=_SET_PASSWORD_SALT)
    return _absolute(reverse("welcome", args=[token]))


def load_user_by_token(token: str) -> User | None:
    """The active person of a set-password link, if it is still valid."""
    try:
        pk, state = signing.loads(token, salt=_SET_PASSWORD_SALT, max_age=SET_PASSWORD_DAYS * 86_400)
    except signing.BadSignature:
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    return user if user and _is_one_of(state, (_present_state(user, key) for key in _keys())) else None


def invitation_url(invitation: Invitation) -> str:
    """The link to an invitation. It is valid as long as the invitation is open, and only for its address."""
    token = signing.dumps([invitation.pk, invitation.email], salt=_INVITATION_SALT)
    return _absolute(reverse("join", args=[token]))


def load_invitation_by_token(token: str) -> Invitation | None:
    """The invitation of a link, with its company, whether it is still open or not."""
    try:
        pk, email = signing.loads(token, salt=_INVITATION_SALT)
    except signing.BadSignature:
        return None
    return Invitation.objects.select_related("company").filter(pk=pk, email=email).first()


def password_reset_url(user: User) -> str:
    """A link for a forgotten password, valid for one hour and one use."""
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": int_to_base36(user.pk), "key": key})
    return _absolute(path)


def new_address_url(user: User, address: str) -> str:
    """A link that changes this person's address while they are signed in, valid for one hour and one use."""
    token = signing.dumps([address, _state_of_sign_in(user)], salt=_NEW_ADDRESS_SALT)
    return _absolute(reverse("account_email_confirm", args=[token]))


def load_new_address(token: str, user: User) -> str | None:
    """The new address of the link, if it is this person's link and still valid."""
    try:
        address, state = signing.loads(token, salt=_NEW_ADDRESS_SALT, max_age=NEW_ADDRESS_SECONDS)
    except signing.BadSignature:
        return None
    return str(address) if _is_one_of(state, (_state_of_sign_in(user, key) for key in _keys())) else None


def was_for_address_of(token: str, user: User) -> bool:
    """Whether the link, valid or not, is for the address that this person already has."""
    try:
        address, _state = signing.loads(token, salt=_NEW_ADDRESS_SALT)
    except signing.BadSignature:
        return False
    return bool(address == user.email)


def _state_of_sign_in(user: User, key: str | None = None) -> str:
    """Binds a link to this person. Changes with the password, the address, and signing out other sessions."""
    present = f"{user.pk} {user.email} {user._get_session_auth_hash(secret=key)}"
    return salted_hmac(_NEW_ADDRESS_SALT, present, secret=key, algorithm="sha256").hexdigest()


def _present_state(user: User, key: str | None = None) -> str:
    signed_in = user.last_login.isoformat() if user.last_login else ""
    present = f"{user.password} {signed_in} {user.email}"
    return salted_hmac(_SET_PASSWORD_SALT, present, secret=key, algorithm="sha256").hexdigest()


def _keys() -> list[str]:
    """The current key, and older keys that may have signed a link."""
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _is_one_of(state: str, states: Iterable[str]) -> bool:
    return any([constant_time_compare(state, one) for one in states])  # noqa: C419 - its time tells nothing


def _absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"
