"""What a run has to tell: counts, records, attention items, and why its reading proves nothing."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.utils import timezone

from billing.errors import BillingError, ErrorCode
from billing.models import Kind, RunRecord, SyncRun
from billing.runs.unexpected import LastWord
from billing.steps.run.attention import Raised
from billing.steps.run.progress import Progress, Watch
from billing.steps.run.tally import Tally
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
    `tally` has the counts, `raised` the attention items, `error` says why the reading proves nothing.
    `billing.steps.finish.ending.close_run` stores the result.
    """

    def __init__(self, run: SyncRun, watch: Watch | None = None) -> None:
        self.run = run
        self.progress = Progress(run, watch)
        self.raised = Raised(run.gateway)
        self.tally = Tally()
        self.api_calls = 0
        self.error: LastWord | None = None
        self._entries: list[Entry] = []

    def record(self, entry: Entry, *, is_counted: bool = False) -> None:
        """Count one service under its result and collect the entry. `is_counted`: it was counted before."""
        if entry.service_id is None:
            self.tally.count(entry.result)
        else:
            if is_counted:
                self.tally.recount(entry.service_id)
            self.tally.tell(entry.result, [entry.service_id])
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

    @contextmanager
    def undone_on_error(self) -> Iterator[None]:
        """If the block fails, forget what it entered: its transaction was rolled back.

        The tally still knows which services it told of: each is told of again, alone or as one that can't be written.
        """
        counts, entries, raised = Counter(self.tally.counts), list(self._entries), self.raised.copy()
        try:
            yield
        except BaseException:
            self.tally.counts, self._entries, self.raised = counts, entries, raised
            raise

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
