"""Paging for large tables: a list with a hundred thousand rows opens as fast as one with ten."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin import ShowFacets
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from companies.admin.lists.searching import as_number

MOST_COUNTED = 10_000
PER_PAGE = 50
# From this offset on, the ids of a page are found with an index first.
FAR = 1_000


class BoundedPaginator(Paginator[Any]):
    """Counts at most MOST_COUNTED rows. Searching and filtering reach the rest."""

    object_list: QuerySet[Any]

    @cached_property
    def _counted(self) -> int:
        return self.object_list.order_by().values("pk")[: MOST_COUNTED + 1].count()

    @property
    def count(self) -> int:
        """How many rows there are, or MOST_COUNTED where there are more."""
        return min(self._counted, MOST_COUNTED)

    @property
    def is_cut(self) -> bool:
        """Whether there are more rows than were counted."""
        return self._counted > MOST_COUNTED

    def page(self, number: int | str) -> Page[Any]:
        """A page. A page far behind takes one more query, which finds its ids with an index alone."""
        page = super().page(number)
        if page.start_index() > FAR:
            page.object_list = self.rows(page.start_index() - 1, page.end_index())
        return page

    def rows(self, start: int, stop: int) -> QuerySet[Any]:
        """The rows from one position to another."""
        if start < FAR:
            return self.object_list[start:stop]
        keys = list(self.object_list.values_list("pk", flat=True)[start:stop])
        return self.object_list.filter(pk__in=keys)


class OneAfterTheOther(Paginator[Any]):
    """Pages through several lists as if they were one, counted up to MOST_COUNTED."""

    def __init__(self, lists: Sequence[QuerySet[Any]], per_page: int) -> None:
        super().__init__([], per_page)
        self._parts = [BoundedPaginator(rows, per_page) for rows in lists]

    @cached_property
    def count(self) -> int:
        """How many rows there are in all, or MOST_COUNTED where there are more."""
        return min(sum(part.count for part in self._parts), MOST_COUNTED)

    @property
    def is_cut(self) -> bool:
        """Whether there are more rows than were counted."""
        return sum(part.count + part.is_cut for part in self._parts) > MOST_COUNTED

    def page(self, number: int | str) -> Page[Any]:
        """A page. Reads only the lists that are on it."""
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        stop = min(start + self.per_page, self.count)
        rows: list[Any] = []
        for part in self._parts:
            if start < min(stop, part.count):
                rows += part.rows(start, min(stop, part.count))
            start, stop = max(0, start - part.count), max(0, stop - part.count)
        return Page(rows, number, self)


class LongList(ChangeList):
    """Sorts only as an index does: by one of the offered columns, then by id."""

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """The id is sorted in the direction of the requested column, so that one index can answer."""
        asked = [column for column in self.params.pop(ORDER_VAR, "").split(".") if self._is_offered(column)]
        if not asked:
            return list(super().get_ordering(request, queryset))
        self.params[ORDER_VAR] = asked[0]
        ordering: list[Any] = list(super().get_ordering(request, queryset))
        if ordering[-1].removeprefix("-") != "pk":
            return ordering[:1]
        return [ordering[0], "-pk" if ordering[0].startswith("-") else "pk"]

    def apply_select_related(self, qs: QuerySet[Any]) -> QuerySet[Any]:
        """Load related rows with a join or, for `loaded_apart`, with a query of their own."""
        owner: Any = self.model_admin
        return super().apply_select_related(qs).prefetch_related(*owner.loaded_apart)

    def _is_offered(self, column: str) -> bool:
        """Django offers no link for other columns, but would accept one that somebody typed."""
        number = as_number(column.removeprefix("-"))
        return any(place == number and name in (self.sortable_by or ()) for place, name in enumerate(self.list_display))


class BigList:
    """For admins of large tables: no count of all rows, no counts beside filters, bounded paging.

    `loaded_apart` names relations to few rows, such as gateways. In a join SQLite would begin with them, and
    then have to sort the whole table.
    """

    loaded_apart: Sequence[str] = ()

    paginator: Any = BoundedPaginator
    list_per_page = PER_PAGE
    list_max_show_all = PER_PAGE
    show_full_result_count = False
    show_facets = ShowFacets.NEVER

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return LongList
