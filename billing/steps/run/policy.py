"""What the operator set, as the core takes it."""

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
    """Whether something changed since the last complete run that decisions about unchanged services rest on."""
    return policy_fingerprint(gateway, policy) != gateway.decided_with


def policy_fingerprint(gateway: WhmcsGateway, policy: Policy) -> str:
    """Changes whenever something changes that decisions about unchanged services rest on."""
    basis = [sorted(policy.plans.items()), policy.fallback_plan_id, gateway.plan_option, gateway.product_code]
    return hashlib.sha256(json.dumps(basis).encode()).hexdigest()
