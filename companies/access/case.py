"""The input of the rules of `companies.access`: a company's facts, today, and the days computed from them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cached_property

from companies.access.types import Facts


@dataclass(eq=False)
class Case:
    """The facts, today, and the days computed from them. The days mean something only if there is a due date."""

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
        """The last day on which a date keeps the company open: the end of grace, an override or a hold."""
        return max(self.end_of_grace, self.facts.override_until or date.min, self.facts.hold_until or date.min)

    @cached_property
    def closes(self) -> date:
        """The day after the last day."""
        return shift(self.last_day, 1)

    @cached_property
    def evidence_from(self) -> datetime:
        """Only a reading that began at or after this moment proves that the company is still unpaid."""
        return self.end_of(self.last_day)

    @cached_property
    def last_unconfirmed(self) -> date | None:
        """The last day on which the company stays open without proof; None if there is no limit."""
        return self.unconfirmed_after(self.last_day)

    def end_of(self, day: date) -> datetime:
        """The first moment of the next day. Only a reading from then on knows all payments of `day`."""
        return datetime.combine(shift(day, 1), time.min, tzinfo=self.zone)

    def unconfirmed_after(self, day: date) -> date | None:
        """The same, counted from `day`."""
        days = self.facts.unconfirmed_days
        return None if days is None else shift(day, days)


def shift(day: date, days: int) -> date:
    """`day` plus `days`, but at most `date.max` instead of an OverflowError."""
    return date.max if (date.max - day).days < days else day + timedelta(days=days)
