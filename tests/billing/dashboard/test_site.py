"""A `SITE_URL` that was forgotten: mails would lead nowhere."""

import pytest
from django.conf import LazySettings
from django.test import Client

from billing.dashboard.site import site_lines

LOCAL = "http://localhost:8000"


def test_an_operator_at_the_public_address_is_told_that_mails_lead_to_this_machine() -> None:
    (line,) = site_lines("https://tickets.example.com/", LOCAL)
    assert "http://localhost:8000" in line.text
    assert "such as https://tickets.example.com," in line.text


@pytest.mark.parametrize(
    ("opened_at", "site_url"),
    [
        ("http://127.0.0.1:8000/", LOCAL),
        ("http://[::1]:8000/", LOCAL),
        ("http://127.0.1.1:8000/", LOCAL),
        ("https://tickets.example.com/", "https://tickets.example.com"),
        ("https://10.0.0.5/", "https://tickets.example.com"),
    ],
)
def test_nobody_is_told_of_it_on_the_machine_itself_or_with_a_public_address(opened_at: str, site_url: str) -> None:
    assert site_lines(opened_at, site_url) == []


@pytest.mark.django_db(transaction=True)
def test_the_start_page_says_so(operator: Client, settings: LazySettings) -> None:
    settings.ALLOWED_HOSTS, settings.SITE_URL = ["tickets.example.com"], LOCAL
    assert "nobody else can open" in operator.get("/admin/", headers={"host": "tickets.example.com"}).content.decode()
    settings.SITE_URL = "http://tickets.example.com"
    assert (
        "nobody else can open" not in operator.get("/admin/", headers={"host": "tickets.example.com"}).content.decode()
    )
