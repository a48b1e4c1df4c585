"""The state that the steps of one run share."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime

from billing.errors import BillingError, ErrorCode, NextStep
from billing.models import Kind, WhmcsGateway
from billing.reconcile import Policy
from billing.runs import stopping
from billing.runs.lease import Lease
from billing.steps.clients.prepare import Preparation
from billing.steps.run.batching import Batch
from billing.steps.run.evidence import Evidence
from billing.steps.run.findings import Findings
from billing.steps.run.out_of_turn import OutOfTurn
from billing.steps.run.progress import Progress
from billing.steps.run.report import Report
from billing.whmcs import IdSet, WhmcsClient
from companies.access import BillingState
from companies.events import Actor
from companies.story import described


@dataclass(slots=True)
class Identity:
    """What the run knows about whether this is the same WHMCS as before (`billing.steps.safeguards.identity`).

    `is_accepted`: an operator said that it is (None: not looked up yet). `is_sampled`: some clients were compared.
    `moved`: clients whose services now belong to another client.
    """

    is_accepted: bool | None = None
    is_sampled: bool = False
    moved: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Limit:
    """A preview that the run applies: what it does not show is not done (`billing.steps.applied.limit`).

    `kept` are the companies that an operator's rejection kept open when applying began. `services` and `companies` are
    those with a refused change.
    """

    preview_id: int
    kept: frozenset[int] = frozenset()
    services: set[int] = field(default_factory=set)
    companies: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Context:
    """One run: what it reads from, what it may write, how it decides and where it reports."""

    gateway: WhmcsGateway
    client: WhmcsClient
    lease: Lease
    policy: Policy
    report: Report
    actor: Actor
    preparation: Preparation
    # The operator changed a setting that decisions about unchanged services depend on.
    decide_all: bool = False
    # False if only one service is read, or a change was refused because the preview does not show it.
    is_whole: bool = True
    # The preview that this run applies.
    limit: Limit | None = None
    # The ids of all services read so far, and how many rows were unreadable.
    seen: IdSet = field(default_factory=IdSet)
    bad: int = 0
    # The last pages, reduced to the changes that are not decided yet.
    waiting: Batch = field(default_factory=Batch)
    found: Findings = field(default_factory=Findings)
    out_of_turn: OutOfTurn = field(default_factory=OutOfTurn)
    evidence: Evidence = field(default_factory=Evidence)
    # Whether something waits for approval; whether everything that was read is distrusted.
    is_held: bool = False
    is_distrusted: bool = False
    identity: Identity = field(default_factory=Identity)
    # False if the run itself has to count how many companies are created: then no helper may create any.
    may_be_helped: bool = True
    _told: dict[BillingState, dict[str, str | None]] = field(default_factory=dict)

    @property
    def progress(self) -> Progress:
        """How far the run is."""
        return self.report.progress

    @property
    def at(self) -> datetime:
        """When the reading began: the time from which everything that the run writes is known."""
        return self.policy.began_at

    def go_on(self) -> None:
        """Between two steps: keep the lease, and show how far the run is.

        Raises AskedToEnd in an ordinary run if this worker is asked to end, so that another one goes on.
        """
        if self.is_ordinary:
            stopping.ensure_may_go_on()
        self.lease.keep()
        self.progress.show(self.report.tally.counts)

    def give_way(self) -> None:
        """Between two steps: serve those who wait, if it is time to look for any.

        Call it only if every decision so far is written, or is dropped later if its service is in `out_of_turn.read`.
        """
        self.out_of_turn.serve_if_due(self)

    @property
    def is_ordinary(self) -> bool:
        """Whether it is a run like a scheduled one: of the whole gateway, and for no preview."""
        return self.is_whole and self.limit is None

    @property
    def left_out(self) -> Set[int]:
        """Services with a change that was refused, because the preview does not show it."""
        return frozenset() if self.limit is None else self.limit.services

    @property
    def proves(self) -> bool:
        """Whether the reading is evidence about all services, including overdue and absent ones."""
        return self.is_whole and not self.report.is_doubted

    def described(self, state: BillingState | None) -> dict[str, str | None]:
        """A company's billing state as the run's records show it."""
        if state is None:
            return {}
        if state not in self._told:  # many companies have equal states
            self._told[state] = described(state, self.policy.plan_names)
        return self._told[state]

    def doubt(self, error: BillingError) -> None:
        """Conclude nothing about the whole gateway, for this reason; nothing at all if another WHMCS answered."""
        self.report.doubt(error)
        self.is_held |= error.next_step is NextStep.ASK
        self.is_distrusted |= error.code is ErrorCode.OTHER_WHMCS

    def flush_report(self) -> None:
        """Write what the report has collected, if there is anything."""
        if not self.report.is_flushed:
            with self.lease.writing():
                self.report.flush()

    def is_bad(self, service_id: int) -> bool:
        """Whether this run read a record of the service that can't be used."""
        return (Kind.BAD_ROW.value, str(service_id)) in self.report.raised.keys

    def note(self, kind: str, subject: object, params: Mapping[str, str], subscription_id: int | None = None) -> None:
        """Raise an attention item for the operator."""
        self.report.raised.add(kind, subject, params, subscription_id)
