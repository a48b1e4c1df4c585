"""Makes a preview of what a sync would do now: reads WHMCS and our rows, decides, and writes nothing.

It takes the same steps as a run (`billing.sync`). Only a real run can find these: a client with unusable details, a
record that the database refuses, a second reading that says something else, a client who is somebody else now.
"""

from collections.abc import Callable, Sequence

from django.conf import settings
from django.utils import timezone

from billing.errors import ErrorCode, SnapshotIncomplete, UnsafeChangeSet
from billing.models import AttentionItem, Kind, PreviewedChange, WhmcsGateway
from billing.previews.found import Found
from billing.previews.questions import ask_about_all, ask_about_clocks, ask_about_reading
from billing.previews.result import Preview
from billing.reconcile import Action
from billing.steps.applied.lines import Line, line_of, overdue_line
from billing.steps.losses.overdue import load_overdue
from billing.steps.pages.missing import Search, load_absent
from billing.steps.run.policy import load_policy, must_decide_all
from billing.steps.safeguards import holding
from billing.whmcs import Listing, Page, ReadAhead, WhmcsClient

Keep = Callable[[Sequence[Line]], None]


def preview_gateway(gateway: WhmcsGateway, *, service_id: int | None = None, keep: Keep | None = None) -> Preview:
    """Preview a sync. Raises BillingError if WHMCS can't be read.

    `keep` gets the lines as they are found, a batch at a time; without it they stay in `lines`.
    """
    policy = load_policy(gateway, began_at=timezone.now())
    kept = holding.load_verdicts(gateway, policy.began_at).kept
    found = Found(gateway, policy, decide_all=must_decide_all(gateway, policy), kept=kept, keep=keep)
    with gateway.client() as client:
        if service_id is None:
            _read_all(found, client)
        else:
            found.follow(client.fetch_service(service_id))
            found.complete = True
            ask_about_clocks(found, client.clock_difference)
            found.add_losses(proves=False)
        found.add_nameless()
        ask_about_all(found)
        found.hand_over()
        found.api_calls = client.api_calls
    found.counts["attention"] = AttentionItem.objects.waiting().filter(gateway=gateway).count()
    return found


def _read_all(found: Found, client: WhmcsClient) -> None:
    with ReadAhead(client, in_flight=settings.WHMCS_PAGES_IN_FLIGHT) as source:
        listing = Listing(source, product_id=found.gateway.product_code)
        for page in listing:
            found.read(page)
    found.decide()
    if listing.why_incomplete is not None:
        found.error = SnapshotIncomplete(listing.why_incomplete, **listing.why_params)
    found.complete = listing.complete
    is_doubted = ask_about_reading(found, client.clock_difference)
    proves = not is_doubted and listing.complete and _weigh_absent(found, client)
    is_distrusted = any(question.code is ErrorCode.OTHER_WHMCS for question in found.questions)
    if not (proves or is_distrusted):
        _search(found, client).follow_moved()
    found.add_losses(proves=proves)
    if not is_distrusted:
        _add_overdue(found, proves=proves)


def _weigh_absent(found: Found, client: WhmcsClient) -> bool:
    """Ask for what is missing from the list, as a run does; False if nothing can be concluded from it."""
    absent = load_absent(found.gateway, found.seen)
    try:
        gone = _search(found, client).find_gone([row for row in absent if row.company_id is not None])
    except UnsafeChangeSet as question:
        found.questions.append(question)
        return False
    except SnapshotIncomplete as error:
        found.error, found.complete = error, False
        return False
    for row in gone:
        found.add(Line(PreviewedChange.Kind.VANISHED, Kind.VANISHED, row.service_id, row.company_id))
    return True


def _search(found: Found, client: WhmcsClient) -> Search:
    def fetch(service_id: int) -> Page:
        found.hand_over()  # a sign of life before each call
        return client.fetch_service(service_id)

    def question(missing: int, known: int) -> None:
        raise UnsafeChangeSet(ErrorCode.MANY_ABSENT, missing=str(missing), known=str(known))

    return Search(
        found.gateway, found.seen, found.findings.nameless, fetch, found.follow, found.bad.__contains__, question
    )


def _add_overdue(found: Found, *, proves: bool) -> None:
    """Add what follows from passed due dates, for companies about which WHMCS says nothing new.

    They lose access only if the reading `proves` something.
    """
    besides = found.touched | found.load_unreadable()
    for decision in load_overdue(found.gateway, found.policy, besides=besides).values():
        if decision.action is Action.LOSE and not proves:
            continue
        to_line = overdue_line if decision.action is Action.LOSE else line_of
        if line := to_line(decision, found.policy.plan_names):
            found.add(line, is_counted=decision.facts.service_id in found.seen)
