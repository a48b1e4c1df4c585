"""Limits a run to what a preview shows.

Such a run works like any other: the same lease, the same safety questions, a second reading of each loss. But it
compares every change that it decides on with the previewed one: the action, the company, its state before and after,
WHMCS's facts, and whether an operator holds or locks the company. An equal change is admitted. Any other is refused
and recorded, and nothing is written about its company, as if its services had not been read.

The run concludes something about the whole gateway (how far the evidence reaches, which due dates it closes, which
services are gone) only if it refused nothing: only then it did the same as an ordinary run. Otherwise it concludes
nothing, like a run of one service, so a company that renewed after the preview is not closed by an old date. What only
stores facts or protects a company (a record that can't be read) is always admitted, because it takes nothing away.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from billing.models import Kind, PreviewedChange, RunRecord
from billing.reconcile import Decision
from billing.steps.applied.lines import Line, as_kept, is_change, line_of, overdue_line
from billing.steps.run.context import Context, Limit
from billing.steps.run.report import Entry
from billing.wording import reasons
from companies.events import Code

Outcome = PreviewedChange.Outcome
NOT_PREVIEWED = "not_previewed"
_REASONS = {
    NOT_PREVIEWED: reasons.NOT_PREVIEWED,
    Outcome.DRIFTED: reasons.DRIFTED,
    Outcome.BY_OPERATOR: reasons.BY_OPERATOR,
}
_COLUMNS = ("kind", "what", "service_id", "company_id", "before", "after", "notes", "reason", "facts", "stood")


def admit(context: Context, decisions: Sequence[Decision]) -> list[Decision]:
    """The decisions that may be carried out: all of them, unless the run applies a preview."""
    limit = context.limit
    if limit is None:
        return list(decisions)
    changes = [line for d in decisions if is_change(d) and (line := line_of(d, context.policy.plan_names))]
    _compare(context, limit, changes)
    kept: list[Decision] = []
    for decision in decisions:
        if decision.company_id in limit.companies and decision.facts.service_id not in limit.services:
            context.report.tally.count("unchanged")
        elif decision.facts.service_id not in limit.services:
            kept.append(decision)
    return kept


def admit_again(context: Context, decisions: Sequence[Decision]) -> list[Decision]:
    """The same at the end of a run, for services that it may have counted before: those are counted again."""
    for decision in decisions:
        if decision.facts.service_id in context.seen:
            context.report.tally.recount(decision.facts.service_id)
    return admit(context, decisions)


def is_gone_admitted(context: Context, service_id: int, company_id: int | None) -> bool:
    """Whether the run may write that this service is gone."""
    return _is_admitted(context, Line(PreviewedChange.Kind.VANISHED, Kind.VANISHED, service_id, company_id))


def is_overdue_admitted(context: Context, loss: Decision) -> bool:
    """Whether the run may close this company by a due date that has passed."""
    return _is_admitted(context, overdue_line(loss, context.policy.plan_names))


def load_lines(preview_id: int, service_ids: Iterable[int]) -> dict[int, list[Line]]:
    """The changes that a preview shows, by service id."""
    rows = PreviewedChange.objects.filter(preview_id=preview_id, service_id__in=list(service_ids))
    lines: dict[int, list[Line]] = defaultdict(list)
    for columns in rows.filter(kind__in=PreviewedChange.COMPARED).values_list(*_COLUMNS):
        line = Line._make(columns)
        lines[line.service_id or 0].append(line)
    return lines


def _is_admitted(context: Context, line: Line) -> bool:
    limit = context.limit
    if limit is None:
        return True
    _compare(context, limit, [line])
    return line.service_id not in limit.services


def _compare(context: Context, limit: Limit, changes: Sequence[Line]) -> None:
    """Refuse each change that is not exactly as the preview shows it."""
    shown = load_lines(limit.preview_id, [line.service_id for line in changes if line.service_id])
    for line in changes:
        code = _difference(as_kept(line, limit.kept), shown.get(line.service_id or 0, []))
        if code is not None:
            _turn_down(context, limit, line, code)


def _difference(line: Line, shown: Sequence[Line]) -> str | None:
    """Why the line is refused, as a code; None if the preview shows exactly this line."""
    if not shown:
        return NOT_PREVIEWED
    if any(_key(line) == _key(other) for other in shown):
        return None
    if any(_key(line._replace(stood=other.stood)) == _key(other) for other in shown):
        return Outcome.BY_OPERATOR
    return Outcome.DRIFTED


def _key(line: Line) -> tuple[object, ...]:
    """The columns that are compared: all except the wording and the kind."""
    return (line.what, line.company_id, line.before, line.after, line.facts, line.stood)


def _turn_down(context: Context, limit: Limit, line: Line, code: str) -> None:
    if line.service_id is not None:
        limit.services.add(line.service_id)
    if line.company_id is not None:
        limit.companies.add(line.company_id)
    # If only the second reading differed, the run may still prove something; it must be no evidence against this one.
    context.evidence.spare(line.company_id)
    # The service of an overdue company was already counted when it was read, if it was read.
    is_counted = line.what == Code.CLOSED_OVERDUE and line.service_id in context.seen
    context.report.record(
        Entry(
            RunRecord.Result.HELD, code, line.service_id, line.company_id, line.before, line.after,
            reason=_REASONS[code](),
        ),
        is_counted=is_counted,
    )  # fmt: skip
