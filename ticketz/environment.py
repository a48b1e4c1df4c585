"""Reads the environment. Refuses to start, with one clear line, if it would be dangerous to go on."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
from django.core.exceptions import ImproperlyConfigured

from ticketz.logs.configuration import JSON, LINES

BASE_DIR = Path(__file__).resolve().parent.parent
SHORTEST_TOKEN = 20
DATABASE_SCHEMES = ("postgres", "postgresql", "sqlite")

env = environ.Env()
env.read_env(BASE_DIR / ".env")


def refuse_to_start(sentence: str) -> NoReturn:
    """End the process with status 1 and one line on stderr: an operator needs the line, not a traceback."""
    raise SystemExit(f"Ticketz does not start: {sentence}")


def load_text(name: str, default: str) -> str:
    """The variable, or the content of the file that `NAME_FILE` names. An empty one counts as not set.

    Surrounding spaces are removed. Both at once are refused, because one of them would be outdated.
    """
    text, file = env.str(name, default="").strip(), path_of(name)
    if text and file:
        refuse_to_start(f"{name} and {name}_FILE are both set. Keep one of them.")
    return (read_file(name, file).strip() if file else text) or default


def path_of(name: str) -> Path | None:
    """The file with the value of a variable (container runtimes and systemd pass secrets like this)."""
    path = env.str(f"{name}_FILE", default="").strip()
    return Path(path) if path else None


def read_file(name: str, path: Path) -> str:
    """The content of the file. Refuses to start if it can't be read."""
    try:
        return path.read_text("utf-8")
    except (OSError, ValueError) as error:
        refuse_to_start(f"the file that {name}_FILE names can't be read ({type(error).__name__}).")


def load_list(name: str, default: Sequence[str] = ()) -> list[str]:
    """Comma-separated texts without surrounding spaces; `default` if the variable is not set."""
    return [text.strip() for text in env.list(name, default=list(default))]


def load_number(name: str, default: int) -> int:
    """A whole number that is not negative."""
    text = load_text(name, str(default))
    if not (text.isascii() and text.isdecimal()):
        refuse_to_start(f"{name} must be a whole number.")
    return int(text)


def load_pages_in_flight() -> int:
    """How many page requests a WHMCS gets at a time, from 1 to 4, because it is somebody's shop."""
    number = load_number("WHMCS_PAGES_IN_FLIGHT", 2)
    if not 1 <= number <= 4:
        refuse_to_start("WHMCS_PAGES_IN_FLIGHT is a number from 1 to 4.")
    return number


def load_time_zone() -> str:
    """`TIME_ZONE`, a name of the IANA database; UTC by default."""
    name = load_text("TIME_ZONE", "UTC")
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        refuse_to_start("TIME_ZONE is no name of a time zone. Write it like Europe/Lisbon.")
    return name


def load_database(sqlite_file: Path) -> dict[str, Any]:
    """Django's settings from `DATABASE_URL`; SQLite in `sqlite_file` by default. Errors never repeat the URL."""
    url = load_text("DATABASE_URL", f"sqlite:///{quote(str(sqlite_file))}")
    # Checked first, because django-environ would print the whole URL, with the password.
    if url.partition("://")[0] not in DATABASE_SCHEMES:
        refuse_to_start("DATABASE_URL must begin with postgres:// or sqlite:///.")
    try:
        return dict(env.db_url_config(url))
    except (ValueError, ImproperlyConfigured):
        refuse_to_start("DATABASE_URL can't be read. Write it like postgres://USER:PASSWORD@HOST:5432/NAME.")


def load_mail() -> dict[str, Any]:
    """Django's settings from `EMAIL_URL`; by default no mail is sent."""
    url = load_text("EMAIL_URL", "dummymail://")
    try:
        if urlsplit(url).scheme in env.EMAIL_SCHEMES:
            return dict(env.email_url_config(url))
    except (ValueError, ImproperlyConfigured):
        pass
    refuse_to_start("EMAIL_URL can't be read. Write it like smtp+tls://USER:PASSWORD@HOST:587.")


def load_monitoring_token() -> str:
    """`MONITORING_TOKEN`; "" if monitoring reads no details. A token that is too short is refused."""
    token = load_text("MONITORING_TOKEN", "")
    if token and len(token) < SHORTEST_TOKEN:
        refuse_to_start(f"MONITORING_TOKEN is shorter than {SHORTEST_TOKEN} characters. Set it to a long random text.")
    return token


def load_log_format() -> str:
    """`LOG_FORMAT`: lines of text for people, or one JSON object per line."""
    look = load_text("LOG_FORMAT", LINES)
    if look not in {LINES, JSON}:
        refuse_to_start(f"LOG_FORMAT must be {LINES} or {JSON}.")
    return look


def ensure_safe_hosts(hosts: list[str], *, debug: bool) -> None:
    """Refuse an open or empty list of host names, except in development."""
    if debug:
        return
    if any(host in {"*", "", "."} for host in hosts) or not hosts:
        refuse_to_start("ALLOWED_HOSTS is open. Name the hosts that Ticketz is reached by, comma separated.")
