"""The broker as monitoring sees it: does it answer, and how many wake-ups lie there."""

from collections.abc import Iterable
from os import W_OK, access
from pathlib import Path

from django.conf import settings
from kombu.transport.redis import PRIORITY_STEPS
from redis import Redis

from ticketz.celery import app

# Where kombu keeps what a worker has taken and not finished.
UNACKNOWLEDGED = "unacked"
_SEPARATOR = "\x06\x16"


def is_reachable() -> bool:
    """Whether messages can be left there. Raises RedisError or OSError where that can't be told."""
    if settings.REDIS_URL:
        with _redis() as redis:
            return bool(redis.ping())
    return access(_folder(), W_OK)


def load_queue_lengths() -> dict[str, int]:
    """How many wake-ups wait in each queue, and under "unacked" those that a worker has (Redis only)."""
    queues = sorted(app.amqp.queues)
    if not settings.REDIS_URL:
        return {queue: sum(1 for _ in _folder().glob(f"*.{queue}.msg")) for queue in queues}
    with _redis() as redis, redis.pipeline(transaction=False) as pipeline:
        for queue in queues:
            for name in _lists_of(queue):
                pipeline.llen(name)
        pipeline.hlen(UNACKNOWLEDGED)
        *lengths, unacknowledged = pipeline.execute()
    each = len(PRIORITY_STEPS)
    counts = {queue: sum(lengths[at * each : (at + 1) * each]) for at, queue in enumerate(queues)}
    return counts | {UNACKNOWLEDGED: unacknowledged}


def _lists_of(queue: str) -> Iterable[str]:
    """One list for each priority, as kombu names them."""
    return (f"{queue}{_SEPARATOR}{step}" if step else queue for step in PRIORITY_STEPS)


def _folder() -> Path:
    return Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"])


def _redis() -> Redis:
    return Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
