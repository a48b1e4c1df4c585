"""Filters for long lists. They read no more than an index."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Max, Min, QuerySet, TextChoices
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class CodeFilter(admin.SimpleListFilter):
    """Offers all codes and not only the used ones, because finding those would read the whole table."""

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
    """Filters AppendOnly rows by time. Their ids grow with `at`, so no index on `at` is needed."""

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
    """The first id of rows since `moment`, by binary search: about twenty queries for a million rows.

    Rows of a long run have the time at which it began, so rows of the minutes before may be included.
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
