"""The pages of the runbook: all of it, and one section for whoever comes from an alert or from what needs attention."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from billing.models import Kind
from billing.runbook.markup import to_html
from billing.runbook.sections import load_sections, load_text


def url_of(section: str) -> str | None:
    """The page of a section; None where there is no such section."""
    return reverse("admin:runbook_section", args=[section]) if section in load_sections() else None


@require_safe
def whole_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """All of it, below a heading of ours instead of its own."""
    _title, _newline, text = load_text().partition("\n")
    if not text:
        raise Http404
    return _show(request, context, _("Runbook"), text)


@require_safe
def section_page(request: HttpRequest, context: dict[str, Any], section: str) -> HttpResponse:
    """One section. Of a kind of what needs attention the heading is the word that the list has for it."""
    if section not in load_sections():
        raise Http404
    title, text = load_sections()[section]
    shown = str(Kind(section).label) if section in Kind.values else title
    return _show(request, {**context, "is_section": True}, shown, text)


def _show(request: HttpRequest, context: dict[str, Any], title: str, text: str) -> HttpResponse:
    shown = {"title": title, "text": mark_safe(to_html(text, _leads_to))}  # noqa: S308 (`to_html` escapes)
    return render(request, "admin/cockpit/runbook.html", {**context, **shown})


def _leads_to(target: str) -> str | None:
    """Of the documents only this one is here; where a link leads to another one, its text names it."""
    if target.startswith("https://"):
        return target
    return url_of(target.removeprefix("#")) if target.startswith("#") else None
