"""`manage.py what_if`: who would lose access with other numbers. Writes nothing.

Exit status 0: nobody, 1: somebody.
"""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from billing.management.gateways import load_gateways
from billing.models import WhmcsGateway
from billing.previews.whatif import Effect, Numbers, WhatIf, count_people, load_what_if, numbers_of, then
from companies.models import Company
from companies.standings.facts import access_of
from companies.standings.groups import companies_of

LISTED = 1000


class Command(BaseCommand):
    help = "Says who would lose or get access if a gateway had other days of grace or other limits."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME", help="the gateway")
        for name in Numbers._fields:
            parser.add_argument(f"--{name.replace('_', '-')}", type=int, metavar="N", help="(default: as it is)")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        [gateway] = load_gateways([options["name"]])
        given = {name: options[name] for name in Numbers._fields if options[name] is not None}
        _ensure_possible(given)
        numbers, now = numbers_of(gateway)._replace(**given), timezone.now()
        found = load_what_if(gateway, numbers, now=now)
        result: dict[str, Any] = {"gateway": gateway.name, "numbers": numbers._asdict()}
        result |= {effect.value: found.count(effect) for effect in Effect}
        result |= {"at_once": found.at_once, "people": count_people(found, Effect.LOCKED, now=now)}
        result |= {"losing": found.losing, "open": found.open, "would_wait": found.would_wait}
        result["companies"] = [row for effect in Effect for row in _rows(found, effect, numbers)]
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False, indent=2, default=str))
        else:
            self._print(result)
        sys.exit(1 if result["locked"] else 0)

    def _print(self, result: dict[str, Any]) -> None:
        self.stdout.write(
            f"{result['gateway']}: {result['locked']} would lose access ({result['people']} people, "
            f"{result['at_once']} at once), {result['opened']} get it back, {result['moved']} on another day"
        )
        for row in result["companies"]:
            self.stdout.write(f"  {row['effect']}: {row['id']} {row['name']}: {row['now']} -> {row['then']}")
        if result["would_wait"]:
            text = f"  the next reading would take access from {result['losing']} of {result['open']}: waits for a yes"
            self.stdout.write(text)


def _ensure_possible(given: dict[str, int]) -> None:
    """Raise CommandError (exit status 2) for a number that the gateway's form would refuse."""
    for name, number in given.items():
        column: Any = WhmcsGateway._meta.get_field(name)
        try:
            column.run_validators(number)
        except ValidationError as error:
            option = f"--{name.replace('_', '-')}"
            raise CommandError(f"{option} {number}: {' '.join(error.messages)}", returncode=2) from error


def _rows(found: WhatIf, effect: Effect, numbers: Numbers) -> list[dict[str, Any]]:
    now = timezone.now()
    rows = companies_of(found.groups[effect], Company.objects.select_related("source")).order_by("pk")[:LISTED]
    listed = []
    for company in rows:
        before, after = access_of(company, now=now), then(company, numbers, now=now)
        states = {"now": before.state.value, "then": after.state.value, "reason": after.reason.value}
        days = {"since": after.since, "until": after.until}
        listed.append({"effect": effect.value, "id": company.pk, "name": company.name, **states, **days})
    return listed
