"""Addresses that name what no database can hold: SQLite no number beyond 64 bits, PostgreSQL no NUL in a text."""

from datetime import timedelta

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ticketz.middleware import impossible_values

BEYOND = 2**63


@pytest.mark.parametrize("name", ["billing_syncrun_latest", "billing_whmcsgateway_coverage"])
@pytest.mark.parametrize("number", [BEYOND - 1, BEYOND, 10**400])
def test_a_number_that_is_too_large_is_one_that_is_not_there(operator: Client, name: str, number: int) -> None:
    assert operator.get(reverse(f"admin:{name}", args=[number])).status_code in {302, 404}


@pytest.mark.parametrize("query", [{"gateway": BEYOND}, {"id__in": BEYOND}, {"outcome": "a\0b"}])
def test_a_list_that_is_filtered_by_what_can_t_be_is_empty_or_not_there(
    operator: Client, query: dict[str, str | int]
) -> None:
    assert operator.get(reverse("admin:billing_syncrun_changelist"), query).status_code in {200, 404}


def test_another_error_stays_one() -> None:
    middleware = impossible_values(lambda request: HttpResponse())
    with pytest.raises(OverflowError) as caught:
        timezone.now().replace(year=9999) + timedelta(days=1000)
    assert middleware.process_exception(HttpRequest(), caught.value) is None  # type: ignore[attr-defined]
