"""The page with the findings of the connection doctor."""

import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

from billing.doctor import Finding, Result, examine
from billing.models import WhmcsGateway

WORDS = {
    Result.OK: pgettext_lazy("result of a try", "OK"),
    Result.WARNING: pgettext_lazy("result of a try", "Warning"),
    Result.PROBLEM: pgettext_lazy("result of a try", "Problem"),
    Result.NOT_TRIED: pgettext_lazy("result of a try", "Not tried"),
}
BADGES = {Result.OK: "badge-ok", Result.WARNING: "badge-warn", Result.PROBLEM: "badge-bad"}
NOTES = {Result.OK: "note-ok", Result.WARNING: "note-warn", Result.PROBLEM: "note-bad"}
SUMMARIES = {
    Result.OK: gettext_lazy("The connection is as it should be."),
    Result.WARNING: gettext_lazy("It works, but something should be changed."),
    Result.PROBLEM: gettext_lazy("Something is wrong. Fix the problems, starting with the first one, then try again."),
}


def diagnosis(gateway: WhmcsGateway) -> dict[str, Any]:
    """Examine a gateway; returns the context of the page."""
    began = time.monotonic()
    findings = examine(gateway)
    seconds = time.monotonic() - began
    worst = _worst(findings)
    return {
        "lines": [
            {"finding": f, "word": WORDS[f.result], "badge": BADGES.get(f.result, "badge-muted")} for f in findings
        ],
        "summary": SUMMARIES[worst],
        "note": NOTES[worst],
        "works": worst is not Result.PROBLEM,
        "seconds": seconds,
        "copy": as_text(gateway, findings),
    }


def as_text(gateway: WhmcsGateway, findings: Sequence[Finding]) -> str:
    """The findings as plain text, for a ticket or a mail."""
    lines = [f"{gateway.name}: {gateway.base_url}"]
    lines += [f"{number}. {f.tried}: {WORDS[f.result]}. {f.text}" for number, f in enumerate(findings, 1)]
    return "\n".join(lines)


def _worst(findings: Sequence[Finding]) -> Result:
    found = Counter(finding.result for finding in findings)
    return next((result for result in (Result.PROBLEM, Result.WARNING) if found[result]), Result.OK)
