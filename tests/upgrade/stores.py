"""A database and a Redis number for the drill alone."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import psycopg
from redis import Redis

DATABASE_URL = os.environ.get("TEST_DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/ticketz"
REDIS_URL = os.environ.get("UPGRADE_REDIS_URL") or "redis://127.0.0.1:6379/13"
ON_SERVICES = os.environ.get("TEST_DATABASE_URL", "").startswith("postgres") and os.environ.get("TEST_REDIS_URL")


@dataclass(frozen=True, slots=True)
class Stores:
    """Addresses as `DATABASE_URL` and `REDIS_URL` want them."""

    database_url: str
    redis_url: str


@contextmanager
def prepared(database_url: str, redis_url: str) -> Iterator[Stores]:
    """An empty database as below, and the Redis number, which is emptied after it."""
    with database(database_url) as url, Redis.from_url(redis_url) as redis, _alone(redis):
        yield Stores(url, redis_url)


@contextmanager
def database(database_url: str) -> Iterator[str]:
    """The address of an empty database beside the one that `database_url` names, for the length of the block."""
    parts = urlsplit(database_url)
    name = f"test_{parts.path.strip('/')}_upgrade_{uuid.uuid4().hex[:6]}"
    server = urlunsplit(parts._replace(path="/postgres"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(parts._replace(path=f"/{name}"))
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def _alone(redis: Redis) -> Iterator[None]:
    """Two drills on one Redis number would take each other's messages."""
    if not redis.set("upgrade-drill", "1", nx=True, ex=600):
        raise SystemExit("Another upgrade drill works on this Redis number. Name another one with UPGRADE_REDIS_URL.")
    try:
        yield
    finally:
        redis.flushdb()
