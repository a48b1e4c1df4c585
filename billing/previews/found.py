"""A preview while it is made: takes in page after page and collects what a run would do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from billing.errors import ErrorCode, UnsafeChangeSet
from billing.models import Kind, PreviewedChange, Subscription
from billing.previews.result import Preview, result_of
from billing.previews.written import Written
from billing.reconcile import Action, Decision, Note
from billing.steps.applied.lines import Line, as_kept, held_line, line_of
from billing.steps.changes.changed import load_changed
from billing.steps.changes.deciding import observe_and_decide
from billing.steps.losses.evidence import as_remembered, waits_for_evidence
from billing.steps.run.batching import Batch
from billing.steps.run.findings import Findings
from billing.steps.safeguards.clock import take_dated
from billing.steps.safeguards.identity import count_owned
from billing.whmcs import BadRow, IdSet, Page


@dataclass(slots=True)
class Found(Preview):
    """A preview while it is made. `touched` are companies with a new decision: passed dates are not checked for them.

    `kept` are companies that an operator's rejection keeps open.
    """

    decide_all: bool = False
    kept: frozenset[int] = frozenset()
    keep: Callable[[Sequence[Line]], None] | None = None
    seen: IdSet = field(default_factory=IdSet)
    bad: set[int] = field(default_factory=set)
    bad_count: int = 0
    findings: Findings = field(default_factory=Findings)
    touched: set[int] = field(default_factory=set)
    known: int = 0
    moved: set[int] = field(default_factory=set)
    _waiting: Batch = field(default_factory=Batch)
    _written: Written = field(default_factory=Written)

    def ask(self, code: ErrorCode, **figures: object) -> None:
        self.questions.append(UnsafeChangeSet(code, **{name: str(figure) for name, figure in figures.items()}))

    def read(self, page: Page) -> None:
        """Process a page; as in a run, several pages are decided together."""
        changed = load_changed(self.gateway, page.rows, decide_all=self.decide_all)
        self.counts["unchanged"] += len(page.rows) - len(changed)
        self.known += len(page.rows) - len(changed)
        self.seen.update(row.service_id for row in page.rows)
        for bad in page.bad:
            self._add_bad(bad)
        page.keep(changed)
        self._waiting.add(page)
        if self._waiting.is_due:
            self.decide()

    def follow(self, page: Page) -> None:
        """Process a page that was asked for separately, and decide at once."""
        self.read(page)
        self.decide()

    def decide(self) -> None:
        """Decide on the waiting batch."""
        rows = [row for page in self._waiting.take() for row in page.rows]
        decisions = observe_and_decide(self.gateway, rows, self.policy, self.policy.began_at, over=self._written.over)
        self.known += count_owned(decisions, self.moved)
        for decision in decisions:
            self._add_decision(decision)
        self.hand_over()

    def add(self, line: Line, *, is_counted: bool = False) -> None:
        """Count a line and collect it. `is_counted`: its service was counted as unchanged before."""
        line = as_kept(line, self.kept)
        self.counts["unchanged"] -= is_counted
        self.counts[result_of(line.kind)] += 1
        self.kinds[line.kind] += 1
        self.lines.append(line)
        if line.kind == PreviewedChange.Kind.LOSE and line.company_id is not None:
            self.losing.add(line.company_id)

    def add_nameless(self) -> None:
        """Add the rows without a service id, as a run does (`billing.steps.pages.unreadable`)."""
        for bad in self.findings.nameless.to_list:
            self.add(_bad_line(bad))

    def add_losses(self, *, proves: bool) -> None:
        """Add the losses for which this reading is enough evidence. Call it at the end: what it `proves` shows then."""
        self._hold_dated()
        for loss in self.findings.losses:
            waits = waits_for_evidence(loss, is_bad=self.bad.__contains__, proves=proves)
            self._add_line_of(as_remembered(loss) if waits else loss)

    def hand_over(self) -> None:
        """Pass the collected lines, possibly none, to `keep`; each call is also a sign of life."""
        if self.keep is not None:
            lines, self.lines = self.lines, []
            self.keep(lines)

    def load_unreadable(self) -> set[int]:
        """The companies whose record can't be read: no due date closes them."""
        rows = Subscription.objects.filter(gateway_id=self.gateway.pk, company__isnull=False)
        companies = rows.filter(service_id__in=self.bad).values_list("company_id", flat=True)
        return {pk for pk in companies if pk is not None}

    def _hold_dated(self) -> None:
        """Hold the losses by a date, as a run does if the clocks show different days."""
        for question in self.questions:
            if question.code is ErrorCode.CLOCK_DIFFERS:
                why = Note(Kind.CLOCK_DIFFERS, question.as_details())
                for loss in take_dated(self.findings):
                    self.add(held_line(loss, why, self.policy.plan_names))

    def _add_decision(self, decision: Decision) -> None:
        if decision.company_id is not None and (decision.before != decision.after or decision.action is Action.LOSE):
            self.touched.add(decision.company_id)
        self._written.add(decision)
        if decision.action is Action.LOSE:
            self.findings.losses.append(decision)
        else:
            self._add_line_of(decision)

    def _add_line_of(self, decision: Decision) -> None:
        line = line_of(decision, self.policy.plan_names)
        if line is None:
            self.counts["unchanged"] += 1
        else:
            self.add(line)

    def _add_bad(self, bad: BadRow) -> None:
        self.bad_count += 1
        if bad.service_id is None:
            self.findings.nameless.rows.append(bad)
            return
        # An earlier page may have said something else, but each service is counted once.
        is_again = bad.service_id in self.seen and not self._drop_earlier(bad.service_id)
        self.seen.add(bad.service_id)
        self.bad.add(bad.service_id)
        self.add(_bad_line(bad), is_counted=is_again and self.counts["unchanged"] > 0)

    def _drop_earlier(self, service_id: int) -> bool:
        """Drop what an earlier page said about this service, if it is not counted yet."""
        return self._waiting.drop(service_id) or self.findings.drop_losses(service_id) > 0


def _bad_line(bad: BadRow) -> Line:
    return Line(PreviewedChange.Kind.FAILED, Kind.BAD_ROW, bad.service_id, reason=str(bad))
