"""Decorators that say who may use a view. A view without one is treated the strictest way.

Only `companies.middleware` reads the marks, and only it turns people away.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any

from django.http import HttpResponseBase

View = Callable[..., HttpResponseBase]


class Gate(StrEnum):
    """What a visitor needs."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    VERIFIED = "verified"
    COMPANY = "company"
    OPEN_COMPANY = "open_company"


def gate_of(view: object) -> Gate:
    """The gate of a view; one without a mark needs an open company."""
    return getattr(view, "gate", Gate.OPEN_COMPANY)


def public(view: View) -> View:
    """For anybody."""
    return _marked(view, Gate.PUBLIC)


def signed_in_only(view: View) -> View:
    """For anybody who is signed in, with or without a company."""
    return _marked(view, Gate.SIGNED_IN)


def verified_only(view: View) -> View:
    """For anybody who is signed in, with their second factor if they have one."""
    return _marked(view, Gate.VERIFIED)


def open_when_blocked(view: View) -> View:
    """For people of a company, also while it is blocked."""
    return _marked(view, Gate.COMPANY)


def _marked(view: View, gate: Gate) -> View:
    # A wrapper, because a library's view must not be changed for everybody.
    @wraps(view)
    def marked(*args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(*args, **kwargs)

    marked.gate = gate  # type: ignore[attr-defined]
    return marked
