"""Filters of long lists, which look at no more than an index tells them."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Max, Min, QuerySet, TextChoices
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class CodeFilter(admin.SimpleListFilter):
    """The codes that there are, not those that were used: to find these the whole table would have to be read."""

    title = _("what")
    parameter_name = "code"
    codes: ClassVar[type[TextChoices]]

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [(code.value, str(code.label)) for code in self.codes]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(code=self.value()) if self.value() else queryset


_PERIODS: Mapping[str, tuple[Any, Callable[[datetime], datetime]]] = {
    "today": (_("Today"), lambda midnight: midnight),
    "week": (_("Past 7 days"), lambda midnight: midnight - timedelta(days=7)),
    "month": (_("This month"), lambda midnight: midnight.replace(day=1)),
    "year": (_("This year"), lambda midnight: midnight.replace(month=1, day=1)),
}


class SinceFilter(admin.SimpleListFilter):
    """By when it was, for AppendOnly rows with `at`: the number of a row tells the time, and no index has to."""

    title = _("when")
    parameter_name = "since"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, Any]]:
        return [(name, words) for name, (words, _begin) in _PERIODS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in _PERIODS:
            return queryset
        begin = _PERIODS[str(self.value())][1]
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        return queryset.filter(pk__gte=first_since(queryset.model._default_manager.all(), begin(midnight)))


def first_since(rows: QuerySet[Any], moment: datetime) -> int:
    """The number from which on rows tell of `moment` and later, by halving: some twenty looks among a million.

    What a long reading tells is of the moment at which it began, so rows of the minutes before may be among them.
    """
    low, last = rows.aggregate(low=Min("pk"), last=Max("pk")).values()
    if last is None:
        return 0
    high = last + 1
    while low < high:
        middle = (low + high) // 2
        number, at = rows.filter(pk__gte=middle).order_by("pk").values_list("pk", "at")[0]
        if at >= moment:
            high = middle
        else:
            low = number + 1
    return int(low)
