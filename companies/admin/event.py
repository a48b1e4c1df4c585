"""The story of all companies."""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.admin.paging import BigList
from companies.admin.read_only import NothingIsWritten
from companies.admin.searching import FindsBy, events_like
from companies.admin.since import SinceFilter
from companies.events import Code
from companies.models import Company, Event, Membership, Role
from companies.models.company import STATUSES
from companies.wording.reasons import day_in_words, translated_reason

_WORDS: Mapping[str, Mapping[str, object]] = {
    "status": {**dict(STATUSES), "overdue": pgettext_lazy("status", "overdue")},
    "role": dict(Role.choices),
}


def what(event: Event) -> str:
    """The code in words; one that is no longer known as it is."""
    return str(dict(Code.choices).get(event.code, event.code))


def who(event: Event) -> str:
    """The person, or what did it."""
    return translated_reason(event.actor_label)


def why(event: Event) -> str:
    """The reason, in the reader's language where it is one of ours."""
    return translated_reason(event.reason)


def change(event: Event) -> str:
    """What it was and what it became, on one line."""
    return in_words(event.before, event.after)


def difference(before: Mapping[str, object], after: Mapping[str, object]) -> str:
    """`in_words` for two whole states: only what is not the same in both."""
    changed = [key for key in after if before.get(key) != after[key]]
    return in_words({key: before.get(key) for key in changed}, {key: after[key] for key in changed})


def in_words(before: Mapping[str, object], after: Mapping[str, object]) -> str:
    """The same for any two states of a company, by the names of their columns."""
    if not any(before.values()):
        return ", ".join(f"{_label(key)}: {_shown(key, value)}" for key, value in after.items() if value is not None)
    keys = [*before, *(key for key in after if key not in before)]
    return ", ".join(
        f"{_label(key)}: {_shown(key, before.get(key))} \u2192 {_shown(key, after.get(key))}" for key in keys
    )


def status_word(status: str) -> str:
    """A company's status for people, or what it becomes by a due date."""
    return _shown("status", status)


def _label(key: str) -> str:
    """A column of the company, or of a membership, by its name for people; anything else as it is."""
    for model in (Company, Membership):
        with suppress(FieldDoesNotExist):
            return str(getattr(model._meta.get_field(key), "verbose_name", key))
    return key


def _shown(key: str, value: object) -> str:
    if value in (None, ""):
        return "\u2013"
    if isinstance(value, str) and value in _WORDS.get(key, {}):
        return str(_WORDS[key][value])
    return day_in_words(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class CodeFilter(admin.SimpleListFilter):
    """By what happened; the words are known, so nobody has to ask the table for them."""

    title = _("what")
    parameter_name = "code"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [(code.value, str(code.label)) for code in Code]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        return queryset.filter(code=self.value()) if self.value() else queryset


@admin.register(Event)
class EventAdmin(NothingIsWritten, FindsBy, BigList, admin.ModelAdmin[Event]):
    """Newest first; nothing here can be changed or deleted by anybody."""

    list_display = ["when", "company", "what", "who", "change", "why"]
    list_filter = [SinceFilter, CodeFilter]
    list_select_related = ["company"]
    sortable_by = ["when"]
    search_help_text = _("Company, or the address of the person who did it")
    fields = ["at", "company", "what", "who", "change", "why"]

    def find(self, term: str) -> Q:
        return events_like(term)

    @admin.display(description=_("when"), ordering="pk")
    def when(self, event: Event) -> datetime:
        return event.at

    @admin.display(description=_("what"))
    def what(self, event: Event) -> str:
        return what(event)

    @admin.display(description=_("who"))
    def who(self, event: Event) -> str:
        return who(event)

    @admin.display(description=_("change"))
    def change(self, event: Event) -> str:
        return change(event)

    @admin.display(description=_("why"))
    def why(self, event: Event) -> str:
        return why(event)
