"""A high-water mark of each gateway, stored outside the database.

A database restored from a backup can't know what was done after the backup. The mark does: the highest fence
(`billing.runs.lease`) and the moment when it was noted. It is kept in a small file under `VAR_DIR` and, if configured,
in Redis; the higher one counts. Failures here are logged and stop nothing. Two processes that write at the same moment
may lose one step; the next check repairs it.
"""

import json
import logging
import os
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from redis import Redis, RedisError

logger = logging.getLogger(__name__)
FILE_NAME = "high-water-marks.json"
_PREFIX = "ticketz:high-water-mark:"


class Mark(NamedTuple):
    """The fence of a gateway at `noted_at` (seconds since 1970)."""

    fence: int
    noted_at: float


NONE = Mark(0, 0.0)


def load_marks(uids: Iterable[UUID]) -> dict[UUID, Mark]:
    """The highest known mark of each gateway. Gateways without one are left out."""
    wanted = list(uids)
    in_file, in_redis = _load_file(), _load_redis(wanted)
    highest = {uid: max(in_file.get(str(uid), NONE), in_redis.get(uid, NONE)) for uid in wanted}
    return {uid: mark for uid, mark in highest.items() if mark.fence}


def raise_marks(fences: Mapping[UUID, int]) -> None:
    """Raise the marks to these fences. A higher mark stays."""
    _raise_in_file(fences)
    _raise_in_redis(fences)


def _path() -> Path:
    return Path(settings.VAR_DIR) / FILE_NAME


def _load_file() -> dict[str, Mark]:
    try:
        marks = json.loads(_path().read_text("utf-8"))
        return {str(uid): Mark(int(fence), float(noted_at)) for uid, (fence, noted_at) in marks.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        logger.warning("The marks in %s can't be read: %s", FILE_NAME, type(error).__name__)
        return {}


def _raise_in_file(fences: Mapping[UUID, int]) -> None:
    marks = _load_file()
    now = time.time()
    higher = {str(uid): Mark(fence, now) for uid, fence in fences.items() if fence > marks.get(str(uid), NONE).fence}
    if not higher:
        return
    try:
        _replace(json.dumps(marks | higher))
    except OSError as error:
        logger.warning("The marks in %s can't be written: %s", FILE_NAME, type(error).__name__)


def _replace(text: str) -> None:
    """Replace the file atomically: nobody reads half of it, even after a power cut."""
    path = _path()
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=FILE_NAME)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _load_redis(uids: list[UUID]) -> dict[UUID, Mark]:
    if not settings.REDIS_URL or not uids:
        return {}
    try:
        with _redis() as redis:
            found = redis.mget([f"{_PREFIX}{uid}" for uid in uids])
        marks = {uid: json.loads(mark) for uid, mark in zip(uids, found, strict=True) if mark is not None}
        return {uid: Mark(int(fence), float(noted_at)) for uid, (fence, noted_at) in marks.items()}
    except (RedisError, OSError, ValueError, TypeError) as error:
        logger.warning("The marks in Redis can't be read: %s", type(error).__name__)
        return {}


def _raise_in_redis(fences: Mapping[UUID, int]) -> None:
    known = _load_redis(list(fences))
    now = time.time()
    higher = {
        f"{_PREFIX}{uid}": json.dumps(Mark(fence, now))
        for uid, fence in fences.items()
        if fence > known.get(uid, NONE).fence
    }
    if not settings.REDIS_URL or not higher:
        return
    try:
        with _redis() as redis:
            redis.mset(higher)
    except (RedisError, OSError) as error:
        logger.warning("The marks in Redis can't be written: %s", type(error).__name__)


def _redis() -> Redis:
    return Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
