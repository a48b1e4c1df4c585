"""Right answers whose bodies or headers are spoilt."""

import gzip
import json
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from sandbox import SandboxServer, faults
from tests.sandbox.caller import Caller, body_of


def test_a_body_may_be_spoilt_in_many_ways(caller: Caller) -> None:
    whole = caller.api().body

    assert body_of(caller, faults.truncated(0.25)) == whole[: len(whole) // 4]
    assert body_of(caller, faults.php_notice()).startswith(b"<br />\n<b>Warning</b>")
    assert body_of(caller, faults.trailing_html()) == whole + b"<br />"
    assert body_of(caller, faults.byte_order_mark()) == b"\xef\xbb\xbf" + whole
    assert body_of(caller, faults.blank_lines()).strip() == whole
    assert b"\xe9" in body_of(caller, faults.latin_1())
    assert body_of(caller, faults.with_body(bytes.upper)) == whole.upper()
    assert gzip.decompress(body_of(caller, faults.gzipped())) == whole


def test_labels_may_be_wrong(caller: Caller, server: SandboxServer) -> None:
    server.faults.once(faults.wrong_content_type("text/plain"))
    server.faults.once(faults.gzipped(), nth=2)

    assert caller.api().headers["Content-Type"] == "text/plain"
    assert caller.api().headers["Content-Encoding"] == "gzip"


def test_the_servers_clock_may_be_wrong(caller: Caller, server: SandboxServer) -> None:
    honest = parsedate_to_datetime(caller.api().headers["Date"])
    server.faults.once(faults.clock_off(days=-2))
    assert parsedate_to_datetime(caller.api().headers["Date"]) - honest == pytest.approx(
        timedelta(days=-2), abs=timedelta(seconds=20)
    )
    assert abs(parsedate_to_datetime(caller.api().headers["Date"]) - honest) < timedelta(seconds=20)


def test_a_gzip_bomb_is_small_until_it_is_unpacked(caller: Caller) -> None:
    packed = body_of(caller, faults.gzip_bomb(5_000_000))
    unpacked = gzip.decompress(packed)

    assert len(packed) < 50_000
    assert len(unpacked) == 5_000_000
    assert json.loads(unpacked)["result"] == "success"
