"""Fills the demo's database with what is missing in it. Run as a process of its own: `python -m ticketz.demo.seed`.

Prints one line, the operator's new password, or nothing where the operator exists already.
"""

import os
import secrets

import django
from django.core.management import call_command
from django.db import transaction

from sandbox import DEFAULT_CATALOGUE, TICKETZ_PID
from ticketz.demo.place import API_IDENTIFIER, OPERATOR_EMAIL, Place

GATEWAY_NAME = "WHMCS sandbox"
READ_EVERY_SECONDS = 15
# Users, connections and queues of the stand-in's plans, in the order of its catalogue.
LIMITS = ((3, 1, 2), (10, 3, 6), (50, 10, 20))


def main() -> None:
    """Bring the tables up to date and add what is not there yet."""
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    with transaction.atomic():
        _seed_plans()
        _seed_gateway(Place.from_environment(os.environ))
        password = _seed_operator()
    if password:
        print(password)  # noqa: T201 - the only copy there is


def _seed_plans() -> None:
    from plans.models import Plan

    for entry, (users, connections, queues) in zip(DEFAULT_CATALOGUE[TICKETZ_PID].plans, LIMITS, strict=True):
        limits = {"users": users, "connections": connections, "queues": queues, "price": entry.price}
        Plan.objects.get_or_create(name=entry.name, defaults=limits)


def _seed_gateway(place: Place) -> None:
    from billing.hooks.secrets import address_of
    from billing.models import GatewayHook, WhmcsGateway

    gateway, is_new = WhmcsGateway.objects.get_or_create(
        name=GATEWAY_NAME,
        defaults={
            "base_url": place.sandbox_url,
            "api_identifier": API_IDENTIFIER,
            "api_secret": place.api_secret(),
            "product_code": TICKETZ_PID,
            "interval_seconds": READ_EVERY_SECONDS,
        },
    )
    if not is_new and gateway.base_url != place.sandbox_url:  # this time on another port
        gateway.base_url = place.sandbox_url
        gateway.save()
    GatewayHook.objects.get_or_create(gateway=gateway, defaults={"secrets": place.hook_secret()})
    (place.folder / "hook_url").write_text(address_of(gateway))


def _seed_operator() -> str:
    from companies.models import User

    if User.objects.filter(email=OPERATOR_EMAIL).exists():
        return ""
    password = secrets.token_urlsafe(12)
    User.objects.create_superuser(OPERATOR_EMAIL, password, name="Operator")
    return password


if __name__ == "__main__":
    main()
