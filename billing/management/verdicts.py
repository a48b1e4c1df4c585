"""Approves or rejects held changes on the command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from billing.decisions import approvals
from billing.models import HeldChanges, WhmcsGateway
from billing.wording.reasons import REJECTED
from companies.audit.log import BY_COMMAND, AuditCode, record_command
from companies.management.arguments import day


def add_verdicts(parser: ArgumentParser) -> None:
    verdict = parser.add_mutually_exclusive_group()
    verdict.add_argument(
        "--approve", action="store_true",
        help="say yes to what waits for one (exactly the companies that were held, for 24 hours), then read",
    )  # fmt: skip
    verdict.add_argument(
        "--reject", action="store_true", help="say no to it: the held companies stay open until --until, then read"
    )
    parser.add_argument("--until", metavar="YYYY-MM-DD", type=day, help="for --reject (default: in 14 days)")
    parser.add_argument("--reason", default="", help="for --approve and --reject: why, for the record")


def give_verdict(gateway: WhmcsGateway, options: dict[str, Any]) -> list[HeldChanges]:
    """Approve or reject all waiting changes of the gateway, if `options` ask for it; returns the decided ones."""
    if not options["approve"] and not options["reject"]:
        return []
    now = timezone.now()
    until = options["until"] or approvals.default_keep_until()
    if until < timezone.localdate():
        raise CommandError(f"--until {until} has passed already.", returncode=2)
    waiting = approvals.load_waiting(gateway)
    for held in waiting:
        facts = {"kind": held.kind, "version": str(held.version), "reason": options["reason"]}
        if options["approve"]:
            approvals.approve(held, version=held.version, reason=options["reason"][:255], actor=BY_COMMAND, at=now)
            record_command(AuditCode.CHANGES_APPROVED, about=gateway.name, details=facts)
        else:
            reason = (options["reason"] or REJECTED())[:255]
            approvals.reject(held, version=held.version, until=until, reason=reason, actor=BY_COMMAND, at=now)
            record_command(AuditCode.CHANGES_REJECTED, about=gateway.name, details=facts | {"until": str(until)})
    return waiting


def held_as_dict(held: HeldChanges) -> dict[str, Any]:
    """Held changes with their figures and the ids of their companies."""
    return {
        "kind": held.kind,
        "verdict": held.verdict,
        "since": held.opened_at,
        "figures": held.figures,
        "companies": list(held.companies.values_list("company_id", flat=True)),
    }
