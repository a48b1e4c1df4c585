"""The title of an admin page whose form has errors."""

from typing import Any, TypeVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

Called = TypeVar("Called", bound=Model)


class CalledAsStored(admin.ModelAdmin[Called]):
    """Use the stored name, because Django's form has already set the invalid one on the object."""

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], add: bool = False, change: bool = False,
        form_url: str = "", obj: Called | None = None,
    ) -> HttpResponse:  # fmt: skip
        if obj is not None and context["errors"]:
            stored = self.model._default_manager.get(pk=obj.pk)
            context |= {"original": stored, "subtitle": str(stored)}
        return super().render_change_form(request, context, add, change, form_url, obj)
