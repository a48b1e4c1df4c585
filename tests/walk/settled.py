"""Where everything must have got to after runs without a fault: the model's expected state."""

from django.utils import timezone

from billing.models import AttentionItem, RunRecord, SyncRun
from companies.models import Company
from companies.standings.facts import access_of
from sandbox import TICKETZ_PID
from tests.walk.before import load_kept, load_open, load_truth
from tests.walk.judge import Judge
from tests.walk.model import PAID, Evidence, Said, is_open, state_from
from tests.walk.runs import Told

NAMELESS = ("word", "number", "bytes")
"""Poison after which the row has no number, or is read after all."""


def ensure_right(judge: Judge, told: Told) -> None:
    """`told` is what the last run said. Companies that are closed for cause are noted: they have to stay closed."""
    truth = load_truth(judge.world)
    for company in Company.objects.select_related("source").exclude(pk__in=load_kept()):
        _ensure_company_is_right(judge, company, truth)
    for service, said in truth.items():
        if _is_owed_a_company(judge, service, said):
            assert service in judge.book.company_of, f"G3: service {service} is paid and has no company"
    _ensure_named(judge, truth)
    confirmed_at = judge.world.gateway.confirmed_at
    is_doubted = told.printed.get("error", {}).get("code") == "format_changed"
    assert not is_doubted or _most_are_poisoned(judge, truth), "G12: few rows are poisoned, and the format is doubted"
    if not is_doubted and not any(kind in NAMELESS for kind, _ in judge.world.poisons.values()):
        assert confirmed_at == timezone.now(), f"G4: all was read, and the last complete reading is of {confirmed_at}"
    clean = not AttentionItem.objects.filter(closed_at=None).exists() and not load_kept()
    assert told.outcome == "complete" or not clean, f"G12: nothing is wrong, and the run is {told.outcome}"
    troubled = any(truth[service].product == TICKETZ_PID for service in judge.world.poisons)
    assert told.outcome != "complete" or not troubled, "G12: complete though not all could be read"


def _ensure_company_is_right(judge: Judge, company: Company, truth: dict[int, Said]) -> None:
    book, poisons = judge.book, judge.world.poisons
    services = book.services_of(company.pk)
    readable = set(services) & set(truth) - set(poisons)
    # A loss waits while another service may be paid; its row then may stay as it was. Good news does not wait.
    waits = bool(set(services) & set(poisons)) and company.pk in load_open()
    waits = waits and not any(judge.is_paid(truth[service]) for service in readable)
    if not waits:
        for service in readable:
            assert book.services[service] == truth[service], f"G4: service {service} is not {truth[service]}"
    here = book.states[company.pk]
    said = {service: book.services[service] for service in services}
    expected = state_from(said, here, judge.world.plans, judge.ranked)
    if expected is not None and (set(services) - set(truth) or set(services) & set(poisons)):
        # Of a service that is gone or can't be read nothing is decided, though its option may name a plan by now.
        expected = expected._replace(plan=here.plan)
    assert here == expected or waits, f"G4: company {company.pk} is {here}, not {expected}"
    # A reading that proves nothing neither closes anybody by a date nor says that a late company can be read.
    can_be_read = len(readable) == len(services) and judge.world.gateway.confirmed_at == timezone.now()
    assert not (can_be_read and company.unreadable_since), f"G4: company {company.pk} can be read, and is unreadable"
    assert not (can_be_read and company.closing_held_since), f"G4: the closing of company {company.pk} still waits"
    if company.closing_held_since is None:
        access, evidence = access_of(company), _evidence(judge, company)
        today = timezone.localdate()
        right = is_open(here, evidence, today)
        assert access.is_open == right, f"G4: company {company.pk} is {access} with {here} and {evidence}"
        # What an operator has locked is open when they unlock it, unless billing has closed it too.
        if not is_open(here, evidence._replace(is_locked=False), today) and not judge.pays(company.pk, truth):
            judge.note_locked(company.pk, truth)


def _most_are_poisoned(judge: Judge, truth: dict[int, Said]) -> bool:
    """Those of other products count too, for they may be followed; a word can be read. A run compares them with those
    rows that have a number."""
    poisons = judge.world.poisons
    poisoned = {service for service, (kind, _) in poisons.items() if kind != "word"}
    nameless = {service for service, (kind, _) in poisons.items() if kind in NAMELESS}
    listed = {service for service, said in truth.items() if said.product == TICKETZ_PID}
    return len(poisoned) * 2 > len(listed - nameless)


def _evidence(judge: Judge, company: Company) -> Evidence:
    gateway = judge.world.gateway
    read = [at for at in (gateway.confirmed_at, company.unreadable_since) if at is not None]
    return Evidence(
        grace_days=gateway.grace_days,
        unconfirmed_days=gateway.unconfirmed_days,
        confirmed_at=min(read, default=None) if gateway.confirmed_at else None,
        hold_until=company.hold_until,
        is_locked=company.locked_at is not None,
    )


def _is_owed_a_company(judge: Judge, service: int, said: Said) -> bool:
    paid = said.status in PAID and said.product == TICKETZ_PID and said.plan in judge.world.plans
    return paid and service not in judge.world.poisons and said.client not in judge.world.unusable


def _ensure_named(judge: Judge, truth: dict[int, Said]) -> None:
    run = SyncRun.objects.order_by("pk").last()
    named = set(RunRecord.objects.filter(run=run, result="failed").values_list("service_id", flat=True))
    for service, (kind, _) in judge.world.poisons.items():
        if kind not in NAMELESS and truth[service].product == TICKETZ_PID:
            assert service in named, f"G3: service {service} can't be read and is not named"
