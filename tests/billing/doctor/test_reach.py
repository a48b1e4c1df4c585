"""Certificates and plain http, as the doctor tells of them."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from billing.doctor import Check, Result
from billing.models import WhmcsGateway
from tests.billing.doctor.conftest import Examine
from tests.billing.whmcs.tls import tls_server

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "days", "code", "words", "remedy"),
    [
        ("127.0.0.1", (-1, 1), "certificate_self_signed", "self-signed", "public authority"),
        ("127.0.0.1", (-9, -2), "certificate_expired", "expired on", "Renew it"),
        ("127.0.0.1", (2, 9), "certificate_not_yet_valid", "valid only from", "clock of this server"),
        ("shop.example", (-1, 1), "certificate_wrong_name", "for shop.example and not for 127.0.0.1", "name that it"),
    ],
)
def test_a_certificate_that_is_not_believed(
    doctor: Examine, tmp_path: Path, name: str, days: tuple[int, int], code: str, words: str, remedy: str
) -> None:
    with tls_server(tmp_path, name=name, days=days) as (url, received, _):
        WhmcsGateway.objects.update(base_url=url)
        findings = doctor(seconds=3.0)
    finding = findings[Check.CERTIFICATE]
    assert (finding.result, finding.code) == (Result.PROBLEM, code)
    assert words in finding.cause
    assert remedy in finding.remedy
    assert "self-signed" in finding.cause
    assert findings[Check.WHMCS].result is Result.NOT_TRIED
    assert [body for body in received if body] == []


@pytest.mark.parametrize(("days", "code"), [(3, "certificate_ends_soon"), (300, "certificate_good")])
def test_a_certificate_that_is_believed(
    doctor: Examine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, code: str
) -> None:
    with tls_server(tmp_path, days=(-1, days)) as (url, _, authority):
        monkeypatch.setattr("billing.whmcs.connection_probe.DEFAULT_CA_BUNDLE_PATH", authority)
        WhmcsGateway.objects.update(base_url=url)
        finding = doctor(seconds=3.0)[Check.CERTIFICATE]
    assert finding.code == code
    assert str((date.today() + timedelta(days=days)).year) in finding.cause


def test_http_where_the_server_speaks_https(doctor: Examine, tmp_path: Path) -> None:
    with tls_server(tmp_path) as (url, _, _):
        WhmcsGateway.objects.update(base_url=url.replace("https:", "http:"))
        findings = doctor(seconds=3.0)
    assert findings[Check.CERTIFICATE].code == "https_expected"
    assert "Enter the base URL with https://." in findings[Check.CERTIFICATE].remedy
