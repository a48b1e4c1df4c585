"""The roles of operators, and the only place that changes them.

A role is a Django group with a name of ours; its permissions are in `billing.roles`. A superuser needs no group. You
may give additional permissions with groups of your own, which are never touched.
"""

from django.contrib.auth.models import Group
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.errors import CompanyError
from companies.models import User

_PREFIX = "ticketz:"


class OperatorRole(models.TextChoices):
    """What an operator may do, from least to most. NOBODY is no operator."""

    NOBODY = "none", pgettext_lazy("operator role", "no operator")
    VIEWER = "viewer", pgettext_lazy("operator role", "viewer")
    SUPPORT = "support", pgettext_lazy("operator role", "support")
    GATEWAY_MANAGER = "gateway_manager", pgettext_lazy("operator role", "gateway manager")
    SUPERUSER = "superuser", pgettext_lazy("operator role", "superuser")
    OWN_GROUPS = "own_groups", pgettext_lazy("operator role", "rights of your own groups only")


BY_GROUP = (OperatorRole.VIEWER, OperatorRole.SUPPORT, OperatorRole.GATEWAY_MANAGER)


class LastSuperuser(CompanyError):
    """One superuser must remain, or nobody could make operators."""

    def __init__(self) -> None:
        super().__init__(_("This is the last active superuser. Make somebody else a superuser first."))


class PasswordIsKnown(CompanyError):
    """The shop, or whoever added this person, knows the password and could sign in as this operator."""

    def __init__(self) -> None:
        super().__init__(
            _("The shop, or whoever added this person, knows their password. They have to change it first.")
        )


def group_name(role: OperatorRole) -> str:
    """The stored name of the group of a role. People see the role's label instead."""
    return f"{_PREFIX}{role.value}"


def role_of_group(group: Group) -> OperatorRole | None:
    """The role of a group; None if it is one of your own."""
    return next((role for role in BY_GROUP if group_name(role) == group.name), None)


def role_of(user: User) -> OperatorRole:
    """The person's role; the strongest one of several groups. One query, unless the groups were prefetched."""
    if not user.is_staff:
        return OperatorRole.NOBODY
    if user.is_superuser:
        return OperatorRole.SUPERUSER
    names = {group.name for group in user.groups.all()}
    held = [role for role in BY_GROUP if group_name(role) in names]
    return held[-1] if held else OperatorRole.OWN_GROUPS


@transaction.atomic
def set_role(user: User, role: OperatorRole) -> None:
    """Make `user` an operator with exactly this role, or no operator. Groups of your own stay.

    Raises LastSuperuser and PasswordIsKnown. Sessions go on, because permissions are read at each request.
    """
    ensure_role_is_possible(user, role)
    user.is_staff, user.is_superuser = role is not OperatorRole.NOBODY, role is OperatorRole.SUPERUSER
    user.save(update_fields=["is_staff", "is_superuser"])
    user.groups.remove(*Group.objects.filter(name__in=map(group_name, BY_GROUP)))
    if role in BY_GROUP:
        user.groups.add(Group.objects.get(name=group_name(role)))


@transaction.atomic
def add_operator(user: User, role: OperatorRole) -> None:
    """Create a person with this role. They can sign in only after using a set-password link."""
    user.set_unusable_password()
    user.save(force_insert=True)
    set_role(user, role)


def own_groups() -> models.QuerySet[Group]:
    """The groups that are not ours."""
    return Group.objects.exclude(name__in=map(group_name, BY_GROUP)).order_by("name")


def ensure_role_is_possible(user: User, role: OperatorRole, *, is_active: bool = True) -> None:
    """Raise LastSuperuser or PasswordIsKnown if `user` can't get this role or be deactivated. Call it in a transaction.

    The rows of superusers stay locked until the end of the transaction, so that two superusers who step down at the
    same moment don't rely on each other.
    """
    if not is_active or role is not OperatorRole.SUPERUSER:
        superusers = User.objects.filter(is_superuser=True, is_staff=True, is_active=True)
        if [one.pk for one in superusers.select_for_update().order_by("pk")] == [user.pk]:
            raise LastSuperuser
    if role is not OperatorRole.NOBODY and not user.is_staff and user.password_is_known:
        raise PasswordIsKnown
