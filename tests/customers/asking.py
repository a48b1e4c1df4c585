"""An address of the table, called by somebody about something."""

from collections.abc import Mapping
from typing import Any

from tests.customers.table import TABLE, Names, path_of
from tests.customers.visitors import Answer, Browser

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


def ask(
    browser: Browser,
    method: str,
    route: str,
    names: Names,
    *,
    query: str = "",
    more: Mapping[str, str] | None = None,
    **how: Any,
) -> Answer:
    """What is answered; the form is filled in properly, and `more` is typed where it asks for nothing."""
    typed = {**(more or {}), **TABLE[route].typed(names)}
    return browser.ask(method, path_of(route, names) + query, typed, **how)
