"""`manage.py check_gateway`: tries the connection. Exit status 0: nothing is wrong, 1: something is."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from billing.doctor import Finding, Result, examine
from billing.management.gateways import add_gateway_names, load_gateways

_MARKS = {Result.OK: "ok", Result.WARNING: "WARNING", Result.PROBLEM: "PROBLEM", Result.NOT_TRIED: "not tried"}


class Command(BaseCommand):
    help = "Tries the connection to WHMCS step by step, and says what is wrong, why, and how to mend it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_gateway_names(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON object: gateway -> findings")

    def handle(self, *args: Any, **options: Any) -> None:
        found = {gateway.name: examine(gateway) for gateway in load_gateways(options["names"])}
        if options["json"]:
            text = json.dumps({name: [finding.as_json() for finding in findings] for name, findings in found.items()})
        else:
            text = "\n".join(_line(name, finding) for name, findings in found.items() for finding in findings)
        self.stdout.write(text)
        sys.exit(int(any(finding.stops for findings in found.values() for finding in findings)))


def _line(name: str, finding: Finding) -> str:
    return f"{name}: {finding.tried}: {_MARKS[finding.result]} - {finding.text}"
