"""The sentences of `companies.wording` for templates."""

from django import template

from companies import wording

register = template.Library()
register.filter("customer_sentence", wording.customer_sentence)
register.filter("operator_sentence", wording.operator_sentence)
register.filter("state_word", wording.state_word)
