"""The operator's settings, as the Policy of the deciding core."""

import hashlib
import json
from datetime import datetime

from django.utils import timezone

from billing.models import WhmcsGateway
from billing.reconcile import Policy
from plans.models import Plan


def load_policy(gateway: WhmcsGateway, *, began_at: datetime) -> Policy:
    """The policy for a run that began at `began_at`."""
    return Policy(
        plans=dict(Plan.objects.values_list("name", "pk")),
        fallback_plan_id=gateway.fallback_plan_id,
        began_at=began_at,
        zone=timezone.get_default_timezone(),
    )


def must_decide_all(gateway: WhmcsGateway, policy: Policy) -> bool:
    """Whether settings that decisions about unchanged services depend on have changed since the last complete run."""
    return policy_fingerprint(gateway, policy) != gateway.decided_with


def policy_fingerprint(gateway: WhmcsGateway, policy: Policy) -> str:
    """A hash that changes whenever settings change that decisions about unchanged services depend on."""
    basis = [sorted(policy.plans.items()), policy.fallback_plan_id, gateway.plan_option, gateway.product_code]
    return hashlib.sha256(json.dumps(basis).encode()).hexdigest()
