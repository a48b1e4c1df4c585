"""What a run did, counted and recorded while it goes."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from django.utils import timezone

from billing.errors import BillingError, ErrorCode
from billing.models import AttentionItem, Kind, RunRecord, SyncRun
from billing.steps.run.attention import Raised
from billing.steps.run.throughput import Throughput
from billing.whmcs import IdSet
from companies.database.bulk import insert_rows

Result = RunRecord.Result
Watch: TypeAlias = Callable[[SyncRun], None]
_KINDS = {
    ErrorCode.FIRST_IMPORT: Kind.FIRST_IMPORT,
    ErrorCode.MANY_ABSENT: Kind.MANY_ABSENT,
    ErrorCode.OTHER_WHMCS: Kind.OTHER_WHMCS,
    ErrorCode.CLOCK_DIFFERS: Kind.CLOCK_DIFFERS,
}
# A run that is over sooner than this writes its row twice, at the beginning and at the end.
SECONDS_BETWEEN_SIGNS = 2.0


class Entry(NamedTuple):
    """What happened to one service in a run: the columns of its RunRecord.

    `params` are what the sentence `reason` was filled with.
    """

    result: RunRecord.Result
    code: str
    service_id: int | None
    company_id: int | None = None
    before: Mapping[str, Any] = {}
    after: Mapping[str, Any] = {}
    reason: str = ""
    params: Mapping[str, Any] = {}


@dataclass(slots=True)
class Report:
    """The book of one run. `record` only collects; `flush` writes, in the caller's transaction.

    Changes of companies are only counted here: the companies' own events tell of them (`billing.runs.changes`).
    """

    run: SyncRun
    raised: Raised
    # Whom to tell, besides the run's row, how far it is.
    watch: Watch | None = None
    counts: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    api_calls: int = 0
    read: int = 0
    expected: int | None = None
    error_code: str = ""
    error: str = ""
    error_params: dict[str, str] = field(default_factory=dict)
    # Services that are counted as something else than unchanged, and how many are counted under two results.
    told: IdSet = field(default_factory=IdSet)
    twice: int = 0
    # New companies that helpers have created, as far as the run knows.
    helped: int = 0
    _entries: list[Entry] = field(default_factory=list)
    _phase: str = ""
    _shown_at: float = field(default_factory=time.monotonic)
    _pace: Throughput = field(default_factory=Throughput)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Add the time of the block to phase `name`."""
        begun, self._phase = time.monotonic(), name
        try:
            yield
        finally:
            self.seconds[name] += time.monotonic() - begun

    @contextmanager
    def undone_on_error(self) -> Iterator[None]:
        """If the block fails, forget what it entered: its transaction has written none of it."""
        counts, entries, raised = Counter(self.counts), list(self._entries), self.raised.copy()
        try:
            yield
        except BaseException:
            self.counts, self._entries, self.raised = counts, entries, raised
            raise

    def count(self, result: str, by: int = 1) -> None:
        self.counts[result] += by

    def uncount(self, by: int = 1) -> None:
        """Take back that services were counted as unchanged when the list came to them: they are something else.

        WHMCS said nothing new about them, but a date has passed; or more became known later (by a page, from a helper).
        """
        self.counts["unchanged"] -= by

    def recount(self, service_id: int) -> None:
        """Have one service count as what comes now, instead of as unchanged; what else was told of it stands."""
        if service_id in self.told or not self.counts["unchanged"]:
            self.twice += 1
        else:
            self.uncount()

    def tell(self, result: str, service_ids: Collection[int]) -> None:
        """Count services under a result that is not `unchanged`."""
        self.count(result, len(service_ids))
        self.told.update(service_ids)

    def record(self, entry: Entry, *, is_counted: bool = False) -> None:
        """Count one service under its result, also where it `is_counted` already; keep what happened to it."""
        if entry.service_id is None:
            self.count(entry.result)
        else:
            if is_counted:
                self.recount(entry.service_id)
            self.tell(entry.result, [entry.service_id])
        self._entries.append(entry)

    def show_progress(self) -> None:
        """Write into the run's row how far it is, every few seconds; a short run never does."""
        now = time.monotonic()
        if now - self._shown_at < SECONDS_BETWEEN_SIGNS:
            return
        self._shown_at = now
        columns = {
            **{name: self.counts[name] for name in (*Result.values, "unchanged")},
            "seen": self.read, "expected": self.expected, "phase": self._phase, "progress_at": timezone.now(),
            "pace": self._pace.after(sum(self.counts.values()) + self.helped, now),
        }  # fmt: skip
        columns["created"] = self.counts["created"] + self.helped
        for name, value in columns.items():
            setattr(self.run, name, value)
        SyncRun.objects.running().filter(pk=self.run.pk).update(**columns)
        if self.watch is not None:
            self.watch(self.run)

    @property
    def is_flushed(self) -> bool:
        """Whether all that was collected is written."""
        return not self._entries and not self.raised.fresh

    def flush(self) -> None:
        """Write the collected entries and attention items."""
        entries, self._entries = self._entries, []
        insert_rows(RunRecord, Entry._fields, entries, same={"run_id": self.run.pk})
        self.raised.flush(timezone.now())

    @property
    def is_doubted(self) -> bool:
        """Whether nothing may be concluded about the whole: not all was read, or something waits for a yes."""
        return bool(self.error_code)

    def doubt(self, error: BillingError) -> None:
        """Say why the reading proves nothing, in the run and among what needs attention. The first reason stands."""
        if self.is_doubted:
            return
        self.error_code, self.error, self.error_params = error.code.value, str(error), error.params
        kind = _KINDS.get(error.code, Kind.GATEWAY_ERROR)
        self.raised.add(kind, "gateway", error.as_details())

    def close(self, outcome: SyncRun.Outcome) -> None:
        """Write the run's last word."""
        self.flush()
        run = self.run
        run.outcome, run.error_code, run.error = outcome, self.error_code, self.error
        run.error_params = self.error_params
        run.finished_at, run.api_calls = timezone.now(), self.api_calls
        run.phase, run.expected, run.pace, run.progress_at = "", self.expected, None, None
        run.fence = run.help_from = None
        run.seconds = {name: round(seconds, 3) for name, seconds in self.seconds.items()}
        run.created, run.changed = self.counts["created"], self.counts["changed"]
        run.unchanged, run.held, run.failed = self.counts["unchanged"], self.counts["held"], self.counts["failed"]
        run.seen = run.created + run.changed + run.unchanged + run.held + run.failed - self.twice
        run.attention = AttentionItem.objects.waiting().filter(gateway=run.gateway).count()
        run.save()
