"""The types that go into a decision and come out of it.

Types with an instance per service are named tuples, which cost a third of a frozen dataclass.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from billing.facts import ServiceFacts, maker_of
from companies.access import BillingState, Facts


@dataclass(frozen=True, eq=False)
class Policy:
    """The operator's settings, and the moment of the run (`began_at`, aware; `zone` decides what day it is).

    The facts are evidence as of that moment, unless nothing was read (`is_read`): then they keep their age.
    `plans` maps names to ids. `fallback_plan_id` is for services whose plan value matches no plan. There
    is one policy per run, and no two are equal, so that cached decisions are never shared between runs.
    """

    plans: Mapping[str, int]
    fallback_plan_id: int | None
    began_at: datetime
    zone: tzinfo
    is_read: bool = True

    @cached_property
    def plan_names(self) -> dict[int, str]:
        """The names of the plans by their ids."""
        return {pk: name for name, pk in self.plans.items()}


class ObservedCompany(NamedTuple):
    """A company as stored here. `siblings` are its other services, as last acted upon."""

    company_id: int
    state: BillingState
    access_facts: Facts
    is_unreadable: bool = False
    siblings: tuple[ServiceFacts, ...] = ()


class Observed(NamedTuple):
    """Our row for a service: the facts last acted upon, and its company."""

    subscription_id: int
    facts: ServiceFacts
    is_settled: bool
    is_vanished: bool = False
    company: ObservedCompany | None = None


observed_of = maker_of(Observed)
observed_company_of = maker_of(ObservedCompany)


class Action(StrEnum):
    """What to do about one service."""

    NOTHING = "nothing"
    REMEMBER = "remember"
    PROVISION = "provision"
    REOPEN = "reopen"
    UPDATE = "update"
    LOSE = "lose"


@dataclass(frozen=True, slots=True)
class Note:
    """Something a person should know. `kind` is one of `billing.models.Kind`; `params` fill its sentence."""

    kind: str
    params: Mapping[str, str]


class Decision(NamedTuple):
    """What to do about one service, and why.

    `before` and `after` are the company's billing state (None without a company); `opens` is True if it was closed and
    would be open now. `is_held` means that something about the service waits for a person, `is_settled` that the next
    run may skip it as long as WHMCS says nothing new, and `is_read` that `facts` were read now, instead of being stored
    facts that are decided again because a date has passed.
    """

    action: Action
    facts: ServiceFacts
    observed: Observed | None
    company_id: int | None = None
    before: BillingState | None = None
    after: BillingState | None = None
    notes: tuple[Note, ...] = ()
    is_held: bool = False
    is_settled: bool = True
    opens: bool = False
    is_read: bool = True

    @property
    def subscription_id(self) -> int | None:
        """The id of our row; None for a service that was never read before."""
        return self.observed.subscription_id if self.observed else None

    @property
    def is_found_again(self) -> bool:
        """Whether the service had vanished and was read now."""
        return self.observed is not None and self.observed.is_vanished and self.is_read

    @property
    def is_gone(self) -> bool:
        """Whether the service had vanished and was not found again: all that is known of it is what our row says."""
        return self.observed is not None and self.observed.is_vanished and not self.is_read

    @property
    def company(self) -> ObservedCompany | None:
        """The company as our row has it; None without one."""
        return self.observed.company if self.observed else None


decision_of = maker_of(Decision)
