"""Whether a run tells the truth about itself."""

from billing.models import RunRecord, Subscription, SyncRun
from billing.runs.changes import changes_of
from companies.models import Company
from sandbox import TICKETZ_PID
from tests.walk.before import Before, load_truth, said_of
from tests.walk.model import Book
from tests.walk.runs import Told
from tests.walk.troubles import TROUBLES
from tests.walk.world import World

STATUS_OF = {"complete": 0, "partial": 1, "held": 1}
RECORDED = ("created", "changed", "held", "failed")


def ensure_true(world: World, book: Book, before: Before, told: Told) -> None:
    """What was printed, what the run's row says and what stands here are one story; `book` is what stood here."""
    assert told.status == STATUS_OF.get(told.outcome, 2), f"G12: {told.outcome} ended with {told.status}"
    run = SyncRun.objects.exclude(pk__in=before.runs).order_by("pk").last()
    if run is None:
        return
    assert (run.outcome, run.finished_at is not None) == (told.outcome, True), (
        f"G12: {told} was written as {run.outcome}"
    )
    written = {name: getattr(run, name) for name in RECORDED}
    counted = {name: RunRecord.objects.filter(run=run, result=name).count() for name in RECORDED}
    counted["changed"] += changes_of(run).count()
    assert counted == written, f"G12: the run says {written}, its records {counted}"
    made = Company.objects.exclude(pk__in=list(book.states)).count()
    assert run.created == made, f"G12: {made} companies were made, the run says {run.created}"
    if not world.troubles and not world.poisons and not run.error_code:
        listed = {service.id for service in world.shop.listing(TICKETZ_PID)}
        # What vanished, now or before, and is overdue is counted once more, see test_examples.py.
        missed = Subscription.objects.exclude(company=None).exclude(service_id__in=before.known).count()
        vanished = missed + RunRecord.objects.filter(run=run, code="vanished").count()
        spare = run.seen - len(listed | before.known)
        assert 0 <= spare <= vanished, f"G12: of {listed} and {before.known} the run saw {run.seen}"
    blind = any(
        kind in TROUBLES and TROUBLES[kind].spoils and rule.times is None and rule.first == 1
        for kind, rule in world.troubles
    )
    assert not (blind and run.outcome == "complete"), f"G12: complete, with {world.troubles}"
    if run.outcome == "complete":
        _ensure_complete(world, book, before)


def _ensure_complete(world: World, book: Book, before: Before) -> None:
    # A list is believed about orders that never became a company: nobody can lose anything by that.
    hidden = any(kind in ("empty list", "empty shop", "half a list") for kind, _ in world.troubles)
    duplicated = any(kind == "duplicate" for kind, _ in world.troubles)
    rows = {row.service_id: said_of(row) for row in Subscription.objects.all()}
    for service, said in load_truth(world).items():
        expected = said.product == TICKETZ_PID and (service in book.company_of or not hidden)
        if expected and service not in world.poisons and not duplicated:
            here, said_of_late = rows.get(service), (said, before.truth.get(service, said))
            assert here in said_of_late, f"G12: complete, and service {service} is {here}, not {said}"
