"""Everything that an installation leaves behind: tables, files, logs, messages, pages, mails."""

import logging
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from io import StringIO
from pathlib import Path
from tempfile import TemporaryFile

from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from redis import Redis

from tests.proofs.leaks import Hunt
from tests.proofs.stores import ON_SQLITE
from ticketz.celery import app as celery_app

PAGES_AT_MOST = 250
HREF = re.compile(r'(?:href|action)="(/[^"#]*)"')
# What is no page of its own: files, the end of the session, chapters that say the same to everybody, and the way back
# to a list that a link may carry.
NO_PAGE = re.compile(r"logout|^/static/|^/admin/runbook/.")
WAY_BACK = re.compile(r"\?_changelist_filters=.*")


def add_database(hunt: Hunt) -> None:
    """Every row of every table; with SQLite also the bytes of its files."""
    if ON_SQLITE:
        name = str(connection.settings_dict["NAME"])
        with closing(sqlite3.connect(name)) as database:
            hunt.add("database", "\n".join(database.iterdump()))
        for part in ("", "-wal", "-journal"):
            if Path(name + part).exists():
                hunt.add(f"database file{part}", Path(name + part).read_bytes())
        return
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608
            hunt.add("database", "\n".join(row[0] for row in cursor.fetchall()))


def add_dumpdata(hunt: Hunt) -> None:
    out = StringIO()
    call_command("dumpdata", stdout=out)
    hunt.add("dumpdata", out.getvalue())


def add_mails(hunt: Hunt) -> None:
    for message in mail.outbox:
        hunt.add("mail", message.message().as_bytes())
        hunt.add("mail", f"{message.subject}\n{message.body}")


def add_broker(hunt: Hunt) -> None:
    """Every message that waits, in files or in Redis."""
    for path in Path(settings.VAR_DIR).rglob("*"):
        if path.is_file() and "sqlite" not in path.name and not path.name.endswith("_key"):
            hunt.add("files", path.read_bytes())
    if not settings.REDIS_URL:
        return
    with Redis.from_url(settings.REDIS_URL) as redis:
        for key in redis.scan_iter():
            hunt.add("Redis", key)
            hunt.add("Redis", repr(_redis_value(redis, key)))


def _redis_value(redis: "Redis", key: bytes) -> object:
    readers: dict[str, Callable[[], object]] = {
        "string": lambda: redis.get(key),
        "list": lambda: redis.lrange(key, 0, -1),
        "hash": lambda: redis.hgetall(key),
        "set": lambda: redis.smembers(key),
        "zset": lambda: redis.zrange(key, 0, -1),
    }
    kind = redis.type(key)
    return readers[kind.decode() if isinstance(kind, bytes) else kind]()


def add_pages(hunt: Hunt, client: Client, *starts: str) -> int:
    """Follow the links from some pages as far as they lead; returns how many pages were read."""
    waiting, seen = list(starts), set(starts)
    while waiting and len(seen) <= PAGES_AT_MOST:
        path = waiting.pop(0)
        response = client.get(path)
        page = b"" if response.streaming else response.content
        hunt.add("pages", page)
        for link in HREF.findall(page.decode("utf-8", "replace")):
            address = WAY_BACK.sub("", link.replace("&amp;", "&"))
            if address not in seen and not NO_PAGE.search(address):
                seen.add(address)
                waiting.append(address)
    return len(seen)


@contextmanager
def listening(hunt: Hunt) -> Iterator[None]:
    """Every log record of every logger, from DEBUG on, with SQL and with tracebacks."""

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            hunt.add("logs", logging.Formatter("%(name)s %(message)s").format(record))
            hunt.add("logs", repr(record.__dict__))

    ear, root = Ear(level=1), logging.getLogger()
    loggers = [
        root,
        *(logging.getLogger(name) for name in ("urllib3", "django", "django.db.backends", "celery", "kombu")),
    ]
    before = [(logger, logger.level) for logger in loggers]
    for logger in loggers:
        logger.setLevel(1)
    root.addHandler(ear)
    connection.force_debug_cursor = True
    try:
        yield
    finally:
        connection.force_debug_cursor = False
        root.removeHandler(ear)
        for logger, level in before:
            logger.setLevel(level)


def run_manage(hunt: Hunt, *arguments: str, debug: bool = False) -> int:
    """A command in a real process, at DEBUG; returns its exit status."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env=environment_of_tests(debug=debug),
        capture_output=True,
        timeout=300,
        check=False,
    )
    hunt.add(f"output of {arguments[0]}", done.stdout + done.stderr)
    return done.returncode


def run_worker_until(hunt: Hunt, done: Callable[[], bool]) -> None:
    """A real worker at DEBUG, until it has done what is waited for."""
    command = [sys.executable, "-m", "celery", "-A", "ticketz", "worker", "--pool", "solo", "-l", "DEBUG"]
    # Not a pipe: nobody reads it before the end, and a worker whose pipe is full stands still.
    with TemporaryFile() as file:
        worker = subprocess.Popen(command, env=environment_of_tests(), stdout=file, stderr=subprocess.STDOUT)
        try:
            ends = time.monotonic() + 300
            while not done() and time.monotonic() < ends:
                time.sleep(0.1)
        finally:
            worker.send_signal(signal.SIGTERM)
            worker.wait(120)
        file.seek(0)
        output = file.read()
    hunt.add("output of the worker", output)
    assert done(), output.decode("utf-8", "replace")[-2000:]


def forget_messages() -> None:
    """What other tests of this run asked a worker for is not this one's to do."""
    celery_app.control.purge()


def environment_of_tests(*, debug: bool = False) -> dict[str, str]:
    """This test run's own settings, for a process that is none of it."""
    database = connection.settings_dict
    host = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "ticketz.settings",
        "DATABASE_URL": f"sqlite:///{database['NAME']}" if ON_SQLITE else f"postgres://{host}/{database['NAME']}",
        "REDIS_URL": settings.REDIS_URL,
        "VAR_DIR": str(settings.VAR_DIR),
        "LOG_LEVEL": "DEBUG",
        "DEBUG": "1" if debug else "0",
    }
