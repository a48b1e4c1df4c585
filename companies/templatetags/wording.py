"""The sentences of `companies.wording` for templates."""

from django import template
from django.utils import timezone

from companies import facts, wording
from companies.models import Company

register = template.Library()
register.filter("customer_sentence", wording.customer_sentence)
register.filter("member_sentence", wording.member_sentence)
register.filter("operator_sentence", wording.operator_sentence)
register.filter("state_word", wording.state_word)


@register.filter
def age(company: Company) -> str:
    """How old what billing says about a company is; nothing where no billing system speaks for it."""
    if company.source is None:
        return ""
    now = timezone.now()
    return wording.age_sentence(facts.last_read_at(company, company.source, now=now), now)
