"""What goes into a decision and what comes out.

What there is one of for each service is a named tuple: it costs a third of a frozen dataclass.
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
    """What the operator set, and the moment of the run (`began_at`, aware; `zone` says what day that is).

    What is decided on is evidence as of that moment, unless nothing was read (`is_read`): then it is as old as it was.
    `plans` maps each plan's name to its id. `fallback_plan_id` is for services whose plan is spelled like none. There
    is one for each run, and no two are equal: what was decided by one is never looked up by another.
    """

    plans: Mapping[str, int]
    fallback_plan_id: int | None
    began_at: datetime
    zone: tzinfo
    is_read: bool = True

    @cached_property
    def plan_names(self) -> dict[int, str]:
        """The plans the other way round: each id with its name."""
        return {pk: name for name, pk in self.plans.items()}


class ObservedCompany(NamedTuple):
    """A company as it stands here. `siblings` are the other services that belong to it, as last acted upon."""

    company_id: int
    state: BillingState
    access_facts: Facts
    is_unreadable: bool = False
    siblings: tuple[ServiceFacts, ...] = ()


class Observed(NamedTuple):
    """Our row for a service: what WHMCS had said when it was last acted upon, and the company it led to."""

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

    `before` and `after` are the company's billing state (None where there is no company, or none yet); `opens` is
    True where it was closed and would be open now. `is_held` says that something about the service waits for a
    person; `is_settled` that the next run may pass it by as long as WHMCS says nothing new; `is_read` that `facts` were
    read just now, and are not what stands here, decided on anew because a date has passed.
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


decision_of = maker_of(Decision)
