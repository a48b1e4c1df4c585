"""The outcome of held changes: the verdict, or that they were outdated before somebody decided."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing.models import HeldChanges

NONE_NEEDED = _("none was needed")
Verdict = HeldChanges.Verdict


def verdict_words(held: HeldChanges) -> str:
    """The verdict in words, or that no decision is needed any more."""
    is_over = held.verdict == Verdict.WAITING and not held.is_waiting
    return str(NONE_NEEDED) if is_over else held.get_verdict_display()


class VerdictFilter(admin.SimpleListFilter):
    """Filters by the same outcomes."""

    title = _("verdict")
    parameter_name = "verdict__exact"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        said = [(verdict.value, str(verdict.label)) for verdict in Verdict]
        return [*said, ("none", str(NONE_NEEDED))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[HeldChanges]) -> QuerySet[HeldChanges]:
        if self.value() in {Verdict.APPROVED, Verdict.REJECTED}:
            return queryset.filter(verdict=self.value())
        if self.value() in {Verdict.WAITING, "none"}:
            return queryset.filter(verdict=Verdict.WAITING, closed_at__isnull=self.value() == Verdict.WAITING)
        return queryset
