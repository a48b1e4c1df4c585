"""Long lists by what happened."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet, TextChoices
from django.http import HttpRequest
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
