"""The story of all companies."""

from datetime import datetime

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companies.admin.event import words
from companies.admin.lists.filters import CodeFilter, SinceFilter
from companies.admin.lists.paging import BigList
from companies.admin.lists.read_only import NothingIsWritten
from companies.admin.lists.searching import FindsBy, events_like
from companies.events import Code
from companies.models import Event


class EventCodeFilter(CodeFilter):
    codes = Code


@admin.register(Event)
class EventAdmin(NothingIsWritten, FindsBy, BigList, admin.ModelAdmin[Event]):
    """Newest first. Nobody can change or delete an event."""

    list_display = ["when", "company", "what", "who", "change", "why"]
    list_filter = [SinceFilter, EventCodeFilter]
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
        return words.what(event)

    @admin.display(description=_("who"))
    def who(self, event: Event) -> str:
        return words.who(event)

    @admin.display(description=_("change"))
    def change(self, event: Event) -> str:
        return words.change(event)

    @admin.display(description=_("why"))
    def why(self, event: Event) -> str:
        return words.why(event)
