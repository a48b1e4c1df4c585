"""What a page of the administration is called while its form is refused."""

from typing import Any, TypeVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

Called = TypeVar("Called", bound=Model)


class CalledAsStored(admin.ModelAdmin[Called]):
    """By the name that is stored: Django's form has already put the refused one into the object."""

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], add: bool = False, change: bool = False,
        form_url: str = "", obj: Called | None = None,
    ) -> HttpResponse:  # fmt: skip
        if obj is not None and context["errors"]:
            stored = self.model._default_manager.get(pk=obj.pk)
            context |= {"original": stored, "subtitle": str(stored)}
        return super().render_change_form(request, context, add, change, form_url, obj)
