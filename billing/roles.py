"""The permissions of each operator role, in one table. Each `migrate` updates the groups to match it.

Everybody may view everything except what only superusers may see. Permissions to act are added from role to role:
each role has those of the role before. A superuser may do everything and needs no row.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import transaction

from companies.authorization.roles import OperatorRole, group_name

OURS = ("plans", "companies", "billing")
# Data about operators, and what decides about them.
FOR_SUPERUSERS = frozenset({"companies.view_auditentry", "companies.view_installation"})
MAY: dict[OperatorRole, tuple[str, ...]] = {
    OperatorRole.VIEWER: (),
    OperatorRole.SUPPORT: ("companies.change_company", "companies.change_user", "billing.change_attentionitem"),
    OperatorRole.GATEWAY_MANAGER: (
        "billing.add_whmcsgateway", "billing.change_whmcsgateway", "billing.delete_whmcsgateway",
        "billing.change_heldchanges", "plans.add_plan", "plans.change_plan", "plans.delete_plan",
    ),
}  # fmt: skip


def rights_of(role: OperatorRole) -> set[str]:
    """The Django permissions of a role."""
    roles = list(MAY)
    granted = (right for step in roles[: roles.index(role) + 1] for right in MAY[step])
    return {*_looking(), *granted} - FOR_SUPERUSERS


def bring_groups_in_line(using: str) -> None:
    """Create missing groups, and give each group exactly the permissions of the table."""
    rows = Permission.objects.using(using).filter(content_type__app_label__in=OURS).select_related("content_type")
    known = {f"{row.content_type.app_label}.{row.codename}": row for row in rows}
    with transaction.atomic(using=using):
        for role in MAY:
            group, _created = Group.objects.using(using).get_or_create(name=group_name(role))
            group.permissions.set([known[right] for right in rights_of(role) if right in known])


def after_migrate(sender: AppConfig, using: str, apps: Any = apps, **_more: Any) -> None:
    """Receiver of `post_migrate`. Creates the permissions of all apps first, because this app may come before them."""
    try:
        apps.get_model("auth", "Group")
    except LookupError:
        return
    for label in OURS:
        create_permissions(_config_of(label), verbosity=0, using=using, apps=apps)
    bring_groups_in_line(using)


def _config_of(label: str) -> AppConfig:
    return apps.get_app_config(label)


def _looking() -> Iterator[str]:
    for label in OURS:
        for model in _config_of(label).get_models():
            yield f"{label}.view_{model._meta.model_name}"
