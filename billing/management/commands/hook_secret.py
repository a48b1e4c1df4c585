"""`manage.py hook_secret NAME`: instant updates, without a browser. Exit status 0: done, 1: there was nothing to do."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from billing.hooks import secrets
from billing.management.gateways import load_gateways
from billing.models import WhmcsGateway
from companies.audit.log import AuditCode, record_command

_DONE = {
    "drop_old": (secrets.drop_old, AuditCode.HOOK_SECRETS_DROPPED, "Only the newest secret is valid now."),
    "off": (secrets.switch_off, AuditCode.HOOK_SWITCHED_OFF, "Instant updates are off."),
}


class Command(BaseCommand):
    help = "Says how instant updates of a gateway stand, makes a secret for them, drops older ones, switches them off."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME")
        verbs = parser.add_mutually_exclusive_group()
        verbs.add_argument("--new", action="store_true", help="make a secret and print the file for WHMCS, this once")
        verbs.add_argument("--drop-old", action="store_true", help="let only the newest secret be good")
        verbs.add_argument("--off", action="store_true", help="forget all secrets and listen to nobody")
        parser.add_argument("--json", action="store_true", help="print one JSON object: how they stand")

    def handle(self, *args: Any, **options: Any) -> None:
        (gateway,) = load_gateways([options["name"]])
        if options["new"]:
            config = secrets.config_file(gateway, secrets.make(gateway))
            record_command(AuditCode.HOOK_SECRET_MADE, about=gateway.name, details={"command": "hook_secret"})
            self.stdout.write(json.dumps({"config": config}) if options["json"] else config, ending="")
            return
        for name, (verb, code, done) in _DONE.items():
            if options[name]:
                self._do(gateway, verb(gateway), code, done)
        facts = _facts(gateway)
        self.stdout.write(json.dumps(facts) if options["json"] else "\n".join(f"{k}: {v}" for k, v in facts.items()))

    def _do(self, gateway: WhmcsGateway, is_done: bool, code: AuditCode, done: str) -> None:
        if not is_done:
            self.stderr.write("There was nothing to do: it is already so.")
            sys.exit(1)
        record_command(code, about=gateway.name, details={"command": "hook_secret"})
        self.stderr.write(done)


def _facts(gateway: WhmcsGateway) -> dict[str, Any]:
    hook = secrets.load_hook(gateway)
    if hook is None:
        return {"is_on": False, "address": secrets.address_of(gateway)}
    moments = {"secret_set_at": hook.secret_set_at, "heard_at": hook.heard_at, "refused_at": hook.refused_at}
    good = len(secrets.secrets_of(hook))
    return {
        "is_on": good > 0,
        "address": secrets.address_of(gateway),
        "secrets": good,
        **{name: moment and moment.isoformat() for name, moment in moments.items()},
        "refused_why": hook.refused_why,
        "refused_count": hook.refused_count,
    }
