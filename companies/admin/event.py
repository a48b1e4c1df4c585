"""The story of all companies."""

import json
from typing import TYPE_CHECKING

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from companies.admin.read_only import NothingIsWritten
from companies.events import Code
from companies.models import Event

if TYPE_CHECKING:
    from typing import TypeAlias

    Base: TypeAlias = admin.ModelAdmin[Event]
else:
    Base = admin.ModelAdmin


def what(event: Event) -> str:
    """The code in words; one that is no longer known as it is."""
    return str(dict(Code.choices).get(event.code, event.code))


def who(event: Event) -> str:
    """The person, or what did it."""
    return event.actor_label


def change(event: Event) -> str:
    """What it was and what it became, on one line."""
    keys = [*event.before, *(key for key in event.after if key not in event.before)]
    return ", ".join(f"{key}: {_shown(event.before.get(key))} \u2192 {_shown(event.after.get(key))}" for key in keys)


def _shown(value: object) -> str:
    if value in (None, ""):
        return "\u2013"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@admin.register(Event)
class EventAdmin(NothingIsWritten, Base):
    """Newest first; nothing here can be changed or deleted by anybody."""

    list_display = ["at", "company", "what", "who", "change", "reason"]
    list_filter = ["code", "at"]
    list_select_related = ["company"]
    search_fields = ["company__name", "reason", "actor_label"]
    search_help_text = _("Company, reason or who did it")
    fields = ["at", "company", "what", "who", "change", "reason"]
    list_per_page = 50
    show_full_result_count = False

    @admin.display(description=_("what"), ordering="code")
    def what(self, event: Event) -> str:
        return what(event)

    @admin.display(description=_("who"))
    def who(self, event: Event) -> str:
        return who(event)

    @admin.display(description=_("change"))
    def change(self, event: Event) -> str:
        return change(event)
