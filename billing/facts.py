"""The facts about a service on which Ticketz decides. Plain Python, so that the deciding core can import it."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T", bound="tuple[Any, ...]")


class ServiceFacts(NamedTuple):
    """One service, as WHMCS sent it.

    `status` and `plan_value` are as received. `due_date` is None for WHMCS's `0000-00-00`, `plan_value` is
    None if the option is absent or empty. `override_until` is the last day of WHMCS's own exemption from
    suspension (`overideautosuspend`), `date.max` for one without an end.
    """

    service_id: int
    client_id: int
    product_id: int
    status: str
    due_date: date | None
    plan_value: str | None
    override_until: date | None


# Their names, which are those of the columns that keep them here, too.
FACTS = ServiceFacts._fields


def maker_of(kind: type[T]) -> Callable[[Sequence[Any]], T]:
    """A fast, unchecked constructor of a named tuple from all its values, for classes with an instance per service.

    It costs a third of calling the class.
    """
    return partial(tuple.__new__, kind)


# From a row of these columns.
facts_of_columns = maker_of(ServiceFacts)
