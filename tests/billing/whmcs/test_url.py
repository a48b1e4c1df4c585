import pytest

from billing.whmcs import BaseUrl, InvalidBaseUrl

TRUSTED = frozenset({"127.0.0.1", "localhost"})


@pytest.mark.parametrize(
    ("pasted", "base_url"),
    [
        ("https://billing.example.com", "https://billing.example.com"),
        ("  https://Billing.Example.com///  ", "https://billing.example.com"),
        ("https://billing.example.com:443/", "https://billing.example.com"),
        ("https://example.com/clients/includes/api.php", "https://example.com/clients"),
        ("https://example.com/includes/api.php/includes/api.php", "https://example.com"),
        ("https://example.com/hub/includes/", "https://example.com/hub"),
        ("https://example.com/admin/", "https://example.com"),
        ("https://example.com/hub/admin/index.php?rp=/x", "https://example.com/hub"),
        ("https://example.com/clientarea.php", "https://example.com"),
        ("https://example.com/store/cart.php?a=add&pid=3", "https://example.com/store"),
        ("https://example.com/index.php/login", "https://example.com"),
        ("https://example.com/clientarea.php#tabOverview", "https://example.com"),
        ("HTTPS://example.com:8443/x", "https://example.com:8443/x"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_whatever_page_was_pasted_becomes_the_base_url(pasted: str, base_url: str) -> None:
    assert str(BaseUrl.parse(pasted, trusted_hosts=())) == base_url


def test_the_endpoint_is_appended_exactly_once() -> None:
    once = BaseUrl.parse("https://example.com/hub/includes/api.php")
    assert once.endpoint == "https://example.com/hub/includes/api.php"
    assert BaseUrl.parse(once.endpoint) == once


def test_the_origin_is_scheme_host_and_port_that_are_not_the_default() -> None:
    assert BaseUrl.parse("https://example.com:443/hub").origin == "https://example.com"
    assert BaseUrl.parse("https://example.com:8443/hub").origin == "https://example.com:8443"
    assert BaseUrl.parse("http://[::1]:80/hub").origin == "http://[::1]"


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        "example.com",
        "https:example.com",
        "https:///x",
        "//example.com",
        "file:///etc/passwd",
        "gopher://example.com",
        "javascript:alert(1)",
        "https://user@example.com",
        "https://whmcs.example.com@evil.example",
        "https://:pw@example.com",
        "https://example.com#@evil.example/",
        "https://example.com#/../x",
        "https://127.1",
        "https://0x7f.1",
        "https://0x7f000001",
        "https://2130706433",
        "https://0177.0.0.1",
        "https://127.0.0.1.",
        "https://１２７.0.0.1.1",
        "https://example.com.",
        "https://exa mple.com",
        "https://exam\tple.com",
        "https://exam\nple.com/",
        "https://exam\u200bple.com",
        "https://exam\0ple.com",
        "https://good.example\\@evil.example",
        "https:\\\\example.com",
        "https://example.com:0",
        "https://example.com:99999",
        "https://example.com:x",
        "https://example.com:",
        "https://[::1",
        "https://[fe80::1%25eth0]",
        "https://example..com",
        "https://-example.com",
        "https://exam%70le.com",
        "https://example.com/a/../b",
        "https://example.com/%2e%2e/b",
        "https://example.com/" + "a" * 3000,
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(hostile: str) -> None:
    with pytest.raises(InvalidBaseUrl):
        BaseUrl.parse(hostile)


@pytest.mark.parametrize(
    "private",
    [
        "http://billing.example.com",
        "https://127.0.0.1",
        "https://169.254.169.254/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]",
        "https://[64:ff9b::7f00:1]",
        "https://[fd00:ec2::254]",
        "https://100.64.0.1",
        "https://10.0.0.1",
        "https://93.184.216.34",
        "https://localhost/",
        "https://intranet",
        "https://whmcs.localhost",
        "https://metadata.google.internal/",
        "https://good.example.com:22/",
        "https://good.example.com:6379/",
    ],
)
def test_what_only_a_deployer_may_allow_is_refused_with_the_remedy(private: str) -> None:
    url = BaseUrl.parse(private)
    with pytest.raises(InvalidBaseUrl, match="WHMCS_TRUSTED_HOSTS"):
        url.ensure_allowed(TRUSTED - {url.host})


def test_a_trusted_host_may_be_private_and_use_plain_http_and_any_port() -> None:
    assert BaseUrl.parse("http://127.0.0.1:8010/x", trusted_hosts=TRUSTED).origin == "http://127.0.0.1:8010"
    assert BaseUrl.parse("http://LocalHost:22", trusted_hosts=TRUSTED).host == "localhost"


def test_trusting_one_host_trusts_no_other() -> None:
    with pytest.raises(InvalidBaseUrl):
        BaseUrl.parse("http://127.0.0.2", trusted_hosts=TRUSTED)
