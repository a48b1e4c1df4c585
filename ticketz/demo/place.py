"""Where the demo lives: its ports, its folder, and the environment that its processes get."""

import os
import secrets
import socket
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self
from urllib.parse import quote

from cryptography.fernet import Fernet

from ticketz.environment import BASE_DIR, refuse_to_start
from ticketz.keys import load_or_create_key

HOST = "127.0.0.1"
API_IDENTIFIER = "ticketz-demo"
OPERATOR_EMAIL = "operator@ticketz.test"


@dataclass(frozen=True)
class Place:
    """Two ports of this machine and a folder for data. Everything else follows from them."""

    port: int
    sandbox_port: int
    folder: Path

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read `PORT` (8000), `SANDBOX_PORT` (8010) and `DEMO_DIR` (`var/demo`).

        Ends the process with one line where they make no sense.
        """
        ports = [_port(environment, name, default) for name, default in (("PORT", 8000), ("SANDBOX_PORT", 8010))]
        if ports[0] == ports[1]:
            refuse_to_start("PORT and SANDBOX_PORT are the same. Two different ones are needed.")
        folder = Path(environment.get("DEMO_DIR") or BASE_DIR / "var" / "demo").absolute()
        return cls(ports[0], ports[1], folder)

    @property
    def url(self) -> str:
        """Ticketz, without a trailing slash."""
        return f"http://{HOST}:{self.port}"

    @property
    def sandbox_url(self) -> str:
        """The WHMCS stand-in, without a trailing slash."""
        return f"http://{HOST}:{self.sandbox_port}"

    @property
    def sandbox_file(self) -> Path:
        """Where the stand-in keeps its customers."""
        return self.folder / "sandbox.json"

    @property
    def mail_folder(self) -> Path:
        """Where mails are written instead of being sent."""
        return self.folder / "mail"

    def note_port(self) -> None:
        """Leave it for commands that are typed in another terminal, so that the links they print lead here."""
        self._port_file.write_text(str(self.port))

    def at_noted_port(self) -> Self:
        """The same place at the port of the demo that was started here last."""
        if not self._port_file.exists():
            return self
        return replace(self, port=_port({"PORT": self._port_file.read_text()}, "PORT", self.port))

    @property
    def _port_file(self) -> Path:
        return self.folder / "port"

    def api_secret(self) -> str:
        """The API secret of the stand-in; made at first use."""
        return load_or_create_key(self.folder / "sandbox_secret", secrets.token_urlsafe(50))

    def hook(self) -> tuple[str, str]:
        """Where the stand-in tells of changes, and the secret; the address is known once the database is seeded."""
        return (self.folder / "hook_url").read_text(), self.hook_secret()

    def hook_secret(self) -> str:
        """The secret of instant updates; made at first use."""
        return load_or_create_key(self.folder / "hook_secret", f"whsec_{b64encode(secrets.token_bytes(32)).decode()}")

    def ensure_ports_are_free(self) -> None:
        """End the process with one line where another program has one of the ports."""
        for name, port in (("PORT", self.port), ("SANDBOX_PORT", self.sandbox_port)):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((HOST, port))
                except OSError as error:
                    why = error.strerror.lower() if error.strerror else "in use"
                    refuse_to_start(
                        f"port {port} is taken ({why}). Choose another, such as `{name}={port + 100} make demo`."
                    )

    def environment(self, outer: Mapping[str, str] = os.environ) -> dict[str, str]:
        """The environment of the demo's processes: production's settings, and nothing of a `.env` that lies around."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.mail_folder.mkdir(mode=0o700, exist_ok=True)
        keys = {
            "SECRET_KEY": load_or_create_key(self.folder / "secret_key", secrets.token_urlsafe(50)),
            "FIELD_ENCRYPTION_KEYS": load_or_create_key(self.folder / "encryption_key", Fernet.generate_key().decode()),
        }
        zone = outer.get("TIME_ZONE") or "UTC"
        return {**outer, **keys, **self._settings(), "TIME_ZONE": zone, "TZ": zone, "PYTHONUNBUFFERED": "1"}

    def _settings(self) -> dict[str, str]:
        return {
            "DJANGO_SETTINGS_MODULE": "ticketz.settings",
            "DEBUG": "0",
            "ALLOWED_HOSTS": f"{HOST},localhost",
            "SITE_URL": self.url,
            "VAR_DIR": str(self.folder),
            "DATABASE_URL": f"sqlite:///{quote(str(self.folder / 'ticketz.sqlite3'))}",
            "REDIS_URL": "",
            "EMAIL_URL": f"filemail:///{quote(str(self.mail_folder))}",
            "WHMCS_TRUSTED_HOSTS": HOST,
            "TRUSTED_PROXY_COUNT": "0",
        }


def _port(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name) or str(default)
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 65_536):
        refuse_to_start(f"{name} is {text!r}. A number from 1 to 65535 is needed.")
    return int(text)
