"""The content of a preview's page: its figures, and its changes a page at a time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from billing.admin.searching import choice_of, query_of, rows_about, term_of
from billing.errors import ErrorCode
from billing.links import client_url
from billing.models import HeldChanges, PreviewedChange, StoredPreview, WhmcsGateway
from billing.models import Kind as Attention
from billing.steps.safeguards.holding import is_over
from billing.wording.answers import answer_until
from billing.wording.attention import asked, sentence
from companies.admin.event.words import difference
from companies.admin.lists.paging import PER_PAGE, BoundedPaginator
from companies.events import Code
from companies.wording.reasons import translated_reason

Kind, Outcome, State = PreviewedChange.Kind, PreviewedChange.Outcome, StoredPreview.State
_BADGES: dict[str, str] = {
    Kind.CREATE: "ok", Kind.REOPEN: "ok", Kind.CHANGE: "ok", Kind.LOSE: "bad", Kind.KEPT: "warn", Kind.VANISHED: "warn",
    Kind.NOTED: "muted", Kind.HELD: "warn", Kind.FAILED: "bad",
}  # fmt: skip
_OUTCOME_BADGES: dict[str, str] = {Outcome.APPLIED: "ok", Outcome.ALREADY: "ok", Outcome.FAILED: "bad"}
_STATE_BADGES: dict[str, str] = {State.READY: "ok", State.APPLIED: "ok", State.FAILED: "bad", State.OUTDATED: "muted"}


class Line(NamedTuple):
    """One previewed change for people. `instead` is what would be done now, if that is something else.

    `client` is the client's id in WHMCS, None if unknown, and `client_url` the client's page there.
    """

    change: PreviewedChange
    client: int | None
    client_url: str
    badge: str
    what: str
    why: str
    outcome_badge: str
    instead: str


@dataclass(frozen=True, slots=True)
class Changes:
    """The context of a page of changes. `query` is the rest of the query string, for links to other pages."""

    page: Page[Any]
    lines: list[Line]
    kind: str
    outcome: str
    term: str
    query: str
    is_cut: bool


def load_changes(preview: StoredPreview, address: QueryDict) -> Changes:
    """The page by the query string: `kind`, `outcome`, `q` (a service id, or a company) and `page`."""
    kind, outcome = choice_of(address, "kind", Kind.values), choice_of(address, "outcome", Outcome.values)
    term = term_of(address)
    rows = _matching(preview.changes.select_related("company").order_by("pk"), kind, outcome, term)
    paginator = BoundedPaginator(rows, PER_PAGE)
    page = paginator.get_page(address.get("page"))
    query = query_of(kind=kind, outcome=outcome, q=term)
    lines = [_line(one, preview.gateway) for one in page.object_list]
    return Changes(page, lines, kind, outcome, term, query, paginator.is_cut)


def tiles_of(preview: StoredPreview) -> list[tuple[str, int, str]]:
    """For each kind of change: its filter, its number, and its label."""
    kinds = preview.figures.get("kinds", {})
    found = [(f"kind={kind}", kinds[kind], str(Kind(kind).label)) for kind in Kind.values if kinds.get(kind)]
    outcomes = preview.figures.get("outcomes", {})
    return found + [
        (f"outcome={outcome}", outcomes[outcome], str(Outcome(outcome).label))
        for outcome in Outcome.values
        if outcome and outcomes.get(outcome)
    ]


def questions_of(preview: StoredPreview) -> list[str]:
    """The questions at which a run would stop, in the reader's language."""
    found = preview.figures.get("questions", [])
    return [asked(ErrorCode(question["code"]), question["params"]) for question in found]


def noes_about(gateway: WhmcsGateway, *, at: datetime) -> list[tuple[int, str]]:
    """The rejections that keep companies of this gateway open: id, who decided, why and until when."""
    given = HeldChanges.objects.filter(gateway=gateway, kind=HeldChanges.Kind.LOSSES, closed_at=None)
    in_force = given.filter(verdict=HeldChanges.Verdict.REJECTED).exclude(is_over(at)).select_related("decided_by")
    return [(held.pk, answer_until(held)) for held in in_force.order_by("-pk")]


def badge_of(preview: StoredPreview) -> str:
    """The colour of its state."""
    return _STATE_BADGES.get(preview.state, "warn")


def _line(change: PreviewedChange, gateway: WhmcsGateway) -> Line:
    found, client = change.found, change.facts.get("client_id")
    return Line(
        change, client, client_url(gateway, client) if client else "",
        _BADGES.get(change.kind, "muted"), _what(change), _why(change),
        _OUTCOME_BADGES.get(change.outcome, "warn"),
        difference(found["before"], found["after"]) if found else "",
    )  # fmt: skip


def _what(change: PreviewedChange) -> str:
    """The values before and after, or a text if no column shows the change."""
    is_loss = change.kind in {Kind.LOSE, Kind.KEPT}
    if change.what == Code.CLOSED_OVERDUE or (is_loss and change.before == change.after):
        day = change.after.get("due_date") or "–"
        return _("Its due date %(day)s has passed, and this reading shows it unpaid.") % {"day": day}
    return difference(change.before, change.after)


def _why(change: PreviewedChange) -> str:
    told = [sentence(note["kind"], note) for note in change.notes if note["kind"] in Attention.values]
    return " ".join(told) or translated_reason(change.reason)


def _matching(rows: QuerySet[PreviewedChange], kind: str, outcome: str, term: str) -> QuerySet[PreviewedChange]:
    if kind:
        rows = rows.filter(kind=kind)
    if outcome:
        rows = rows.filter(outcome=outcome)
    return rows_about(rows, term)
