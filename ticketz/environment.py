"""Reads the environment, and refuses to start with one clear line where it would be dangerous to go on."""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
SHORTEST_TOKEN = 20
DATABASE_SCHEMES = ("postgres", "postgresql", "sqlite")

env = environ.Env()
env.read_env(BASE_DIR / ".env")


def refuse_to_start(sentence: str) -> NoReturn:
    """End the process with status 1 and one line on stderr: an operator needs the line, not a traceback."""
    raise SystemExit(f"Ticketz does not start: {sentence}")


def load_text(name: str, default: str) -> str:
    """The variable without surrounding spaces; an empty one counts as not set."""
    return env.str(name, default="").strip() or default


def load_list(name: str, default: Sequence[str] = ()) -> list[str]:
    """Comma separated texts without surrounding spaces; `default` where the variable is not set at all."""
    return [text.strip() for text in env.list(name, default=list(default))]


def load_number(name: str, default: int) -> int:
    """A whole number that is not negative."""
    text = load_text(name, str(default))
    if not (text.isascii() and text.isdecimal()):
        refuse_to_start(f"{name} must be a whole number.")
    return int(text)


def load_time_zone() -> str:
    """`TIME_ZONE`, a name of the IANA database; UTC by default."""
    name = load_text("TIME_ZONE", "UTC")
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        refuse_to_start("TIME_ZONE is no name of a time zone. Write it like Europe/Lisbon.")
    return name


def load_database(sqlite_file: Path) -> dict[str, Any]:
    """`DATABASE_URL` in Django's terms; SQLite in `sqlite_file` by default. No refusal repeats the address."""
    url = load_text("DATABASE_URL", f"sqlite:///{quote(str(sqlite_file))}")
    # Asked before django-environ sees it: that one would print the whole address, with the password in it.
    if url.partition("://")[0] not in DATABASE_SCHEMES:
        refuse_to_start("DATABASE_URL must begin with postgres:// or sqlite:///.")
    try:
        return dict(env.db_url_config(url))
    except (ValueError, ImproperlyConfigured):
        refuse_to_start("DATABASE_URL can't be read. Write it like postgres://USER:PASSWORD@HOST:5432/NAME.")


def load_mail() -> dict[str, Any]:
    """`EMAIL_URL` in Django's terms; by default no mail is sent."""
    url = load_text("EMAIL_URL", "dummymail://")
    try:
        if urlsplit(url).scheme in env.EMAIL_SCHEMES:
            return dict(env.email_url_config(url))
    except (ValueError, ImproperlyConfigured):
        pass
    refuse_to_start("EMAIL_URL can't be read. Write it like smtp+tls://USER:PASSWORD@HOST:587.")


def load_monitoring_token() -> str:
    """`MONITORING_TOKEN`; empty where monitoring reads no details. One that could be guessed is refused."""
    token = load_text("MONITORING_TOKEN", "")
    if token and len(token) < SHORTEST_TOKEN:
        refuse_to_start(f"MONITORING_TOKEN is shorter than {SHORTEST_TOKEN} characters. Set it to a long random text.")
    return token


def ensure_safe_hosts(hosts: list[str], *, debug: bool) -> None:
    """Refuse an open or empty list of host names outside of development."""
    if debug:
        return
    if any(host in {"*", "", "."} for host in hosts) or not hosts:
        refuse_to_start("ALLOWED_HOSTS is open. Name the hosts that Ticketz is reached by, comma separated.")


def ensure_usable_keys(keys: list[str]) -> None:
    """Refuse encryption keys that Fernet can't use, before the first secret is lost to them."""
    try:
        for key in keys:
            Fernet(key)
    except ValueError:
        refuse_to_start(
            "FIELD_ENCRYPTION_KEYS holds something that is no Fernet key. Make one with "
            "`python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'`."
        )


def load_secret_key(var_dir: Path, *, debug: bool) -> str:
    """`SECRET_KEY`; in development one that is made once and kept under `var/`."""
    key = load_text("SECRET_KEY", "")
    if not key and debug:
        key = load_or_create_key(var_dir / "secret_key", secrets.token_urlsafe(50))
    if not key:
        refuse_to_start("SECRET_KEY is not set. Set it to a long random text and keep it to yourself.")
    return key


def load_encryption_keys(var_dir: Path, *, debug: bool) -> list[str]:
    """`FIELD_ENCRYPTION_KEYS`, newest first; in development one that is made once and kept under `var/`."""
    keys = [key for key in load_list("FIELD_ENCRYPTION_KEYS") if key]
    if not keys and debug:
        keys = [load_or_create_key(var_dir / "encryption_key", Fernet.generate_key().decode())]
    if not keys:
        refuse_to_start(
            "FIELD_ENCRYPTION_KEYS is not set. The API secret is encrypted with it: without the key it is lost."
        )
    ensure_usable_keys(keys)
    return keys


def load_or_create_key(path: Path, fresh: str) -> str:
    """The key in `path`, readable by its owner only; written with `fresh` where there is none yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(fresh)
    return fresh
