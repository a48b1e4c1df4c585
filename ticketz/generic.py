"""Classes of Django that are generic for the type checker only, made so for Python as well."""

from typing import Any

from django.contrib.admin.options import BaseModelAdmin
from django.core.paginator import Paginator
from django.db.models import Field
from django.forms.models import BaseModelForm

GENERIC: tuple[Any, ...] = (BaseModelAdmin, BaseModelForm, Field, Paginator)


def make_generic() -> None:
    """Let a class say what it is about where it is declared: `class PlanAdmin(ModelAdmin[Plan])`.

    Django's query sets and foreign keys take it themselves; django-stubs-ext does the same for some forty classes, but
    would be a package that only the type checker needs. Called by the settings, before anything of ours is loaded.
    """
    for each in GENERIC:
        each.__class_getitem__ = classmethod(_itself)


def _itself(cls: type, parameters: Any) -> type:
    return cls
