"""`python -m ticketz.demo`: everything in the foreground until Ctrl-C.

`python -m ticketz.demo manage ...` runs a command of `manage.py` on the demo's data, also while the demo runs.
"""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ticketz.demo.child import Program, end_with_parent
from ticketz.demo.guide import Guide
from ticketz.demo.place import API_IDENTIFIER, HOST, Place
from ticketz.demo.supervisor import Supervisor
from ticketz.environment import BASE_DIR, refuse_to_start

PYTHON = (sys.executable, "-m")
QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "WARNING")


def main(arguments: list[str]) -> int:
    """Run the demo, or one management command on its data; returns the exit status."""
    place = Place.from_environment(os.environ)
    if arguments[:1] == ["manage"] and not os.environ.get("PORT"):
        place = place.at_noted_port()
    environment = place.environment()
    if arguments[:1] == ["manage"]:
        command = [sys.executable, "manage.py", *arguments[1:]]
        return subprocess.run(command, cwd=BASE_DIR, env=environment).returncode  # noqa: S603
    if "--end-with-parent" in arguments:
        end_with_parent(os.getppid())
    try:
        with _alone(place.folder / "lock"):
            place.ensure_ports_are_free()
            place.note_port()
            _run(place, environment)
    except (KeyboardInterrupt, BrokenPipeError):
        return 130
    return 0


def programs(place: Place) -> list[Program]:
    """The stand-in, the web server, the worker and the clock."""
    hook_url, hook_secret = place.hook()
    sandbox = {
        "--host": HOST,
        "--port": str(place.sandbox_port),
        "--data": str(place.sandbox_file),
        "--ticketz-url": place.url,
        "--identifier": API_IDENTIFIER,
        "--secret": place.api_secret(),
        "--hook-url": hook_url,
        "--hook-secret": hook_secret,
    }
    # In one word each: a random secret may begin with a dash.
    options = [f"{name}={value}" for name, value in sandbox.items()]
    bind = ("--bind", f"{HOST}:{place.port}")
    celery = (*PYTHON, "celery", "-q", "-A", "ticketz")
    return [
        Program("sandbox", (*PYTHON, "sandbox", "--seed-demo", *options)),
        Program("web", (*PYTHON, "gunicorn", "ticketz.wsgi", *bind, "--log-level", "warning")),
        Program("worker", (*celery, "worker", "--pool", "threads", "--concurrency", "4", *QUIET)),
        Program("beat", (*celery, "beat", "--pidfile=", "-l", "WARNING")),
    ]


def _run(place: Place, environment: Mapping[str, str]) -> None:
    _say("Preparing the database ...")
    seeding = subprocess.run(  # noqa: S603
        (*PYTHON, "ticketz.demo.seed"), cwd=BASE_DIR, env=environment, stdout=subprocess.PIPE, text=True
    )
    if seeding.returncode:
        refuse_to_start("the demo's database could not be prepared; the lines above say why.")
    guide = Guide(place, seeding.stdout.strip())
    _say("Starting the sandbox, web, worker and beat ...")
    try:
        Supervisor(programs(place), environment, _say).run(on_round=guide)
    finally:
        if guide.operator_password and not guide.is_printed:  # there is no second chance to see it
            guide.show(["everything, because the demo has been stopped"])
    _say("The demo has ended. `make demo` goes on with the same data.")


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Hold the demo's folder; the lock goes with the process, however it ends."""
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            refuse_to_start("a demo is running already in this folder. End that one first.")
        yield


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
