"""Buttons on an admin page. Each posts to its own URL, behind the administration's sign-in."""

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
    """The URL `PK/NAME/` of a model, for POST only. `view` takes `request` and `pk`, and checks the permission."""
    opts = owner.opts
    wrapped = owner.admin_site.admin_view(require_POST(view))
    # The page to load again from the answer to a POST (`companies.templatetags.languages`).
    wrapped.page_name = f"admin:{opts.app_label}_{opts.model_name}_change"  # type: ignore[attr-defined]
    route: URLPattern = path(f"<int:pk>/{name}/", wrapped, name=f"{opts.app_label}_{opts.model_name}_{name}")
    return route


def as_looked_at(request: HttpRequest) -> HttpRequest:
    """The request as a GET, to render a read-only page in answer to a POST.

    Django's administration refuses a POST to a page without change permission.
    """
    looking = copy(request)
    looking.method = "GET"
    return looking


def limited(view: View, kind: str) -> View:
    """Limit how often a person may press buttons of a `kind` within a minute. A page says so when it is too often."""

    @wraps(view)
    def counted(request: HttpRequest, pk: int) -> HttpResponse:
        presses = f"{kind}-buttons:{request.user.pk}"
        if is_too_often(presses, at=timezone.now(), most=PRESSES_PER_MINUTE, within=timedelta(minutes=1)):
            return render(request, "429.html", status=429)
        return view(request, pk)

    return counted
