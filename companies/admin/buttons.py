"""Buttons of an admin page: each posts to an address of its own, behind the administration's sign-in."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

PRESSES_PER_MINUTE = 10


def button(owner: admin.ModelAdmin[Any], view: Callable[..., HttpResponse], name: str) -> URLPattern:
    """The address `PK/NAME/` of a model's pages, for POST only; `view` takes `request` and `pk`, and asks who may."""
    opts = owner.opts
    wrapped = owner.admin_site.admin_view(require_POST(view))
    # Where a page that follows the press can be left for one that can be opened again.
    wrapped.page_name = f"admin:{opts.app_label}_{opts.model_name}_change"  # type: ignore[attr-defined]
    route: URLPattern = path(f"<int:pk>/{name}/", wrapped, name=f"{opts.app_label}_{opts.model_name}_{name}")
    return route


def is_too_often(request: HttpRequest, what: str) -> bool:
    """Count one press of a button of the kind `what`, and say whether this person's were too many for a minute."""
    key = f"{what}-buttons:{request.user.pk}"
    cache.add(key, 0, timeout=60)
    return cache.incr(key) > PRESSES_PER_MINUTE


def too_often(request: HttpRequest) -> HttpResponse:
    """The answer to one press too many: a page with the way back."""
    return render(request, "429.html", status=429)
