"""The explanations beside the fields of the gateway's form: what to do in WHMCS, with values to copy."""

from typing import Any

from django.contrib.auth.models import AnonymousUser

from billing.errors import ErrorCode
from billing.models import WhmcsGateway
from companies.models import User
from plans.differences import show
from plans.models import Plan

PLANS_SHOWN = 50


def lessons(gateway: WhmcsGateway | None, user: User | AnonymousUser) -> dict[str, Any]:
    """The context: the names of the plans, the address that WHMCS refused last, and whether it was ever read."""
    names = list(Plan.objects.order_by("name").values_list("name", flat=True)[: PLANS_SHOWN + 1])
    return {
        "plan_names": [(name, show(name)) for name in names[:PLANS_SHOWN]],
        "are_more_plans": len(names) > PLANS_SHOWN,
        "may_add_plans": user.has_perm("plans.add_plan"),
        "refused_address": gateway and refused_address(gateway),
        "is_new": gateway is not None and gateway.confirmed_at is None and gateway.paused_at is None,
    }


def refused_address(gateway: WhmcsGateway) -> str:
    """Our address as WHMCS named it, if the last run ended with that refusal."""
    last = gateway.runs.exclude(finished_at=None).values_list("error_code", "error_params").first()
    if last is None or last[0] != ErrorCode.IP_NOT_ALLOWED:
        return ""
    return str(last[1].get("address", ""))
