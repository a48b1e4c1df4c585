"""Databases that exist for one measurement only."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql


@contextmanager
def sqlite_database() -> Iterator[str]:
    """A new SQLite file; yields its `DATABASE_URL`."""
    with tempfile.TemporaryDirectory(prefix="ticketz-bench-") as folder:
        yield f"sqlite:///{Path(folder) / 'bench.sqlite3'}"


@contextmanager
def postgresql_database(url: str) -> Iterator[str]:
    """A new database on the server of `url` (whose own database is only connected to); yields its `DATABASE_URL`."""
    name = f"ticketz_bench_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlsplit(url)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))
