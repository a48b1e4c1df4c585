"""`manage.py status_report`: what the start page says.

Exit status 0: every gateway is read as it should be, its product code fits a company of it or was changed and nobody
has bought with it yet, no change waits for approval and no closing has waited for long; 1: something of it is not so.
"""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from billing.dashboard.asked import load_asked
from billing.dashboard.closings import closing_lines, load_long_waiting
from billing.dashboard.figures import CompanyFigures, Waiting, load_company_figures, load_differing, load_waiting
from billing.dashboard.health import Known, decide_condition, is_healthy, load_known
from billing.dashboard.lines import lines_of, waiting_lines
from billing.dashboard.products import load_misfits, misfit_lines
from companies.access import State


class Command(BaseCommand):
    help = "Is it working? The sentence on health, and how many companies stand how. Exit status 0: healthy, 1: not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        gateways, figures, waiting = load_known(), load_company_figures(now), load_waiting()
        health = lines_of(gateways, figures.by_gateway, now, load_differing())
        closings = closing_lines(load_long_waiting(gateways, now), len(gateways))
        misfits = misfit_lines(load_misfits(), len(gateways))
        lines = [*health, *misfits, *closings, *waiting_lines(waiting, load_asked())]
        report = _as_dict(gateways, figures, waiting, now)
        report |= {"healthy": is_healthy(line.level for line in lines), "sentences": [line.text for line in lines]}
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False, default=str))
        else:
            self._print(report)
        sys.exit(0 if report["healthy"] else 1)

    def _print(self, report: dict[str, Any]) -> None:
        for sentence in report["sentences"]:
            self.stdout.write(sentence)
        for state, reasons in report["companies"].items():
            why = ", ".join(f"{reason} {number}" for reason, number in reasons.items())
            self.stdout.write(f"{state}: {sum(reasons.values())}" + (f" ({why})" if why else ""))
        for name, numbers in (("waiting", report["waiting"]), ("loses access within days", report["loses_access"])):
            self.stdout.write(f"{name}: " + ", ".join(f"{key} {number}" for key, number in numbers.items()))


def _as_dict(gateways: Sequence[Known], figures: CompanyFigures, waiting: Waiting, now: datetime) -> dict[str, Any]:
    return {
        "gateways": [
            {
                "name": known.gateway.name,
                "condition": decide_condition(known, now).value,
                "read_at": known.gateway.confirmed_at,
                "companies": figures.by_gateway[known.gateway.pk],
            }
            for known in gateways
        ],
        "companies": {
            state.value: {reason.value: number for reason, number in figures.reasons(state)} for state in State
        },
        "waiting": waiting._asdict(),
        "loses_access": {str(days): number for days, number in figures.upcoming.items()},
    }
