"""Who knocks, with which browser, and what is answered, without what is different in every answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote, unquote, urlencode

from django.core.cache import cache
from django.test import Client
from django.utils.encoding import escape_uri_path
from django.utils.html import escape

from companies.models import User
from tests.companies.factories import PASSWORD, type_password
from tests.companies.soft_key import SoftKey

# Drawn anew for each answer: tokens against forged requests, questions to passkeys, an app's secret and its picture.
DRAWN = re.compile(
    r'value="[\w-]{64}"|(&quot;|")challenge\1: \1[\w-]+\1|"secret">\w+<|data:image/svg\+xml[^"]+|secret=\w+'
)
# Headers that are other ones in every answer; how long the page is follows from the page.
IN_EVERY_ANSWER = {"Content-Length", "Expires", "X-Request-ID"}
CSRF_TOKEN = "a1B2" * 8
FORM = "application/x-www-form-urlencoded"


class Visitor(StrEnum):
    """Whoever may come. BOTH owns one company, works in it, and is a member of another one."""

    ANONYMOUS = "anonymous"
    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    WAITING = "waiting"
    ELSEWHERE = "elsewhere"
    BOTH = "both"
    BLOCKED = "blocked"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a visitor can see of an answer: tokens, session keys and the address that was asked for are taken out."""

    status: int
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    body: str


class Browser:
    """Each request comes as if it were the first after signing in: what one answer leaves behind is not in the next."""

    def __init__(self, user: User | None = None, cookies: Mapping[str, str] | None = None) -> None:
        self.user, self.cookies = user, dict(cookies or {})
        self._client = Client(HTTP_HOST="localhost")
        self._strict = Client(enforce_csrf_checks=True, HTTP_HOST="localhost")

    def ask(
        self,
        method: str,
        path: str,
        typed: Mapping[str, Any] | None = None,
        *,
        is_checked: bool = False,
        has_token: bool = False,
        **headers: Any,
    ) -> Answer:
        """What is answered; with `is_checked` only to who has a token against forged requests."""
        if method in {"GET", "POST"}:
            cache.clear()  # nobody is slowed down: that would look the same for everybody
        client = self._strict if is_checked else self._client
        client.cookies = SimpleCookie(self.cookies)
        fields = dict(typed or {})
        if has_token:
            client.cookies["csrftoken"] = fields["csrfmiddlewaretoken"] = CSRF_TOKEN
        response = client.generic(method, path, urlencode(fields, doseq=True), content_type=FORM, **headers)
        return answer_of(response, path)

    def post(self, path: str, typed: Mapping[str, Any] | None = None) -> Answer:
        return self.ask("POST", path, typed)


def enter(user: User) -> Browser:
    """Sign in twice by the page, with the second one as the browser, and add a passkey there."""
    _signed_in(user).get("/account/")
    client = _signed_in(user)
    assert SoftKey().register(client).status_code == 302
    for page in ("/accounts/two-factor/codes/", "/account/", "/"):  # each writes down, once, that it was seen
        client.get(page)
    user.refresh_from_db()
    return Browser(user, {"sessionid": client.cookies["sessionid"].value})


def _signed_in(user: User) -> Client:
    client = Client(HTTP_HOST="localhost")
    type_password(client, user.email, PASSWORD)
    return client


def answer_of(response: Any, path: str, *, hide: str = "") -> Answer:
    """What a visitor sees, without what is in every answer another one, and without the text `hide`."""
    place, mark, query = path.partition("?")
    asked = f"{escape_uri_path(unquote(place))}{mark}{query}"

    def masked(text: str) -> str:
        if text == asked:
            return "ASKED"
        if hide:
            text = text.replace(hide, "HIDDEN").replace(escape(hide), "HIDDEN")
        for form in (asked, escape(asked), quote(asked), quote(asked, safe="")):
            text = text.replace(f"={form}", "=ASKED").replace(f'"{form}"', '"ASKED"')
        return DRAWN.sub("DRAWN", text)

    body = b"".join(response) if response.streaming else response.content
    headers = {name: masked(value) for name, value in response.headers.items() if name not in IN_EVERY_ANSWER}
    cookies = {name: _cookie(morsel) for name, morsel in response.cookies.items()}
    return Answer(response.status_code, headers, cookies, masked(body.decode("utf-8", "replace")))


def _cookie(morsel: Any) -> str:
    value = morsel.value
    if value and morsel.key in {"csrftoken", "sessionid"}:
        value = "TOKEN"
    elif morsel.key == "messages":
        value = value.partition(":")[0]  # without the time and the seal
    return f"{value} {sorted((name, str(what)) for name, what in morsel.items() if name != 'expires')}"
