"""THE table: who may look at and do what in the administration. A page without a row fails the tests."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from billing.coverage.matrix import key_of
from billing.hooks.secrets import mark_of
from billing.models import GatewayHook
from tests.roles.stage import Stage


class Level(IntEnum):
    """Visitors, from the least to the most. What NOBODY may, superusers may not either."""

    STRANGER = 0
    CUSTOMER = 1
    VIEWER = 2
    SUPPORT = 3
    MANAGER = 4
    SUPERUSER = 5
    NOBODY = 6


VIEWER, SUPPORT, MANAGER, SUPERUSER, NOBODY = list(Level)[2:]
Typed = Callable[[Stage], Mapping[str, Any]]


def nothing(stage: Stage) -> Mapping[str, Any]:
    """For buttons that ask nothing."""
    return {}


def said(**fields: str) -> Typed:
    """For forms that are filled in the same way wherever they are."""
    return lambda stage: fields


@dataclass(frozen=True, slots=True)
class Row:
    """An address: who may GET it, who changes something by a POST, with what typed, on which object of the stage."""

    look: Level
    act: Level = NOBODY
    typed: Typed = nothing
    on: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """The pages that Django makes for a model. `actions` are those of its list."""

    look: Level = VIEWER
    add: Level = NOBODY
    change: Level = NOBODY
    delete: Level = NOBODY
    added: Typed = nothing
    changed: Typed = nothing
    actions: Mapping[str, Level] = field(default_factory=dict)


INLINES = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
PLAN = {"users": "5", "connections": "1", "queues": "1", "price": "1", "currency": "USD", "recurrence": "monthly"}


def gateway_as(name: str, **more: str) -> Typed:
    """The gateway's form, filled in."""
    return lambda stage: {
        **{key: getattr(stage.gateway, key) for key in (
            "base_url", "api_identifier", "product_code", "plan_option", "password_field", "unconfirmed_days",
            "mass_change_count", "mass_change_percent", "interval_seconds",
        )}, "name": name, "grace_days": "9", "is_enabled": "on", **more,
    }  # fmt: skip


MODELS: dict[str, Model] = {
    "companies.auditentry": Model(look=SUPERUSER),
    "companies.company": Model(),
    "companies.event": Model(),
    "companies.installation": Model(look=SUPERUSER, change=SUPERUSER, changed=said(operators_need_second_factor="")),
    "companies.outgoingmail": Model(),
    "companies.user": Model(
        add=SUPERUSER, change=SUPPORT, added=said(email="new@example.com", name="New", role="viewer"),
        changed=said(name="Renamed", is_active="on", role="none", **INLINES),
    ),
    "auth.group": Model(
        look=SUPERUSER, add=SUPERUSER, change=SUPERUSER, delete=SUPERUSER,
        added=said(name="Day shift"), changed=said(name="Late shift"),
    ),
    "billing.attentionitem": Model(actions={"dismiss_selected": SUPPORT}),
    "billing.heldchanges": Model(),
    "billing.subscription": Model(),
    "billing.syncrun": Model(),
    "billing.whmcsgateway": Model(
        add=MANAGER, change=MANAGER, delete=MANAGER,
        added=gateway_as("Third", api_secret="typed", product_code="93"), changed=gateway_as("Shop"),
    ),
    "plans.plan": Model(
        add=MANAGER, change=MANAGER, delete=MANAGER, added=said(name="New", **PLAN), changed=said(name="Pro", **PLAN),
        actions={"delete_selected": MANAGER},
    ),
}  # fmt: skip

COMPANY, USER, GATEWAY = "admin/companies/company/", "admin/companies/user/", "admin/billing/whmcsgateway/"
ITEM, HELD, RUN = "admin/billing/attentionitem/", "admin/billing/heldchanges/", "admin/billing/syncrun/"
ROUTES: dict[str, Row] = {
    "admin/": Row(look=VIEWER),
    "admin/forecast/": Row(look=VIEWER),
    "admin/runbook/": Row(look=VIEWER),
    "admin/runbook/<slug:section>/": Row(look=VIEWER),
    "admin/password_change/": Row(look=VIEWER),
    "admin/password_change/done/": Row(look=VIEWER),
    "admin/autocomplete/": Row(look=VIEWER),
    "admin/r/<path:content_type_id>/<path:object_id>/": Row(look=VIEWER),
    # Leads to its one page, which asks who comes.
    "admin/companies/installation/": Row(look=VIEWER),
    f"{COMPANY}<int:pk>/<slug:name>/act/": Row(look=SUPPORT, act=SUPPORT, typed=said(reason="court order")),
    f"{USER}<int:pk>/set-password-link/": Row(look=NOBODY, act=SUPPORT),
    f"{USER}<int:pk>/remove-two-factor/": Row(look=NOBODY, act=SUPERUSER, typed=said(reason="lost it")),
    f"{ITEM}<int:pk>/dismiss/": Row(look=SUPPORT, act=SUPPORT, typed=said(reason="seen")),
    f"{ITEM}<int:pk>/read_again/": Row(look=NOBODY, act=SUPPORT),
    f"{GATEWAY}<int:pk>/sync/": Row(look=NOBODY, act=MANAGER),
    f"{GATEWAY}<int:pk>/test/": Row(look=NOBODY, act=MANAGER),
    f"{GATEWAY}<int:pk>/resume/": Row(look=NOBODY, act=MANAGER, typed=said(checked="on"), on="paused"),
    f"{GATEWAY}<int:pk>/coverage/": Row(look=VIEWER),
    f"{GATEWAY}<int:pk>/create_plan/": Row(
        look=NOBODY, act=MANAGER, typed=lambda stage: {"key": key_of("pro"), "name": "0", "plan": stage.plan.pk}
    ),
    f"{GATEWAY}<int:pk>/rename_plan/": Row(
        look=NOBODY, act=MANAGER, typed=lambda stage: {"key": key_of("pro"), "name": "0", "plan": stage.plan.pk}
    ),
    f"{GATEWAY}<int:pk>/previews/": Row(look=VIEWER),
    f"{GATEWAY}<int:pk>/previews/<int:number>/": Row(look=VIEWER),
    f"{GATEWAY}<int:pk>/previews/<int:number>/progress/": Row(look=VIEWER),
    f"{GATEWAY}<int:pk>/make_preview/": Row(look=NOBODY, act=MANAGER),
    f"{GATEWAY}<int:pk>/apply_preview/": Row(
        look=NOBODY, act=MANAGER, typed=lambda stage: {"preview": stage.things["preview"].pk, "with_yes": "yes"}
    ),
    f"{GATEWAY}<int:pk>/what-if/": Row(look=VIEWER),
    f"{GATEWAY}<int:pk>/hook/": Row(look=VIEWER),
    f"{GATEWAY}<int:pk>/hook_new/": Row(look=NOBODY, act=MANAGER),
    f"{GATEWAY}<int:pk>/hook_drop_old/": Row(
        look=NOBODY, act=MANAGER, on="hooked",
        typed=lambda stage: {"mark": mark_of(GatewayHook.objects.get(gateway=stage.things["hooked"].pk))},
    ),
    f"{GATEWAY}<int:pk>/hook_off/": Row(look=NOBODY, act=MANAGER, typed=said(is_meant="on"), on="hooked"),
    f"{HELD}<int:pk>/approve/": Row(look=NOBODY, act=MANAGER, typed=said(version="1")),
    f"{HELD}<int:pk>/reject/": Row(
        look=NOBODY, act=MANAGER, typed=said(version="1", until="2999-01-01", reason="not yet")
    ),
    f"{RUN}<int:pk>/progress/": Row(look=VIEWER),
    f"{RUN}company/<int:pk>/": Row(look=NOBODY, act=SUPPORT, on="companies.company"),
    f"{RUN}latest/<int:gateway_id>/": Row(look=VIEWER),
}  # fmt: skip
# For everybody, signed in or not: `tests/test_routes.py`. The last one is Django's answer to what is not there.
OPEN = {"admin/login/", "admin/logout/", "admin/jsi18n/", "admin/(?P<url>.*)$"}


def row_of(route: str) -> Row | None:
    """The row of an address, also of those that Django makes for each model; None where the table has none."""
    if route in ROUTES:
        return ROUTES[route]
    if route.startswith("admin/^(?P<app_label>"):
        return Row(look=VIEWER)
    parts = route.split("/")
    model = MODELS.get(".".join(parts[1:3]))
    if model is None:
        return None
    return {
        "": Row(look=model.look),
        "add": Row(look=model.add, act=model.add, typed=model.added),
        "<path:object_id>/history": Row(look=model.look),
        "<path:object_id>/change": Row(look=min(model.look, model.change), act=model.change, typed=model.changed),
        "<path:object_id>/delete": Row(
            look=model.delete, act=model.delete, typed=said(post="yes"), on=f"spare {'.'.join(parts[1:3])}"
        ),
        "<path:object_id>": Row(look=VIEWER),
    }.get("/".join(parts[3:-1]))  # fmt: skip
