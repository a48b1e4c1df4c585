"""The story of one company on its page: by day, the newest first, a page at a time."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.core.paginator import Page
from django.utils import timezone
from django.utils.translation import gettext as _

from companies.admin.company.sections import page_of_actor
from companies.admin.event.words import change, what, who, why
from companies.admin.lists.paging import PER_PAGE, BoundedPaginator
from companies.models import Company, Event

PRINTED = 1000


class Line(NamedTuple):
    """One event for people."""

    at: datetime
    what: str
    who: str
    who_url: str
    change: str
    why: str


class StoryPage(NamedTuple):
    """One page of the story: the days with their events."""

    days: Sequence[tuple[date, Sequence[Line]]]
    page: Page[Any]
    is_cut: bool


def load_story(company: Company, *, page: str | None, all_at_once: bool = False) -> StoryPage:
    """The events of a page or, for printing, a generous number of them."""
    events = Event.objects.filter(company=company).order_by("-pk")
    paginator = BoundedPaginator(events, PRINTED if all_at_once else PER_PAGE)
    shown = paginator.get_page(None if all_at_once else page)
    days = groupby(map(_line, shown.object_list), key=lambda line: timezone.localdate(line.at))
    return StoryPage([(day, list(lines)) for day, lines in days], shown, paginator.is_cut)


def _line(event: Event) -> Line:
    return Line(event.at, what(event), _by(event), page_of_actor(event.actor_label), change(event), why(event))


def _by(event: Event) -> str:
    """Who did it, with "by": after *Person removed*, an address alone would look like the removed person's."""
    return _("by %(person)s") % {"person": who(event)} if "@" in event.actor_label else who(event)
