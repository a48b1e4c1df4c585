"""Browsers as small as they can be, so that what they cost is not counted as the server's."""

import http.client
import re
import time
from typing import NamedTuple
from urllib.parse import urlencode


class Answer(NamedTuple):
    """What came back, and after how many seconds."""

    status: int
    headers: http.client.HTTPMessage
    text: str
    seconds: float


class Browser:
    """One person at one address."""

    def __init__(self, port: int, address: str) -> None:
        self.port, self.address = port, address
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None)

    def sign_in(self, email: str, password: str) -> Answer:
        """Type both. The page is opened first, once."""
        if "csrftoken" not in self.cookies:
            self.token = re.findall(r'csrfmiddlewaretoken" value="(\w+)"', self.get("/accounts/login/").text)[0]
        typed = {"csrfmiddlewaretoken": self.token, "login": email, "password": password}
        return self._ask("POST", "/accounts/login/", urlencode(typed))

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        headers = {"X-Forwarded-For": self.address, "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(answer.status, answer.headers, text, time.perf_counter() - began)
