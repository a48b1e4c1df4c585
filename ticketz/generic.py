"""Makes classes of Django generic at runtime that only the type stubs declare as generic."""

from typing import Any

from django.contrib.admin.options import BaseModelAdmin
from django.core.paginator import Paginator
from django.db.models import Field
from django.forms.models import BaseModelForm

GENERIC: tuple[Any, ...] = (BaseModelAdmin, BaseModelForm, Field, Paginator)


def make_generic() -> None:
    """Allow `class PlanAdmin(ModelAdmin[Plan])` at runtime.

    Django's query sets and foreign keys support it themselves. django-stubs-ext does the same for about forty classes,
    but would be a dependency only for the type checker. The settings call this before our code is loaded.
    """
    for each in GENERIC:
        each.__class_getitem__ = classmethod(_itself)


def _itself(cls: type, parameters: Any) -> type:
    return cls
