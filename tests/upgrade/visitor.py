"""A browser without a screen: it fills in forms, keeps its cookies, and takes down what a person would call broken."""

import re
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

import requests

from tests.upgrade.door import Door

LOGIN = "/accounts/login/"
PATIENCE = 120.0


@dataclass(slots=True)
class Book:
    """What all visitors of one drill have met: answers by the kind of visitor, and failures in words."""

    answers: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, who: str, failure: str = "") -> None:
        with self.lock:
            self.answers[who] += 1
            if failure:
                self.failures.append(f"{datetime.now():%H:%M:%S.%f} {who}: {failure}")


class Gone(Exception):
    """The visitor could not go on; the book says why."""


class Visitor:
    """`who` for the book, and the door that each request goes through."""

    def __init__(self, who: str, door: Door, book: Book) -> None:
        self.who = who
        self._door = door
        self._book = book
        self._browser = requests.Session()
        # As most proxies talk to a web server: a connection for each request.
        self._browser.headers["Connection"] = "close"

    def get(self, path: str) -> str:
        """The page at `path`, which has to be there for who is signed in. Raises Gone after any failure."""
        answer = self._send("GET", path)
        if (answer.url.endswith(LOGIN) and path != LOGIN) or f"{LOGIN}?" in answer.url:
            self._fail(f"GET {path} asks for a sign-in: the session is lost")
        return answer.text

    def post(self, path: str, page: str, **fields: str) -> str:
        """Send a form of `page`; returns the page that follows."""
        token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        if not token:
            self._fail(f"the page before POST {path} holds no form")
        return self._send("POST", path, {**fields, "csrfmiddlewaretoken": token[0]}).text

    def sign_in(self, email: str, password: str) -> None:
        """Sign in anew; a refusal is a failure."""
        self._browser.cookies.clear()
        page = self.get(LOGIN)
        answer = self._send("POST", LOGIN, {"login": email, "password": password, "csrfmiddlewaretoken": _token(page)})
        if answer.url.endswith(LOGIN):
            self._fail(f"{email} is not let in")

    def _send(self, method: str, path: str, form: dict[str, str] | None = None) -> requests.Response:
        failure = ""
        for address in self._door.addresses():
            try:
                answer = self._browser.request(method, address + path, data=form, timeout=PATIENCE)
            except requests.ConnectionError as error:
                failure = f"{method} {path}: {type(error).__name__}: {error}"
                if "Connection refused" in failure:  # nothing was sent, so the next one may be asked
                    continue
            except requests.RequestException as error:
                failure = f"{method} {path}: {type(error).__name__}"
            else:
                failure = f"{method} {path}: {answer.status_code}" if answer.status_code >= 400 else ""
                if not failure:
                    self._book.note(self.who)
                    return answer
            break
        return self._fail(failure)

    def _fail(self, failure: str) -> requests.Response:
        self._book.note(self.who, failure)
        raise Gone(failure)


def _token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    return found[1] if found else ""
