"""Monitoring of the broker: whether it answers, and the lengths of its queues."""

from collections.abc import Iterable
from os import W_OK, access
from pathlib import Path

from django.conf import settings
from kombu.transport.redis import PRIORITY_STEPS
from redis import Redis

from ticketz.celery import app

# kombu's key for messages that a worker has taken but not finished.
UNACKNOWLEDGED = "unacked"
_SEPARATOR = "\x06\x16"


def is_reachable() -> bool:
    """Raise RedisError or OSError if messages can't be sent."""
    if settings.REDIS_URL:
        with _redis() as redis:
            return bool(redis.ping())
    return access(_folder(), W_OK)


def load_queue_lengths() -> dict[str, int]:
    """The length of each queue and, as "unacked", the messages that workers have taken (Redis only)."""
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
    """The lists of a queue, one per priority, as kombu names them."""
    return (f"{queue}{_SEPARATOR}{step}" if step else queue for step in PRIORITY_STEPS)


def _folder() -> Path:
    return Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"])


def _redis() -> Redis:
    return Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
