"""The keys of an installation: from the environment, from watched files, or generated once in development."""

import os
import re
import secrets
from collections.abc import Sequence
from pathlib import Path

from cryptography.fernet import Fernet

from ticketz.environment import load_list, load_text, path_of, refuse_to_start
from ticketz.key_files import KeyFile

HOW_TO_MAKE_ONE = (
    "Make one with `python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'`."
)


def load_signing_keys(var_dir: Path, *, debug: bool) -> Sequence[str]:
    """The signing key, then older keys that are still accepted. In development, a key is generated once.

    Reads `SECRET_KEY` and `SECRET_KEY_FALLBACKS`, or a watched file with one key per line.
    """
    key, path = load_text("SECRET_KEY", ""), path_of("SECRET_KEY")
    if key and path:
        return KeyFile("SECRET_KEY_FILE", path, parse_signing_keys)
    if not key and debug:
        key = load_or_create_key(var_dir / "secret_key", secrets.token_urlsafe(50))
    if not key:
        refuse_to_start("SECRET_KEY is not set. Set it to a long random text and keep it to yourself.")
    return [key, *(old for old in load_list("SECRET_KEY_FALLBACKS") if old)]


def load_encryption_keys(var_dir: Path, *, debug: bool) -> Sequence[str]:
    """`FIELD_ENCRYPTION_KEYS`, newest first, or a watched file. In development, a key is generated once."""
    text, path = load_text("FIELD_ENCRYPTION_KEYS", ""), path_of("FIELD_ENCRYPTION_KEYS")
    if not text.strip(", ") and debug and not path:
        text = load_or_create_key(var_dir / "encryption_key", Fernet.generate_key().decode())
    if not text.strip(", \n"):
        refuse_to_start(
            "FIELD_ENCRYPTION_KEYS is not set. The API secret is encrypted with it: without the key it is lost."
        )
    keys = _ensure_usable("FIELD_ENCRYPTION_KEYS", text)
    return KeyFile("FIELD_ENCRYPTION_KEYS_FILE", path, parse_fernet_keys) if path else keys


def load_backup_keys() -> list[str]:
    """`BACKUP_KEYS`, newest first; empty if no backups are made."""
    text = load_text("BACKUP_KEYS", "")
    return _ensure_usable("BACKUP_KEYS", text) if text.strip(", \n") else []


def parse_signing_keys(text: str) -> list[str]:
    """One key per line, the signing key first. Raises ValueError if there is none."""
    keys = [line.strip() for line in text.splitlines() if line.strip()]
    if not keys:
        raise ValueError("no key")
    return keys


def parse_fernet_keys(text: str) -> list[str]:
    """Keys separated by commas or line breaks. Raises ValueError if there is none, or if one is unusable."""
    keys = [key for key in re.split(r"[\s,]+", text) if key]
    if not keys:
        raise ValueError("no key")
    for key in keys:
        Fernet(key)
    return keys


def load_or_create_key(path: Path, fresh: str) -> str:
    """The key in `path`, readable by its owner only. A missing file is created with `fresh`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(fresh)
    return fresh


def _ensure_usable(name: str, text: str) -> list[str]:
    """Refuse keys that Fernet can't use, before a secret is encrypted."""
    try:
        return parse_fernet_keys(text)
    except ValueError:
        refuse_to_start(f"{name} holds something that is no Fernet key. {HOW_TO_MAKE_ONE}")
