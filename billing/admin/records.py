"""The lines of a run's page: what it did, refused and could not do, and why. First its records, then its changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import pgettext_lazy

from billing.admin.searching import choice_of, load_companies_of, query_of, rows_about, term_of
from billing.models import Kind, PreviewedChange, RunRecord, SyncRun
from billing.reconcile import Action
from billing.runs.changes import as_record, changes_of
from billing.wording.attention import sentence
from companies.admin.event.words import difference
from companies.admin.lists.paging import PER_PAGE, OneAfterTheOther
from companies.events import Code
from companies.models import Event
from companies.wording.reasons import translated_reason

Result = RunRecord.Result
BADGES: dict[str, str] = {Result.CREATED: "ok", Result.CHANGED: "ok", Result.HELD: "warn", Result.FAILED: "bad"}

_WORDS = {
    **dict(Kind.choices),
    **dict(PreviewedChange.Outcome.choices),
    "not_previewed": pgettext_lazy("record", "Not in the applied preview"),
    Code.CLOSED_OVERDUE.value: Code.CLOSED_OVERDUE.label,
    Action.PROVISION.value: Code.OPENED.label,
    Action.REOPEN.value: Code.REOPENED.label,
    Action.UPDATE.value: Code.BILLING_CHANGED.label,
}


class Line(NamedTuple):
    """One record for people. Changes are not stored as records, see `billing.runs.changes`."""

    record: RunRecord
    badge: str
    what: str
    change: str
    why: str


@dataclass(frozen=True, slots=True)
class Records:
    """The context of a page of records. `query` is the rest of the query string, for links to other pages."""

    page: Page[Any]
    lines: list[Line]
    result: str
    term: str
    query: str
    is_cut: bool


def load_records(run: SyncRun, address: QueryDict) -> Records:
    """The page by the query string: `result`, `q` (a service id, or a company) and `page`."""
    result, term = choice_of(address, "result", Result.values), term_of(address)
    paginator = OneAfterTheOther(_lists(run, result, term), PER_PAGE)
    page = paginator.get_page(address.get("page"))
    records = [as_record(one, run) if isinstance(one, Event) else one for one in page.object_list]
    return Records(page, lines_of(records), result, term, query_of(result=result, q=term), paginator.is_cut)


def _lists(run: SyncRun, result: str, term: str) -> list[QuerySet[Any]]:
    """First what was refused, failed or created, then what was changed."""
    records, changes = run.records.select_related("company").order_by("pk"), changes_of(run)
    if term:
        companies = load_companies_of(term)
        records, changes = rows_about(records, term, companies), changes.filter(company__in=companies)
    if result:
        records = records.filter(result=result)
    return [records] if result not in {"", Result.CHANGED} else [records, changes]


def lines_of(records: Iterable[RunRecord]) -> list[Line]:
    """Records as lines for people."""
    return [
        Line(one, BADGES.get(one.result, "muted"), what(one), difference(one.before, one.after), why(one))
        for one in records
    ]


def what(record: RunRecord) -> str:
    """What happened, in the reader's language. An unknown code stays as it is."""
    return str(_WORDS.get(record.code, record.code))


def why(record: RunRecord) -> str:
    """The reason, translated if it is one of ours."""
    if record.params and record.code in Kind.values:
        return sentence(record.code, record.params)
    return translated_reason(record.reason)
