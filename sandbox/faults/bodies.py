"""The honest answer, spoilt on its way: cut off, with junk around it, compressed, wrongly labelled, wrongly dated."""

import gzip
import time
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate

from sandbox.interference import Interference
from sandbox.wire import HTML_TYPE, Reply


class Spoilt(Interference):
    """Changes the finished answer with a function."""

    def __init__(self, change: Callable[[Reply], Reply]) -> None:
        self._change = change

    def change_reply(self, reply: Reply) -> Reply:
        return self._change(reply)


def with_body(change: Callable[[bytes], bytes]) -> Spoilt:
    """Change the body; the Content-Length follows."""
    return Spoilt(lambda reply: replace(reply, body=change(reply.body)))


def truncated(keep: float = 0.5) -> Spoilt:
    """Cut the JSON off after this share of it; the Content-Length fits what is left."""
    return with_body(lambda body: body[: int(len(body) * keep)])


def php_notice() -> Spoilt:
    """A PHP notice before the JSON, labelled as a web page."""
    notice = (
        b"<br />\n<b>Warning</b>:  Undefined variable $x in <b>/home/shop/includes/hooks/a.php</b> on line 3<br />\n"
    )
    return Spoilt(lambda reply: replace(reply, body=notice + reply.body, content_type=HTML_TYPE))


def trailing_html() -> Spoilt:
    """Markup after the JSON."""
    return with_body(lambda body: body + b"<br />")


def byte_order_mark() -> Spoilt:
    """A UTF-8 BOM before the JSON, as from a hook file that was saved with one."""
    return with_body(lambda body: b"\xef\xbb\xbf" + body)


def blank_lines() -> Spoilt:
    """Empty lines around the JSON."""
    return with_body(lambda body: b"\r\n\n" + body + b"\n")


def latin_1(text: str = "é") -> Spoilt:
    """Bytes that are not UTF-8 in the first string of the answer."""
    return with_body(lambda body: body.replace(b'"', b'"' + text.encode("latin-1"), 1))


def wrong_content_type(content_type: str = HTML_TYPE) -> Spoilt:
    """The honest body under another label."""
    return Spoilt(lambda reply: replace(reply, content_type=content_type))


def gzipped() -> Spoilt:
    """The honest body compressed, whether or not the caller accepts that."""
    encoding = ("Content-Encoding", "gzip")
    return Spoilt(lambda reply: replace(reply, body=gzip.compress(reply.body), headers=(*reply.headers, encoding)))


def clock_off(*, days: float) -> Spoilt:
    """The honest answer of a server whose clock is so many days ahead (or behind): its Date says so."""

    def change(reply: Reply) -> Reply:
        date = formatdate(time.time() + days * 86_400, usegmt=True)
        return replace(reply, headers=(*reply.headers, ("Date", date)))

    return Spoilt(change)
