"""What CI does with Dockerfile, compose.yaml and the systemd units: `python -m tests.container.play FOLDER`.

Started by `test_container.py` as root in a mount namespace of its own, with `DATABASE_URL` and `REDIS_URL` of empty
stores. Prints one line for each step that went well; ends with a traceback at the first that did not.
"""

import os
import re
import shlex
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from tests.container.image import CHROOT, ROOT, Image, mount
from tests.container.units import UNITS, commands_of, environment_of_unit, read_compose, state_folders_of
from tests.upgrade.door import listening, url_of

LONGEST = 300.0
SERVICES = ("web", "worker", "beat")
UNIT_SERVICES = tuple(f"ticketz-{name}.service" for name in SERVICES)
BACKUP_UNIT = "ticketz-backup.service"
WRITES = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text('x')"


class Play:
    """One image, the processes that were started in it, and what compose and the units say about them."""

    def __init__(self, folder: Path) -> None:
        mount("-t", "tmpfs", "tmpfs", str(folder))
        self.image = Image(folder)
        self.compose = read_compose()
        self.secrets = folder / "secrets"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.port = _free_port()

    def steps(self) -> list[Callable[[], None]]:
        return [
            self.dockerfile_builds, self.image_holds_what_it_should, self.units_pass_systemds_own_examination,
            self.secrets_are_made_once, self.file_system_is_read_only, self.compose_migrates,
            self.compose_runs_healthy, self.compose_ends_in_order, self.units_run, self.socket_holds_visitors,
            self.backup_unit_makes_one,
        ]  # fmt: skip

    def dockerfile_builds(self) -> None:
        self.image.build()

    def image_holds_what_it_should(self) -> None:
        code = self.image.root / "srv/ticketz"
        assert (code / "manage.py").exists()
        assert (code / "locale/es/LC_MESSAGES/django.mo").exists()
        assert (code / "docs/runbook/es/README.md").exists()
        assert not [name for name in (".git", ".env", ".venv", "tests", "secrets", "var") if (code / name).exists()]
        files = [path for folder in (code, self.image.root / "opt/ticketz") for path in folder.rglob("*")]
        assert {path.lstat().st_uid for path in files} == {0}, "the user of the image must own none of the code"
        assert not [p for p in files if not p.is_symlink() and p.lstat().st_mode & (stat.S_ISUID | stat.S_IWOTH)]

    def units_pass_systemds_own_examination(self) -> None:
        # A place without a container has the code and its .venv in one folder.
        (self.image.root / "srv/ticketz/.venv").symlink_to("/opt/ticketz")
        units = self.image.root / "etc/systemd/system"
        for path in UNITS.iterdir():
            (units / path.name).write_bytes(path.read_bytes())
        names = sorted(path.name for path in UNITS.iterdir() if "." in path.name)
        inside = [CHROOT, str(self.image.root), "systemd-analyze"]
        verified = _run([*inside, "verify", "--man=no", *(f"/etc/systemd/system/{name}" for name in names)])
        complaints = [line for line in (verified.stdout + verified.stderr).splitlines() if "ticketz" in line]
        assert (verified.returncode, complaints) == (0, [])
        for name in names:
            if name.endswith(".service"):
                judged = _run([*inside, "security", "--offline=yes", "--threshold=20", f"/etc/systemd/system/{name}"])
                assert judged.returncode == 0, judged.stdout[-300:]

    def secrets_are_made_once(self) -> None:
        command = [str(ROOT / "ops/new-secrets"), str(self.secrets)]
        assert len(_run(command).stdout.splitlines()) == 4
        assert _run(command).stdout == ""
        assert {Path(one["file"]).name for one in self.compose["secrets"].values()} == set(os.listdir(self.secrets))
        (self.secrets / "database_url").chmod(0o600)
        (self.secrets / "database_url").write_text(os.environ["DATABASE_URL"])
        (self.secrets / "database_url").chmod(0o444)

    def file_system_is_read_only(self) -> None:
        assert self.compose["services"]["web"]["read_only"]
        inside = self.image.root / "run/secrets"
        inside.mkdir()
        for secret in self.secrets.iterdir():
            (inside / secret.name).touch()
            mount("--bind", str(secret), str(inside / secret.name))
        var_dir = self.image.final.environment()["VAR_DIR"]
        self.image.make_read_only(var_dir)
        for path, may in ((f"{var_dir}/x", True), ("/tmp/x", True), ("/srv/ticketz/x", False), ("/opt/x", False)):  # noqa: S108
            tried = _run(self.image.command(["python", "-c", WRITES, path]), self._environment("web"))
            assert (tried.returncode == 0) == may, f"{path}: {tried.stderr}"

    def compose_migrates(self) -> None:
        before = _run(self.image.command(["python", "manage.py", "migrate", "--check"]), self._environment("web"))
        assert before.returncode == 1, "nothing is migrated yet, and the units rely on being told"
        migrated = _run(self.image.command(self._command("migrate")), self._environment("migrate"))
        assert migrated.returncode == 0, migrated.stderr

    def compose_runs_healthy(self) -> None:
        for name in SERVICES:
            assert self._health(name) != 0, f"{name} does not run yet"
            self._start(name, self.image.command(self._command(name)), self._environment(name))
        for name in SERVICES:
            self._wait(partial(self._is_healthy, name), f"{name} never became healthy")

    def compose_ends_in_order(self) -> None:
        self._end(*SERVICES)
        assert self._health("web") != 0
        # The others' signs stay good for a minute, and would speak for the processes of the units.
        for sign in (self.image.folder / "volume" / "alive").iterdir():
            sign.unlink()

    def units_run(self) -> None:
        with listening() as door:
            for name in UNIT_SERVICES:
                for command in commands_of(name, "ExecStartPre"):
                    before = _run(self.image.command(command), self._environment_of_unit(name))
                    assert before.returncode == 0, before.stderr
                self._start_unit(name, door)
            for name in SERVICES:
                self._wait(partial(self._is_healthy, name, url_of(door)), f"{name} of the units never lived")
            self._end(*UNIT_SERVICES)

    def socket_holds_visitors(self) -> None:
        """Who comes while the server is exchanged gets an answer from the new one."""
        with listening() as door:
            self._start_unit("ticketz-web.service", door)
            self._wait(partial(self._is_healthy, "web", url_of(door)), "the web server of the units never lived")
            self._end("ticketz-web.service")
            with socket.create_connection(door.getsockname()) as visitor:
                visitor.settimeout(LONGEST)
                visitor.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                self._start_unit("ticketz-web.service", door)
                assert visitor.recv(100).startswith(b"HTTP/1.1 200")
            self._end("ticketz-web.service")

    def backup_unit_makes_one(self) -> None:
        """With its commands in their order; what is older than two weeks goes, and nothing else."""
        folder = self._make_state_folders(BACKUP_UNIT)
        for name, days in (("old", 16), ("young", 12)):
            self._write_as_user(folder / name, days_ago=days)
        environment = self._environment_of_unit(BACKUP_UNIT) | {"BACKUP_KEYS": _new_key()}
        for setting in ("ExecStart", "ExecStartPost"):
            for command in commands_of(BACKUP_UNIT, setting):
                done = _run(self.image.command(command), environment)
                assert done.returncode == 0, done.stderr
        made, young = sorted(path.name for path in folder.iterdir())
        assert (young, bool(re.fullmatch(r"\d{4}-\d\d-\d\d-\d{4}", made))) == ("young", True)
        assert stat.S_IMODE((folder / made).stat().st_mode) == 0o600
        check = [".venv/bin/python", "manage.py", "restore", "--check", f"{state_folders_of(BACKUP_UNIT)[-1]}/{made}"]
        checked = _run(self.image.command(check), environment)
        assert checked.returncode == 0, checked.stderr

    def close(self) -> None:
        for process in self.processes.values():
            process.kill()
            process.wait()

    def _make_state_folders(self, unit: str) -> Path:
        """As systemd does before a unit starts; returns the last of them, in the volume that is mounted there."""
        var_dir = self.image.final.environment()["VAR_DIR"]
        for folder in state_folders_of(unit):
            path = self.image.folder / "volume" / Path(folder).relative_to(var_dir)
            path.mkdir(mode=0o700, exist_ok=True)
            self.image.give_to_user(path)
        return path

    def _write_as_user(self, path: Path, *, days_ago: int) -> None:
        path.touch()
        self.image.give_to_user(path)
        then = time.time() - days_ago * 86_400
        os.utime(path, (then, then))

    def _service(self, name: str) -> dict[str, Any]:
        return dict(self.compose["services"][name])

    def _command(self, name: str) -> list[str]:
        words = self._service(name).get("command")
        return shlex.split(words) if words else self.image.final.last("CMD").as_command()

    def _environment(self, name: str) -> dict[str, str]:
        """As compose gives it, but for where Redis is and which port is free here."""
        own = {**self._service(name)["environment"], "REDIS_URL": os.environ["REDIS_URL"], "PORT": str(self.port)}
        return self.image.environment({"ALLOWED_HOSTS": "localhost,127.0.0.1", **own})

    def _environment_of_unit(self, name: str) -> dict[str, str]:
        """As the unit and its EnvironmentFile give it."""
        files = {
            "SECRET_KEY": "secret_key",
            "FIELD_ENCRYPTION_KEYS": "encryption_keys",
            "DATABASE_URL": "database_url",
        }
        keys = {key: (self.secrets / file).read_text() for key, file in files.items()}
        file = {**keys, "ALLOWED_HOSTS": "localhost,127.0.0.1", "REDIS_URL": os.environ["REDIS_URL"]}
        return {"PATH": "/usr/bin:/bin", **environment_of_unit(name), **file}

    def _health(self, name: str, url: str = "") -> int:
        """The exit status of the service's own health check, run as compose runs it."""
        check = self._service(name).get("healthcheck", {}).get("test", [])[1:]
        if not check:
            _, _, words = self.image.final.last("HEALTHCHECK").rest.partition(" CMD ")
            check = [word.strip('",[]') for word in words.split()]
        extra = [f"{url}/healthz"] if url and name == "web" else []
        return _run(self.image.command([*check, *extra]), self._environment(name)).returncode

    def _is_healthy(self, name: str, url: str = "") -> bool:
        return self._health(name, url) == 0

    def _start_unit(self, name: str, door: socket.socket) -> None:
        """As systemd does: with the socket as descriptor 3, where the unit has one."""
        (command,) = commands_of(name, "ExecStart")
        environment, inside = self._environment_of_unit(name), self.image.command(command)
        if name == "ticketz-web.service":
            inside = ["sh", "-c", f'export LISTEN_FDS=1 LISTEN_PID=$$; exec "$@" 3<&{door.fileno()}', "sh", *inside]
        self._start(name, inside, environment, (door.fileno(),))

    def _start(self, name: str, command: list[str], environment: dict[str, str], sockets: tuple[int, ...] = ()) -> None:
        self.processes[name] = subprocess.Popen(command, env=environment, pass_fds=sockets, stdin=subprocess.DEVNULL)

    def _end(self, *names: str) -> None:
        for name in names:
            assert self.processes[name].poll() is None, f"{name} has ended by itself"
            self.processes[name].send_signal(signal.SIGTERM)
        statuses = {name: self.processes.pop(name).wait(LONGEST) for name in names}
        assert set(statuses.values()) == {0}, statuses

    def _wait(self, done: Callable[[], bool], why: str) -> None:
        ends = time.monotonic() + LONGEST
        while not done():
            assert time.monotonic() < ends, why
            for name, process in self.processes.items():
                assert process.poll() is None, f"{name} has ended by itself"
            time.sleep(0.3)


def _run(command: list[str], environment: dict[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)


def _new_key() -> str:
    return Fernet.generate_key().decode()


def _free_port() -> int:
    with listening() as probe:
        port: int = probe.getsockname()[1]
        return port


def main(folder: Path) -> None:
    """All steps in their order."""
    play = Play(folder)
    try:
        for step in play.steps():
            begun = time.monotonic()
            step()
            print(f"done: {step.__name__} ({time.monotonic() - begun:.1f} s)", flush=True)  # noqa: T201
    finally:
        play.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
