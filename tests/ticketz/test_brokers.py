"""A real worker gets its wake-ups, on the broker in files and on Redis, and one that is killed does no lasting harm."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis, RedisError

ROOT = Path(__file__).resolve().parents[2]
REDIS_URL = os.environ.get("TEST_BROKER_REDIS_URL", "redis://127.0.0.1:6379/11")
APP = """
import os, time
from celery import Celery

app = Celery("wakeups")
app.config_from_object("ticketz.settings", namespace="CELERY")
app.conf.task_default_queue = os.environ["QUEUE"]
if os.environ["REDIS_URL"]:
    app.conf.broker_transport_options = {**app.conf.broker_transport_options, "global_keyprefix": os.environ["QUEUE"]}

@app.task
def note(name, seconds=0):
    if seconds:
        note(name + " has begun")
    time.sleep(seconds)
    open(os.path.join(os.environ["NOTES"], name), "w").close()

@app.task
def work_until_asked_to_end():
    from billing.runs.stopping import AskedToEnd, ensure_may_go_on
    note("at work")
    for _ in range(600):
        time.sleep(0.1)
        try:
            ensure_may_go_on()
        except AskedToEnd:
            return note("handed over")

import billing.runs.stopping
"""
Environment = dict[str, str]


def _redis_answers() -> bool:
    try:
        with Redis.from_url(REDIS_URL, socket_timeout=2) as redis:
            return bool(redis.ping())
    except RedisError:
        return False


@pytest.fixture(params=["files", "redis"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Environment]:
    """The surroundings of a worker: the product's own settings, a queue of its own, a folder for notes."""
    on_redis = request.param == "redis"
    if on_redis and not _redis_answers() and not os.environ.get("CI"):
        pytest.skip(f"No Redis answers at {REDIS_URL}")
    (tmp_path / "notes").mkdir()
    (tmp_path / "wakeups.py").write_text(APP)
    queue = f"wakeups-{uuid.uuid4().hex}"
    yield {
        **os.environ,
        "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}",
        "VAR_DIR": str(tmp_path / "var"),
        "REDIS_URL": REDIS_URL if on_redis else "",
        "QUEUE": queue,
        "NOTES": str(tmp_path / "notes"),
    }
    if on_redis:
        with Redis.from_url(REDIS_URL) as redis:
            for key in redis.scan_iter(f"{queue}*"):
                redis.delete(key)


class Worker:
    """A worker as in production, in a process of its own."""

    def __init__(self, environment: Environment, pool: str = "threads") -> None:
        command = [sys.executable, "-m", "celery", "-A", "wakeups", "worker", "--pool", pool, "--concurrency", "4"]
        flags = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        self.process = subprocess.Popen(
            [*command, *flags], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(120)


def wake(environment: Environment, calls: str) -> None:
    """Produce wake-ups in another process, as the web server and the clock do."""
    command = [sys.executable, "-c", f"from wakeups import *\n{calls}"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=300)


def notes(environment: Environment) -> set[str]:
    return set(os.listdir(environment["NOTES"]))


def wait_for(condition: Callable[[], bool], seconds: float = 300) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


def test_every_wake_up_of_several_threads_reaches_a_worker(environment: Environment) -> None:
    worker = Worker(environment)
    try:
        wake(
            environment,
            "from concurrent.futures import ThreadPoolExecutor as Pool\n"
            "with Pool(4) as pool: list(pool.map(lambda i: note.delay(str(i)), range(40)))",
        )
        assert wait_for(lambda: len(notes(environment)) == 40), notes(environment)
        assert worker.process.poll() is None
    finally:
        worker.end()


def test_after_kill_9_the_next_worker_takes_the_next_wake_up(environment: Environment) -> None:
    first = Worker(environment)
    wake(environment, "note.delay('before'); note.delay('cut short', 60)")
    assert wait_for(lambda: "before" in notes(environment))
    first.end(signal.SIGKILL)
    wake(environment, "note.delay('while nobody worked')")
    second = Worker(environment)
    try:
        wake(environment, "note.delay('after')")
        assert wait_for(lambda: {"while nobody worked", "after"} <= notes(environment)), notes(environment)
    finally:
        # What was cut short may come again; only the database is asked what is due, so nobody waits for it here.
        second.end(signal.SIGKILL)


def test_a_worker_that_is_asked_to_end_finishes_its_work(environment: Environment) -> None:
    worker = Worker(environment)
    wake(environment, "note.delay('work', 2)")
    assert wait_for(lambda: "work has begun" in notes(environment))
    assert worker.end() == 0
    assert "work" in notes(environment)


@pytest.mark.parametrize("pool", ["threads", "prefork"])
def test_what_takes_long_learns_that_its_worker_is_asked_to_end(environment: Environment, pool: str) -> None:
    worker = Worker(environment, pool)
    wake(environment, "work_until_asked_to_end.delay()")
    assert wait_for(lambda: "at work" in notes(environment))
    assert worker.end() == 0
    assert "handed over" in notes(environment)
