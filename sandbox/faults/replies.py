"""Answers that are given instead of the honest one: WHMCS's own errors, and what is not WHMCS answering at all.

The texts and HTTP codes are quoted by public clients: darthsoup/php-whmcs-api, theorigamicorporation/toc-whmcs-mcp,
yashodhank/whmcs-mcp-server, FreeForCharity/FFC-Cloudflare-Automation, sburina/laravel-whmcs-up.
"""

import gzip
import io
import json
from functools import lru_cache

from sandbox.interference import Interference
from sandbox.wire import HTML_TYPE, JSON_TYPE, Call, Reply


class Instead(Interference):
    """Answers with a reply of any kind, without looking at the call."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply

    def replace_reply(self, call: Call) -> Reply | None:
        return self.reply


def html(status: int, title: str, text: str = "", **headers: str) -> Instead:
    """Return a web page; header names are written with underscores."""
    body = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>"
    names = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Instead(Reply(status, body.encode(), HTML_TYPE, names))


def api_error(message: str, status: int = 200, *, key: str = "message") -> Instead:
    """Return an error of WHMCS; `key` may also be errormessage or error."""
    return Instead(Reply(status, json.dumps({"result": "error", key: message}).encode()))


def invalid_ip(address: str = "203.0.113.9", *, word: str = "Invalid") -> Instead:
    """The caller's address is not on the list; `word` may also be Forbidden."""
    return api_error(f"{word} IP {address}", 403)


def authentication_failed() -> Instead:
    """The secret is wrong, or there were no credentials."""
    return api_error("Authentication Failed", 403)


def invalid_credentials() -> Instead:
    """The identifier is unknown."""
    return api_error("Invalid or missing credentials", 403)


def no_permission(action: str = "getclientsdetails") -> Instead:
    """The role lacks the action."""
    return api_error(f'Invalid Permissions: API action "{action.lower()}" is not allowed', 403)


def invalid_action(action: str = "getclientsproducts", status: int = 200) -> Instead:
    """WHMCS has no such action."""
    return api_error(f'Invalid API Action: "{action.lower()}" is not a valid API action', status)


def empty_action() -> Instead:
    """No action arrived."""
    return api_error("Empty action request", 400)


def admin_user_required() -> Instead:
    """The path is doubled."""
    return api_error("An admin user is required")


def old_login_refused(message: str = "Administrator Account Disabled") -> Instead:
    """What the old admin login says; also Invalid password provided, Access Denied, API Function Not Found."""
    return api_error(message)


def malformed_utf8() -> Instead:
    """Something in the answer cannot be written as JSON."""
    return api_error("Error generating JSON encoded response: Malformed UTF-8 characters, possibly incorrectly encoded")


def bare_string(text: str = "Something went wrong") -> Instead:
    """An error that is only a JSON string."""
    return Instead(Reply(200, json.dumps(text).encode()))


def maintenance() -> Instead:
    """WHMCS during an upgrade: a page with HTTP 200."""
    return html(200, "Down for Maintenance", "We are currently performing maintenance and will be back shortly.")


def login_page() -> Instead:
    """A form to sign in, with HTTP 200."""
    return html(200, "Client Area - Login", '<form><input type="password" name="password"></form>')


def http_login() -> Instead:
    """The web server's own password, before anything of WHMCS."""
    return html(401, "401 Authorization Required", WWW_Authenticate='Basic realm="Staff only"')


def php_fatal() -> Instead:
    """PHP gives up in the middle, with Display Errors on."""
    text = "<br />\n<b>Fatal error</b>:  Uncaught Error in /home/shop/includes/hooks/a.php:3<br />\n"
    return Instead(Reply(200, text.encode(), HTML_TYPE))


def other_software() -> Instead:
    """JSON of something that is no WHMCS."""
    return Instead(Reply(200, b'{"name":"Some API","version":"2.4.1","status":"ok"}'))


def granted() -> Instead:
    """The role allows the action: success, with something that is nobody's business."""
    return Instead(Reply(200, b'{"result":"success","totalresults":1,"clients":[{"notes":"never show this"}]}'))


def cloudflare(status: int = 403) -> Instead:
    """A Cloudflare challenge, 403 or 503."""
    return html(status, "Just a moment...", "cf-browser-verification", Server="cloudflare", CF_RAY="8d0f-GRU")


def imunify(status: int = 200) -> Instead:
    """Valid JSON without `result`, 200 or 403."""
    message = "Access denied by Imunify360 bot-protection. IPs used for automation should be whitelisted"
    return Instead(Reply(status, json.dumps({"message": message}).encode()))


def server_error(status: int = 500) -> Instead:
    """A page of the web server: 500, 502, 503, 504, or a plain 403, 404, 406."""
    return html(status, f"{status} Error", "nginx")


def too_many_requests(retry_after: str | None = "3") -> Instead:
    """429; `retry_after` is the header's value, None leaves it out."""
    return html(429, "Too Many Requests", **({"Retry_After": retry_after} if retry_after is not None else {}))


def empty_body(status: int = 200) -> Instead:
    """Nothing at all."""
    return Instead(Reply(status, b"", HTML_TYPE))


def xml() -> Instead:
    """XML although JSON was asked for."""
    text = '<?xml version="1.0" encoding="utf-8"?><whmcsapi><result>success</result></whmcsapi>'
    return Instead(Reply(200, text.encode(), "application/xml"))


def redirect(location: str, status: int = 302) -> Instead:
    """301, 302, 307 or 308 to an address."""
    return html(status, "Moved", Location=location)


def gzip_bomb(size: int = 64 * 1024 * 1024) -> Instead:
    """A small compressed body that is valid JSON of `size` bytes once it is unpacked."""
    return Instead(Reply(200, _bomb(size), JSON_TYPE, (("Content-Encoding", "gzip"),)))


@lru_cache(maxsize=4)
def _bomb(size: int) -> bytes:
    head, tail = b'{"result":"success","totalresults":0,', b'"products":""}'
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as file:
        file.write(head)
        spaces = size - len(head) - len(tail)
        for start in range(0, spaces, 1 << 20):
            file.write(b" " * min(1 << 20, spaces - start))
        file.write(tail)
    return packed.getvalue()


class StickyForbidden(Interference):
    """A web filter that dislikes TCP connections: the first ones it meets get 403 for ever, new ones are fine."""

    def __init__(self, connections: int = 1) -> None:
        self._left = connections
        self._flagged: set[int] = set()

    def replace_reply(self, call: Call) -> Reply | None:
        if self._left and call.connection not in self._flagged:
            self._flagged.add(call.connection)
            self._left -= 1
        return html(403, "403 Forbidden", "nginx").reply if call.connection in self._flagged else None
