"""What a preview found: counts, lines, and the questions that a run would ask."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from billing.errors import BillingError
from billing.models import PreviewedChange, WhmcsGateway
from billing.reconcile import Policy
from billing.steps.applied.lines import Line

_RESULTS = {
    PreviewedChange.Kind.CREATE: "created",
    PreviewedChange.Kind.HELD: "held",
    PreviewedChange.Kind.KEPT: "held",
    PreviewedChange.Kind.FAILED: "failed",
}


def result_of(kind: str) -> str:
    """The result under which a run would count a line of this kind."""
    return _RESULTS.get(PreviewedChange.Kind(kind), "changed")


@dataclass(slots=True)
class Preview:
    """The counts of a run, and one line for each thing that it would do, refuse or fail at.

    `questions` are those that a run would ask before going on; existing approvals are ignored. `losing` are the
    companies that would lose access, `error` says why not everything was read.
    """

    gateway: WhmcsGateway
    policy: Policy
    complete: bool = False
    api_calls: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    lines: list[Line] = field(default_factory=list)
    losing: set[int] = field(default_factory=set)
    questions: list[BillingError] = field(default_factory=list)
    error: BillingError | None = None

    def as_figures(self) -> dict[str, Any]:
        """The counts of a run, whether everything was read, and the questions, as JSON."""
        counts = {name: self.counts[name] for name in ("created", "changed", "unchanged", "held", "failed")}
        return counts | {
            "seen": sum(counts.values()),
            "attention": self.counts["attention"],
            "api_calls": self.api_calls,
            "complete": self.complete,
            "questions": [{"code": one.code.value, "params": one.params} for one in self.questions],
        }

    @property
    def would_hold(self) -> bool:
        """Whether a run would wait for approval."""
        return bool(self.questions)
