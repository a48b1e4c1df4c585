"""`manage.py plan_coverage`: whether there is a plan for each value of the plan option, as last read.

Exit status 0: for all that somebody needs, 1: not for all, 2: nothing was read yet.
"""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from billing.coverage.load import is_anything_known, load_matrix, load_plans
from billing.coverage.matrix import Line, Verdict
from billing.management.gateways import add_gateway_names, load_gateways
from billing.models import WhmcsGateway
from billing.monitoring.freshness import describe
from plans.differences import show
from plans.matching import Miss, match_plan


class Command(BaseCommand):
    help = "Compares what WHMCS's services call their plans with the plans here, as they were last read."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_gateway_names(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        plans = load_plans()
        results = {gateway.name: _look(gateway, plans) for gateway in load_gateways(options["names"])}
        if options["json"]:
            self.stdout.write(json.dumps(results, ensure_ascii=False, indent=2, default=str))
        else:
            for name, result in results.items():
                self._print(name, result)
        sys.exit(max(_status(result) for result in results.values()))

    def _print(self, name: str, result: dict[str, Any]) -> None:
        self.stdout.write(f"{name}: {result['read']}" if result["is_known"] else f"{name}: nothing was read yet")
        for line in result["values"]:
            what = line["plan"] or f"NO PLAN, {line['verdict']}" + (f", nearest {line['near']}" if line["near"] else "")
            counts = f"{line['paid']} paid ({line['waiting']} waiting), {line['undecided']} suspended or pending"
            self.stdout.write(f"  {line['shown'] or '(no option)'}: {what} - {counts}, {line['ended']} ended")
        for plan in result["unnamed"]:
            self.stdout.write(f"  no service names {plan}")


def _look(gateway: WhmcsGateway, plans: dict[str, int]) -> dict[str, Any]:
    matrix, names = load_matrix(gateway), {pk: name for name, pk in plans.items()}
    return {
        "is_known": is_anything_known(gateway),
        "is_covered": not matrix.open_lines,
        "read_at": gateway.confirmed_at,
        "read": describe(gateway, timezone.now()),
        "values": [_as_dict(line, plans, names) for line in matrix.lines],
        "unnamed": sorted(names[pk] for pk in matrix.unnamed),
    }


def _as_dict(line: Line, plans: dict[str, int], names: dict[int, str]) -> dict[str, Any]:
    miss = None if line.verdict is Verdict.MATCHED else match_plan(line.value, plans)
    told = {"near": miss.nearest_shown, "differences": list(miss.differences)} if isinstance(miss, Miss) else {}
    counts = {"paid": line.paid, "waiting": line.waiting, "undecided": line.undecided, "ended": line.ended}
    return {
        "value": line.value,
        "shown": show(line.value),
        "verdict": line.verdict.value,
        "plan": names.get(line.plan_id or 0),
        "near": None,
        "differences": [],
        **told,
        **counts,
    }


def _status(result: dict[str, Any]) -> int:
    return 2 if not result["is_known"] else 0 if result["is_covered"] else 1
