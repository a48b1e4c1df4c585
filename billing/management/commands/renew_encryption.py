"""`manage.py renew_encryption`: put everything that is encrypted under the newest of `FIELD_ENCRYPTION_KEYS`."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from billing.fields import EncryptedSecret
from billing.models import WhmcsGateway
from companies.resealing import Resealed, reseal_factors
from companies.sealing import KeyLost, reseal


class Command(BaseCommand):
    help = (
        "Encrypt the API secrets and the second factors anew with the newest key, so that the older ones can be taken "
        "out of FIELD_ENCRYPTION_KEYS. Exit status: 0 all of it, 1 some could not be decrypted and stay as they are."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        gateways, factors = _reseal_gateways(), reseal_factors()
        renewed, lost = gateways.renewed + factors.renewed, gateways.lost + factors.lost
        if options["json"]:
            self.stdout.write(json.dumps({"renewed": renewed, "lost": lost}))
        else:
            self.stdout.write(f"{renewed} encrypted with the newest key, {lost} can't be decrypted with any key.")
        if lost:
            sys.exit(1)


def _reseal_gateways() -> Resealed:
    """Each secret on its own, and only if nobody has typed another one meanwhile."""
    renewed = lost = 0
    for gateway in WhmcsGateway.objects.all():
        old = gateway.api_secret
        if not old:
            continue
        try:
            new = EncryptedSecret(reseal(old.token))
        except KeyLost:
            lost += 1
        else:
            renewed += WhmcsGateway.objects.filter(pk=gateway.pk, api_secret=old).update(api_secret=new)
    return Resealed(renewed, lost)
