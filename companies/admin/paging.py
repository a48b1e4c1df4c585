"""Lists of tables that may be long: they open as fast with a hundred thousand rows as with ten."""

from typing import TYPE_CHECKING, Any

from django.contrib.admin import ShowFacets
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

if TYPE_CHECKING:
    from typing import TypeAlias

    Base: TypeAlias = Paginator[Any]
else:
    Base = Paginator

MOST_COUNTED = 10_000
PER_PAGE = 50


class BoundedPaginator(Base):
    """Counts no further than MOST_COUNTED. What lies behind is reached by searching or filtering."""

    object_list: "QuerySet[Any]"

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


class BigList:
    """For admins of such tables: no count of the whole, no counts beside the filters, bounded pages."""

    paginator: Any = BoundedPaginator
    list_per_page = PER_PAGE
    list_max_show_all = PER_PAGE
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
