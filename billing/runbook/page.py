"""The pages of the runbook: the whole, and single sections for links from alerts and attention items."""

import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from billing.models import Kind
from billing.runbook.markup import to_html
from billing.runbook.sections import Written, load_section, load_whole

# An anchor as a heading, or as the text of a link.
_ANCHOR = re.compile(r"(?<=^### )\w+$|(?<=\[)\w+(?=\]\(#)", re.MULTILINE)


def url_of(section: str) -> str | None:
    """The page of a section; None if it does not exist."""
    return reverse("admin:runbook_section", args=[section]) if load_section(section) else None


@require_safe
def whole_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The whole runbook, below our own heading."""
    return _show(request, context, _("Runbook"), load_whole())


@require_safe
def section_page(request: HttpRequest, context: dict[str, Any], section: str) -> HttpResponse:
    """One section, below its title."""
    written = load_section(section)
    return _show(request, {**context, "is_section": True}, _name_of(written.title if written else ""), written)


def _show(request: HttpRequest, context: dict[str, Any], title: str, written: Written | None) -> HttpResponse:
    if not written:
        raise Http404
    named = _ANCHOR.sub(lambda found: _name_of(found[0]), written.text)
    text = mark_safe(to_html(named, _leads_to))  # noqa: S308 (`to_html` escapes)
    return render(
        request, "admin/runbook.html", {**context, "title": title, "text": text, "language": written.language}
    )


def _name_of(anchor: str) -> str:
    """The title: for a kind of attention item its label, for an alert its name, which is the same in all languages."""
    return str(Kind(anchor).label) if anchor in Kind.values else anchor


def _leads_to(target: str) -> str | None:
    """Only links within the runbook work here. A link to another document is shown as text."""
    if target.startswith("https://"):
        return target
    return url_of(target.removeprefix("#")) if target.startswith("#") else None
