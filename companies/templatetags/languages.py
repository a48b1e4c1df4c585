"""Where somebody who chooses another language is led: to the same page, or the nearest that can be opened again."""

from typing import Any

from django import template
from django.urls import reverse

register = template.Library()


@register.simple_tag(takes_context=True)
def address_to_read_again(context: dict[str, Any]) -> str:
    """The address of this page; where a button led to it, which no link does, that of what the button is about."""
    request = context["request"]
    match = request.resolver_match
    page_name = getattr(match.func, "page_name", None) if match else None
    if request.method in ("GET", "HEAD") or page_name is None:
        return str(request.get_full_path())
    return reverse(page_name, args=[match.kwargs["pk"]])
