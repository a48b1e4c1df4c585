"""`manage.py attention`: what waits for an operator, and putting it aside.

Exit status 0: nothing waits, 1: something does, 2: there is no such item or gateway.
"""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from billing.decisions.dismissal import dismiss
from billing.management.gateways import add_gateway_names, load_gateways
from billing.models import AttentionItem
from billing.wording.attention import explain
from companies.audit.log import BY_COMMAND, AuditCode, record_command


class Command(BaseCommand):
    help = "Lists what waits for an operator, with what to do about it; --dismiss puts one of them aside."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_gateway_names(parser)
        parser.add_argument("--dismiss", type=int, metavar="ID", help="put this item aside; needs --reason")
        parser.add_argument("--reason", default="", help="for --dismiss: why nothing has to be done")
        parser.add_argument("--json", action="store_true", help="print one JSON array")

    def handle(self, *args: Any, **options: Any) -> None:
        gateways = load_gateways(options["names"])
        waiting = AttentionItem.objects.waiting().filter(gateway__in=gateways).select_related("gateway")
        if options["dismiss"] is not None:
            _dismiss(options["dismiss"], options["reason"].strip())
        items = [_as_dict(item) for item in waiting]
        if options["json"]:
            self.stdout.write(json.dumps(items, ensure_ascii=False, indent=2, default=str))
        else:
            for item in items:
                self.stdout.write(
                    "{id}  {since:%Y-%m-%d %H:%M} UTC  {gateway}  {kind} {subject}: {text}".format(**item)
                )
        sys.exit(1 if items else 0)


def _dismiss(pk: int, reason: str) -> None:
    if not reason:
        raise CommandError("--dismiss needs --reason.", returncode=2)
    item = AttentionItem.objects.waiting().filter(pk=pk)
    about = str(item.first())
    if not dismiss(item, reason=reason, actor=BY_COMMAND, at=timezone.now()):
        raise CommandError(f"No item {pk} waits.", returncode=2)
    record_command(AuditCode.ATTENTION_DISMISSED, about=about, details={"count": "1", "reason": reason})


def _as_dict(item: AttentionItem) -> dict[str, Any]:
    return {
        "id": item.pk,
        "gateway": item.gateway.name,
        "kind": item.kind,
        "subject": item.subject,
        "since": item.opened_at,
        "text": explain(item),
        "details": item.params,
    }
