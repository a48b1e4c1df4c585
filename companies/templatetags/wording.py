"""The sentences of `companies.wording.verdicts` for templates."""

from datetime import date

from django import template
from django.utils import timezone

from companies.models import Company
from companies.standings import facts
from companies.wording import reasons, verdicts
from companies.wording.due import due_sentence

register = template.Library()
register.filter("customer_sentence", verdicts.customer_sentence)
register.filter("member_sentence", verdicts.member_sentence)
register.filter("operator_sentence", verdicts.operator_sentence)
register.filter("state_word", verdicts.state_word)
register.filter("told", reasons.translated_reason)


@register.filter
def due_words(due: date) -> str:
    """How far away a due date is."""
    return due_sentence(due, timezone.localdate())


@register.filter
def day_in_words(day: str | None) -> str:
    """A stored day in the reader's format."""
    return reasons.day_in_words(day) if day else "\u2013"


@register.filter
def age(company: Company) -> str:
    """The age of the company's billing data; "" if the company has no billing source."""
    if company.source is None:
        return ""
    now = timezone.now()
    return verdicts.age_sentence(facts.last_read_at(company, company.source, now=now), now)
