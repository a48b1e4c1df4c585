"""Buttons of an admin page: each posts to an address of its own, behind the administration's sign-in."""

from collections.abc import Callable
from copy import copy
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_POST

from companies.authorization.limits import is_too_often

View = Callable[..., HttpResponse]
PRESSES_PER_MINUTE = 10


def button(owner: admin.ModelAdmin[Any], view: View, name: str) -> URLPattern:
    """The address `PK/NAME/` of a model's pages, for POST only; `view` takes `request` and `pk`, and asks who may."""
    opts = owner.opts
    wrapped = owner.admin_site.admin_view(require_POST(view))
    # Where a page that follows the press can be left for one that can be opened again.
    wrapped.page_name = f"admin:{opts.app_label}_{opts.model_name}_change"  # type: ignore[attr-defined]
    route: URLPattern = path(f"<int:pk>/{name}/", wrapped, name=f"{opts.app_label}_{opts.model_name}_{name}")
    return route


def as_looked_at(request: HttpRequest) -> HttpRequest:
    """The request as if its page were only opened, for a page that answers a press with what was typed.

    Django's administration shows a page on which nothing can be written in answer to no POST.
    """
    looking = copy(request)
    looking.method = "GET"
    return looking


def limited(view: View, kind: str) -> View:
    """The same, unless this person has pressed buttons of the `kind` too often within a minute: a page says so then."""

    @wraps(view)
    def counted(request: HttpRequest, pk: int) -> HttpResponse:
        presses = f"{kind}-buttons:{request.user.pk}"
        if is_too_often(presses, at=timezone.now(), most=PRESSES_PER_MINUTE, within=timedelta(minutes=1)):
            return render(request, "429.html", status=429)
        return view(request, pk)

    return counted
