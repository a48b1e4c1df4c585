"""`manage.py check_gateway`: tries the connection. Exit status 0: all is well, 1: something is not."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from billing.doctor import examine
from billing.management.gateways import add_gateway_names, load_gateways


class Command(BaseCommand):
    help = "Tries the connection to WHMCS the way a sync would use it, and says what is wrong and how to mend it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_gateway_names(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        found = {gateway.name: examine(gateway) for gateway in load_gateways(options["names"])}
        if options["json"]:
            self.stdout.write(json.dumps({name: [asdict(f) for f in findings] for name, findings in found.items()}))
        else:
            for name, findings in found.items():
                for finding in findings:
                    self.stdout.write(f"{name}: {'ok' if finding.ok else 'PROBLEM'} - {finding.text}")
        sys.exit(0 if all(finding.ok for findings in found.values() for finding in findings) else 1)
