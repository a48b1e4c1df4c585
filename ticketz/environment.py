"""Reads the environment, and refuses to start with one clear line where it would be dangerous to go on."""

import os
import secrets
from pathlib import Path
from typing import NoReturn

import environ
from cryptography.fernet import Fernet

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")


def refuse_to_start(sentence: str) -> NoReturn:
    """End the process with status 1 and one line on stderr: an operator needs the line, not a traceback."""
    raise SystemExit(f"Ticketz does not start: {sentence}")


def ensure_safe_hosts(hosts: list[str], *, debug: bool) -> None:
    """Refuse an open or empty list of host names outside of development."""
    if debug:
        return
    if any(host.strip() in {"*", ""} for host in hosts) or not hosts:
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
    key = env.str("SECRET_KEY", default="")
    if not key and debug:
        key = load_or_create_key(var_dir / "secret_key", secrets.token_urlsafe(50))
    if not key:
        refuse_to_start("SECRET_KEY is not set. Set it to a long random text and keep it to yourself.")
    return key


def load_encryption_keys(var_dir: Path, *, debug: bool) -> list[str]:
    """`FIELD_ENCRYPTION_KEYS`, newest first; in development one that is made once and kept under `var/`."""
    keys = [key.strip() for key in env.list("FIELD_ENCRYPTION_KEYS", default=[]) if key.strip()]
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
