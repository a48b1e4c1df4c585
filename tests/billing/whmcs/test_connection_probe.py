"""The probe of a connection: every flaw of its certificate is named, and nothing is sent on it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from billing.errors import BillingError, ErrorCode
from billing.whmcs import BaseUrl, Certificate, ConnectionProbe, Deadline, Flaw
from billing.whmcs.certificate import decide_flaws
from tests.billing.whmcs.tls import tls_server
from tests.billing.whmcs.wire import serving

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SELF_SIGNED, NO_ISSUER, OTHER_NAME, EXPIRED = 18, 20, 62, 10


def probe_of(url: str, *, ca_bundle: str | None = None, seconds: float = 60.0) -> ConnectionProbe:
    probe = ConnectionProbe(
        BaseUrl.parse(url), trusted_hosts={"127.0.0.1"}, deadline=Deadline(seconds), ca_bundle=ca_bundle
    )
    probe.fetch_addresses()
    return probe


@pytest.mark.parametrize(
    ("name", "days", "flaws"),
    [
        ("127.0.0.1", (-1, 1), [Flaw.SELF_SIGNED]),
        ("127.0.0.1", (-9, -2), [Flaw.EXPIRED, Flaw.SELF_SIGNED]),
        ("127.0.0.1", (2, 9), [Flaw.NOT_YET_VALID, Flaw.SELF_SIGNED]),
        ("shop.example", (-1, 1), [Flaw.WRONG_NAME, Flaw.SELF_SIGNED]),
        ("shop.example", (-9, -2), [Flaw.EXPIRED, Flaw.WRONG_NAME, Flaw.SELF_SIGNED]),
    ],
)
def test_all_flaws_are_named_and_nothing_is_sent(
    tmp_path: Path, name: str, days: tuple[int, int], flaws: list[Flaw]
) -> None:
    with tls_server(tmp_path, name=name, days=days) as (url, received, _):
        checked = probe_of(url).fetch_certificate()
    assert checked.flaws == flaws
    assert checked.certificate.names == (name,)
    assert [body for body in received if body] == []


@pytest.mark.parametrize(
    ("name", "days", "flaws"),
    [
        ("127.0.0.1", (-1, 1), []),
        ("127.0.0.1", (-9, -2), [Flaw.EXPIRED]),
        ("shop.example", (-1, 1), [Flaw.WRONG_NAME]),
    ],
)
def test_somebody_known_may_vouch_for_it(tmp_path: Path, name: str, days: tuple[int, int], flaws: list[Flaw]) -> None:
    with tls_server(tmp_path, name=name, days=days) as (url, _, authority):
        checked = probe_of(url, ca_bundle=authority).fetch_certificate()
    assert [flaw for flaw in checked.flaws if flaw is not Flaw.SELF_SIGNED] == flaws


@pytest.mark.parametrize(
    ("names", "verify_code", "flaws"),
    [
        (("shop.example",), NO_ISSUER, [Flaw.UNKNOWN_AUTHORITY]),
        (("*.example",), NO_ISSUER, [Flaw.UNKNOWN_AUTHORITY]),
        (("*.shop.example", "other.example"), OTHER_NAME, [Flaw.WRONG_NAME]),
        (("SHOP.example",), 7, [Flaw.REFUSED]),
    ],
)
def test_flaws_by_openssls_number(names: tuple[str, ...], verify_code: int, flaws: list[Flaw]) -> None:
    certificate = Certificate(NOW - timedelta(days=9), NOW + timedelta(days=9), names, is_self_signed=False)
    assert decide_flaws(certificate, "shop.example", verify_code, NOW) == flaws


@pytest.mark.filterwarnings("ignore:ssl.OP_NO_SSL")
def test_tls_that_is_too_old_is_named(tmp_path: Path) -> None:
    with tls_server(tmp_path, old=True) as (url, _, _), pytest.raises(BillingError) as caught:
        probe_of(url).fetch_certificate()
    assert caught.value.code is ErrorCode.OLD_TLS


def test_whether_tls_is_spoken_at_all(tmp_path: Path) -> None:
    with tls_server(tmp_path) as (url, _, _):
        assert probe_of(url).speaks_tls()
    with serving(lambda sock, request: sock.close()) as server:
        assert not probe_of(server.url, seconds=0.5).speaks_tls()


def test_a_private_address_is_refused_before_anything_connects() -> None:
    with serving(lambda sock, request: sock.close()) as server:
        probe = ConnectionProbe(BaseUrl.parse(server.url), trusted_hosts=(), deadline=Deadline(1.0))
        with pytest.raises(BillingError) as caught:
            probe.fetch_addresses()
        assert (caught.value.code, server.connections) == (ErrorCode.ADDRESS_NOT_ALLOWED, 0)
