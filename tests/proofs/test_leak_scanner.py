"""The scanner of the leak tests finds what is planted, in every form."""

import base64
import hashlib
import html
import json
from urllib.parse import quote, quote_plus

import pytest

from tests.proofs.leaks import Hunt

CANARY = 'Tweet "&<é> K4n4ry-9f2c'
RAW = CANARY.encode()
LEAKS: dict[str, bytes] = {
    "raw": b"password is " + RAW,
    "URL": b"?p=" + quote(CANARY, safe="").encode() + b"&x",
    "URL in small letters": quote(CANARY, safe="").lower().encode(),
    "form": b"secret=" + quote_plus(CANARY).encode() + b"&action=x",
    "HTML": b"<td>" + html.escape(CANARY).encode() + b"</td>",
    "JSON": json.dumps({"secret": CANARY}).encode(),
    "JSON in UTF-8": json.dumps({"secret": CANARY}, ensure_ascii=False).encode(),
    "JSON in JSON": json.dumps(json.dumps({"secret": CANARY})).encode(),
    "repr": repr({"secret": CANARY}).encode(),
    "repr of bytes": repr(RAW).encode(),
    "row": b'(1,"' + CANARY.replace('"', '""').encode() + b'",t)',
    "hex": RAW.hex().upper().encode(),
    "base64": base64.b64encode(RAW),
    "base64, one byte on": base64.b64encode(b"x" + RAW + b"tail"),
    "base64, two bytes on": base64.b64encode(b"xy" + RAW + b"t"),
    "md5": hashlib.md5(RAW).hexdigest().encode(),  # noqa: S324
    "sha1": hashlib.sha1(RAW).hexdigest().upper().encode(),  # noqa: S324
    "sha256": b"x" + hashlib.sha256(RAW).digest(),
}


@pytest.mark.parametrize("form", LEAKS)
def test_a_leak_is_found_in_every_form(form: str) -> None:
    hunt = Hunt({"the canary": CANARY})
    hunt.add("a place", b"before " + LEAKS[form] + b" behind")
    assert hunt.finds()


def test_what_only_looks_alike_is_no_leak() -> None:
    hunt = Hunt({"the canary": CANARY})
    hunt.add("a place", CANARY[:-1] + " " + CANARY.upper() + hashlib.sha256(b"other").hexdigest())
    assert hunt.finds() == []
