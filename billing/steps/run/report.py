"""Counts and records what a run does."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.utils import timezone

from billing.errors import BillingError, ErrorCode
from billing.models import AttentionItem, Kind, RunRecord, SyncRun
from billing.runs.unexpected import LastWord
from billing.steps.run.attention import Raised
from billing.steps.run.progress import Progress, Watch
from billing.whmcs import IdSet
from companies.database.bulk import insert_rows

_KINDS = {
    ErrorCode.FIRST_IMPORT: Kind.FIRST_IMPORT,
    ErrorCode.MANY_ABSENT: Kind.MANY_ABSENT,
    ErrorCode.OTHER_WHMCS: Kind.OTHER_WHMCS,
    ErrorCode.CLOCK_DIFFERS: Kind.CLOCK_DIFFERS,
}


class Entry(NamedTuple):
    """What happened to one service in a run: the columns of its RunRecord.

    `params` are the values that were filled into the sentence `reason`.
    """

    result: RunRecord.Result
    code: str
    service_id: int | None
    company_id: int | None = None
    before: Mapping[str, Any] = {}
    after: Mapping[str, Any] = {}
    reason: str = ""
    params: Mapping[str, Any] = {}


class Report:
    """The report of one run. `record` only collects; `flush` writes, in the caller's transaction.

    Changes of companies are only counted here: the companies' own events record them (`billing.runs.changes`).
    `raised` are attention items, `error` says why the reading proves nothing.
    """

    def __init__(self, run: SyncRun, watch: Watch | None = None) -> None:
        self.run = run
        self.progress = Progress(run, watch)
        self.raised = Raised(run.gateway)
        self.counts: Counter[str] = Counter()
        # Services that are counted under another result than unchanged, and how many are counted under two results.
        self.told = IdSet()
        self.twice = 0
        self.api_calls = 0
        self.error: LastWord | None = None
        self._entries: list[Entry] = []

    @contextmanager
    def undone_on_error(self) -> Iterator[None]:
        """If the block fails, forget what it entered: its transaction was rolled back.

        `told` keeps its services: each is told of again, alone or as one that can't be written.
        """
        counts, entries, raised = Counter(self.counts), list(self._entries), self.raised.copy()
        try:
            yield
        except BaseException:
            self.counts, self._entries, self.raised = counts, entries, raised
            raise

    def count(self, result: str, by: int = 1) -> None:
        self.counts[result] += by

    def uncount(self, by: int = 1) -> None:
        """Subtract services that were counted as unchanged but have another result."""
        self.counts["unchanged"] -= by

    def recount(self, service_id: int) -> None:
        """Prepare to count one service again: no longer as unchanged, but an earlier other result stays."""
        if service_id in self.told or not self.counts["unchanged"]:
            self.twice += 1
        else:
            self.uncount()

    def tell(self, result: str, service_ids: Collection[int]) -> None:
        """Count services under a result that is not `unchanged`."""
        self.count(result, len(service_ids))
        self.told.update(service_ids)

    def record(self, entry: Entry, *, is_counted: bool = False) -> None:
        """Count one service under its result and collect the entry. `is_counted`: it was counted before."""
        if entry.service_id is None:
            self.count(entry.result)
        else:
            if is_counted:
                self.recount(entry.service_id)
            self.tell(entry.result, [entry.service_id])
        self._entries.append(entry)

    @property
    def is_flushed(self) -> bool:
        """Whether everything collected is written."""
        return not self._entries and not self.raised.fresh

    def flush(self) -> None:
        """Write the collected entries and attention items."""
        entries, self._entries = self._entries, []
        insert_rows(RunRecord, Entry._fields, entries, same={"run_id": self.run.pk})
        self.raised.flush(timezone.now())

    @property
    def is_doubted(self) -> bool:
        """Whether nothing may be concluded about the whole: not all was read, or the run must ask for approval."""
        return self.error is not None

    def doubt(self, error: BillingError) -> None:
        """Say why the reading proves nothing, in the run and in an attention item. The first reason stays."""
        if self.is_doubted:
            return
        self.error = LastWord.of(error)
        kind = _KINDS.get(error.code, Kind.GATEWAY_ERROR)
        self.raised.add(kind, "gateway", error.as_details())

    def close(self, outcome: SyncRun.Outcome) -> None:
        """Store the run's outcome and counts."""
        self.flush()
        self.progress.end()
        run, counts = self.run, self.counts
        run.outcome, run.finished_at, run.api_calls = outcome, timezone.now(), self.api_calls
        run.error_code, run.error, run.error_params = self.error or ("", "", {})
        run.fence = run.help_from = None
        run.created, run.changed = counts["created"], counts["changed"]
        run.unchanged, run.held, run.failed = counts["unchanged"], counts["held"], counts["failed"]
        run.seen = run.created + run.changed + run.unchanged + run.held + run.failed - self.twice
        run.attention = AttentionItem.objects.waiting().filter(gateway=run.gateway).count()
        run.save()
