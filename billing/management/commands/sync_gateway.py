"""`manage.py sync_gateway`: reads gateways now.

Exit status 0: complete, 1: partial or held (or, with `--apply`, something has changed since), 2: nothing could be read.
"""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError

from billing import sync
from billing.decisions.approvals import has_switched_off, load_waiting
from billing.errors import BillingError, DatabaseFailed
from billing.management.combinations import ensure_options_agree
from billing.management.gateways import add_gateway_names, load_gateways
from billing.management.previews import add_previews, apply_stored, save_preview
from billing.management.printing import as_dict, failed, line_of, preview_as_dict, total_of
from billing.management.progress import showing_progress
from billing.management.verdicts import add_verdicts, give_verdict, held_as_dict
from billing.models import SyncRun, WhmcsGateway
from billing.previews import preview_gateway
from billing.recovery import pauses
from companies.audit.log import AuditCode, record_command

EXIT_STATUS = {"complete": 0, "preview": 0, "partial": 1, "held": 1}


class Command(BaseCommand):
    help = "Reads WHMCS and brings companies, plans, dates and access in line with it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_gateway_names(parser)
        parser.add_argument("--resume", action="store_true", help="go, where a gateway is paused after a restore")
        parser.add_argument("--service", type=int, metavar="ID", help="read only this WHMCS service")
        add_previews(parser)
        add_verdicts(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_options_agree(options)
        if options["apply"] is not None:
            results = [apply_stored(options["apply"], with_yes=options["approve"])]
        else:
            results = [self._one(gateway, options) for gateway in load_gateways(options["names"])]
        unknown = self._tell_unknown(options["service"], results)
        total = total_of(results)
        if options["json"]:
            self.stdout.write(json.dumps(total, ensure_ascii=False, indent=2, default=str))
        else:
            for result in results:
                self.stdout.write(line_of(result))
        sys.exit(2 if unknown else EXIT_STATUS.get(total["outcome"], 2))

    def _one(self, gateway: WhmcsGateway, options: dict[str, Any]) -> dict[str, Any]:
        try:
            if options["resume"] and not _resume(gateway):
                self._tell(gateway.name, "it is not paused")
            if options["save_preview"]:
                return save_preview(gateway)
            if options["preview"]:
                return preview_as_dict(preview_gateway(gateway, service_id=options["service"]))
            verdicts = give_verdict(gateway, options)
            decided = [held_as_dict(held) for held in verdicts]
            if (options["approve"] or options["reject"]) and not decided:
                self._tell(gateway.name, "nothing waits for a yes or a no")
            if any(map(has_switched_off, verdicts)) and (last := gateway.runs.first()) is not None:
                self._tell(gateway.name, "it is switched off now, and was not read again")
                return as_dict(last) | {"decided": decided, "waiting": []}
            with showing_progress(self.stderr) as watch:
                run = sync.sync_gateway(
                    gateway, trigger=SyncRun.Trigger.COMMAND, service_id=options["service"], watch=watch
                )
        except BillingError as error:
            return failed(gateway, error.code.value, str(error))
        except (DatabaseError, InterfaceError) as error:
            ended = DatabaseFailed(error=type(error).__name__)
            return failed(gateway, ended.code.value, str(ended))
        return as_dict(run) | {"decided": decided, "waiting": [held_as_dict(held) for held in load_waiting(gateway)]}

    def _tell_unknown(self, service: int | None, results: list[dict[str, Any]]) -> bool:
        """Whether one service was asked for and WHMCS does not know it."""
        unknown = [result for result in results if service and not result["seen"] and "error" not in result]
        for result in unknown:
            self._tell(result["gateway"], f"WHMCS has no service {service} of this gateway's product")
        return bool(unknown)

    def _tell(self, gateway: str, sentence: str) -> None:
        """What was asked for and could not be done; beside the figures, so that --json stays one object."""
        self.stderr.write(f"{gateway}: {sentence}.")


def _resume(gateway: WhmcsGateway) -> bool:
    is_resumed = pauses.resume(gateway)
    if is_resumed:
        record_command(AuditCode.GATEWAY_RESUMED, about=gateway.name)
    return is_resumed
