"""Shows what other numbers in a gateway's settings would do to its companies; writes nothing.

Companies are decided group by group (`companies.standings.groups`) by the usual access rules, once with the present
numbers and once with the new ones. Both times as if a complete reading had just confirmed the same facts: a company
that such a reading would close anyway is not an effect of the numbers.
"""

import copy
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from django.utils import timezone

from billing.models import WhmcsGateway
from billing.steps.losses import counting
from companies.access import Access, Facts, decide_access
from companies.models import Company
from companies.people.queries import people_in
from companies.standings.facts import facts_of, is_read_on
from companies.standings.groups import Group, companies_of, load_groups


class Numbers(NamedTuple):
    """The numbers of a gateway that access and the limits for mass changes depend on."""

    grace_days: int
    unconfirmed_days: int
    mass_change_count: int
    mass_change_percent: int


class Effect(StrEnum):
    """What the numbers would do to a company."""

    LOCKED = "locked"
    OPENED = "opened"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The groups of companies by effect.

    Of the companies that would lose access, `at_once` would lose it when the numbers are saved, all others at the next
    complete reading. That reading would take access from `losing` of `open` companies, and wait for approval if
    `would_wait`.
    """

    groups: dict[Effect, list[Group]]
    at_once: int
    losing: int
    open: int
    would_wait: bool

    def count(self, effect: Effect) -> int:
        """How many companies have this effect."""
        return sum(group.companies for group in self.groups[effect])


def numbers_of(gateway: WhmcsGateway) -> Numbers:
    """The present numbers."""
    return Numbers(*(getattr(gateway, name) for name in Numbers._fields))


def load_what_if(gateway: WhmcsGateway, numbers: Numbers, *, now: datetime) -> WhatIf:
    """The effects on all companies of `gateway`; a few queries, however many companies there are."""
    by_effect: dict[Effect, list[Group]] = {effect: [] for effect in Effect}
    at_once = 0
    groups = [group for group in load_groups(now) if group.key.source == gateway.pk]
    for group in groups:
        effect = _effect(group, numbers, now)
        if effect is not None:
            by_effect[effect].append(group)
        if effect is Effect.LOCKED and not _decide(_with(group.facts, numbers), now).is_open:
            at_once += group.companies
    losing, of_open = _weigh(groups, numbers, now)
    scale = counting.Scale(of_open, gateway.lost_one_by_one)
    too_many = scale.is_exceeded(_with_numbers(gateway, numbers), losing)
    return WhatIf(by_effect, at_once, losing, of_open, too_many)


def count_people(found: WhatIf, effect: Effect, *, now: datetime) -> int:
    """How many people belong to the companies with this effect."""
    return people_in(companies_of(found.groups[effect], Company.objects.all()).order_by().values("pk"), at=now)[0]


def then(company: Company, numbers: Numbers, *, now: datetime) -> Access:
    """The access that one company, loaded with its source, would have."""
    facts = _with(facts_of(company, now=now), numbers)
    return _decide(_read(facts, now) if is_read_on(company, company.source) else facts, now)


def _effect(group: Group, numbers: Numbers, now: datetime) -> Effect | None:
    known = _read(group.facts, now) if group.is_read_on else group.facts
    before, after = _decide(known, now), _decide(_with(known, numbers), now)
    if before.is_open != after.is_open:
        return Effect.OPENED if after.is_open else Effect.LOCKED
    if after.is_open and (before.state, before.until) != (after.state, after.until):
        return Effect.MOVED
    return None


def _weigh(groups: Iterable[Group], numbers: Numbers, now: datetime) -> tuple[int, int]:
    """How many companies the next complete reading would close, and how many are open until then."""
    losing = of_open = 0
    for group in groups:
        facts = _with(group.facts, numbers).by_billing_alone()
        if not _decide(facts, now).is_open:
            continue
        of_open += group.companies
        if group.is_read_on and not _decide(_read(facts, now), now).is_open:
            losing += group.companies
    return losing, of_open


def _with(facts: Facts, numbers: Numbers) -> Facts:
    days = None if facts.unconfirmed_days is None else numbers.unconfirmed_days
    return facts._replace(grace_days=numbers.grace_days, unconfirmed_days=days)


def _read(facts: Facts, now: datetime) -> Facts:
    return facts._replace(read_at=now)


def _decide(facts: Facts, now: datetime) -> Access:
    return decide_access(facts, now=now, zone=timezone.get_default_timezone())


def _with_numbers(gateway: WhmcsGateway, numbers: Numbers) -> WhmcsGateway:
    other = copy.copy(gateway)
    for name, number in numbers._asdict().items():
        setattr(other, name, number)
    return other
