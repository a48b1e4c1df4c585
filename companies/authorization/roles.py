"""Operators and their roles: who has which, and the only place where that is changed.

A role is a group with a name of ours; what each may do stands in `billing.roles`, which knows all that there is to do.
A superuser needs no group. Rights of your own making go into groups of your own and stay as they are.
"""

from django.contrib.auth.models import Group
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.errors import CompanyError
from companies.models import User

_PREFIX = "ticketz:"


class OperatorRole(models.TextChoices):
    """What an operator may do, from the least to the most. NOBODY is no operator at all."""

    NOBODY = "none", pgettext_lazy("operator role", "no operator")
    VIEWER = "viewer", pgettext_lazy("operator role", "viewer")
    SUPPORT = "support", pgettext_lazy("operator role", "support")
    GATEWAY_MANAGER = "gateway_manager", pgettext_lazy("operator role", "gateway manager")
    SUPERUSER = "superuser", pgettext_lazy("operator role", "superuser")
    OWN_GROUPS = "own_groups", pgettext_lazy("operator role", "rights of your own groups only")


BY_GROUP = (OperatorRole.VIEWER, OperatorRole.SUPPORT, OperatorRole.GATEWAY_MANAGER)


class LastSuperuser(CompanyError):
    """Somebody has to be able to make operators."""

    def __init__(self) -> None:
        super().__init__(_("This is the last active superuser. Make somebody else a superuser first."))


class PasswordIsKnown(CompanyError):
    """Whoever reads the shop, or added this person, could sign in as this operator."""

    def __init__(self) -> None:
        super().__init__(
            _("The shop, or whoever added this person, knows their password. They have to change it first.")
        )


def group_name(role: OperatorRole) -> str:
    """The name under which the group of a role is stored; for people there is the role's label."""
    return f"{_PREFIX}{role.value}"


def role_of_group(group: Group) -> OperatorRole | None:
    """The role that a group stands for, None where it is one of your own."""
    return next((role for role in BY_GROUP if group_name(role) == group.name), None)


def role_of(user: User) -> OperatorRole:
    """What this person is; of several groups the strongest counts. One query, unless groups were prefetched."""
    if not user.is_staff:
        return OperatorRole.NOBODY
    if user.is_superuser:
        return OperatorRole.SUPERUSER
    names = {group.name for group in user.groups.all()}
    held = [role for role in BY_GROUP if group_name(role) in names]
    return held[-1] if held else OperatorRole.OWN_GROUPS


@transaction.atomic
def set_role(user: User, role: OperatorRole) -> None:
    """Make `user` an operator with exactly this role of ours, or none; groups of your own stay.

    Raises LastSuperuser, PasswordIsKnown. Sessions go on: rights are looked up at each request.
    """
    ensure_role_is_possible(user, role)
    user.is_staff, user.is_superuser = role is not OperatorRole.NOBODY, role is OperatorRole.SUPERUSER
    user.save(update_fields=["is_staff", "is_superuser"])
    user.groups.remove(*Group.objects.filter(name__in=map(group_name, BY_GROUP)))
    if role in BY_GROUP:
        user.groups.add(Group.objects.get(name=group_name(role)))


@transaction.atomic
def add_operator(user: User, role: OperatorRole) -> None:
    """Store a new person with this role, who can't sign in before they have used a set-password link."""
    user.set_unusable_password()
    user.save(force_insert=True)
    set_role(user, role)


def own_groups() -> models.QuerySet[Group]:
    """The groups that are not ours."""
    return Group.objects.exclude(name__in=map(group_name, BY_GROUP)).order_by("name")


def ensure_role_is_possible(user: User, role: OperatorRole, *, is_active: bool = True) -> None:
    """Whether `user` may get this role, and stay active or not. Ask within a transaction.

    Raises LastSuperuser where nobody would be left who may do everything: the rows of superusers stay locked until the
    transaction ends, so that two who go at the same moment don't each see the other. Raises PasswordIsKnown.
    """
    if not is_active or role is not OperatorRole.SUPERUSER:
        superusers = User.objects.filter(is_superuser=True, is_staff=True, is_active=True)
        if [one.pk for one in superusers.select_for_update().order_by("pk")] == [user.pk]:
            raise LastSuperuser
    if role is not OperatorRole.NOBODY and not user.is_staff and user.password_is_known:
        raise PasswordIsKnown
