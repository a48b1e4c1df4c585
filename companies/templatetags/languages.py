"""The page to show after a change of the language: the same page, or the nearest one that can be loaded again."""

from typing import Any

from django import template
from django.urls import reverse

register = template.Library()


@register.simple_tag(takes_context=True)
def address_to_read_again(context: dict[str, Any]) -> str:
    """The URL of this page. For the answer to a POST, which can't be loaded again, the page of the object."""
    request = context["request"]
    match = request.resolver_match
    page_name = getattr(match.func, "page_name", None) if match else None
    if request.method in ("GET", "HEAD") or page_name is None:
        return str(request.get_full_path())
    return reverse(page_name, args=[match.kwargs["pk"]])
