"""What the rules of `companies.access` look at: a company's facts, today, and the days that follow from both."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cached_property

from companies.access.types import Facts


@dataclass(eq=False)
class Case:
    """What the rules look at: the facts, today, and the days that follow from both where there is a due date."""

    facts: Facts
    today: date
    zone: tzinfo

    @cached_property
    def due(self) -> date:
        return self.facts.due_date or date.max

    @cached_property
    def end_of_grace(self) -> date:
        return shift(self.due, self.facts.grace_days)

    @cached_property
    def last_day(self) -> date:
        """The last day on which dates alone keep it open: billing's, and the end of an operator's hold."""
        return max(self.end_of_grace, self.facts.override_until or date.min, self.facts.hold_until or date.min)

    @cached_property
    def closes(self) -> date:
        """The day after it."""
        return shift(self.last_day, 1)

    @cached_property
    def evidence_from(self) -> datetime:
        """When a reading has to have begun to prove that it is still unpaid."""
        return self.end_of(self.last_day)

    @cached_property
    def last_unconfirmed(self) -> date | None:
        """The last day on which it is open without proof; None if there is none."""
        return self.unconfirmed_after(self.last_day)

    def end_of(self, day: date) -> datetime:
        """The first moment of the next day: only a reading from then on knows what was paid until the end of `day`."""
        return datetime.combine(shift(day, 1), time.min, tzinfo=self.zone)

    def unconfirmed_after(self, day: date) -> date | None:
        """The last day without proof of what ended with `day`; None if there is none."""
        days = self.facts.unconfirmed_days
        return None if days is None else shift(day, days)


def shift(day: date, days: int) -> date:
    """`day` plus `days`, ending at the last day that Python knows instead of failing there."""
    return date.max if (date.max - day).days < days else day + timedelta(days=days)
