"""`manage.py renew_encryption`: put everything that is encrypted under the newest of `FIELD_ENCRYPTION_KEYS`."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Model

from billing.fields import EncryptedSecret
from billing.models import GatewayHook, WhmcsGateway
from companies.database.encryption import KeyLost, reseal
from companies.second_factor.reencryption import Resealed, reseal_factors


class Command(BaseCommand):
    help = (
        "Encrypt API secrets, secrets of hooks and second factors anew with the newest key, so that the older ones can "
        "be taken out of FIELD_ENCRYPTION_KEYS. Exit status: 0 all of it, 1 some could not be decrypted and stay as "
        "they are."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        results = [_reseal(WhmcsGateway, "api_secret"), _reseal(GatewayHook, "secrets"), reseal_factors()]
        renewed, lost = sum(result.renewed for result in results), sum(result.lost for result in results)
        if options["json"]:
            self.stdout.write(json.dumps({"renewed": renewed, "lost": lost}))
        else:
            self.stdout.write(f"{renewed} encrypted with the newest key, {lost} can't be decrypted with any key.")
        if lost:
            sys.exit(1)


def _reseal(model: type[Model], column: str) -> Resealed:
    """Each secret of an encrypted column on its own, and only if nobody has changed it meanwhile."""
    renewed = lost = 0
    rows = model._default_manager.order_by("pk")
    for pk, old in rows.values_list("pk", column):
        if not old:
            continue
        try:
            new = EncryptedSecret(reseal(old.token))
        except KeyLost:
            lost += 1
        else:
            renewed += rows.filter(pk=pk, **{column: old}).update(**{column: new})
    return Resealed(renewed, lost)
