"""Key files that running processes watch, so that keys can be rotated without a restart."""

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, overload

from celery.signals import task_prerun
from django.conf import settings
from django.core.signals import request_started

logger = logging.getLogger(__name__)
# Inode, time and size: a replaced file has another inode, an edited one another time.
Stamp = tuple[int, int, int]


class KeyFile(Sequence[str]):
    """The keys of a file, newest first. Each use checks whether the file has changed.

    A check costs one `stat`. Unusable keys and a missing file are logged, and the last usable keys
    stay in use: a slip must not stop a running installation.
    """

    def __init__(self, name: str, path: Path, parse: Callable[[str], list[str]]) -> None:
        """`parse` turns the text into keys and raises ValueError if none is usable, as does this constructor."""
        self._name, self._path, self._parse = name, path, parse
        self._seen: Stamp | None = self._stamp()
        self._keys: tuple[str, ...] = tuple(parse(path.read_text("utf-8")))

    def current(self) -> tuple[str, ...]:
        """The current keys."""
        seen = self._stamp()
        if seen != self._seen:
            # Set first: formatting a log line uses the keys too, and an unusable file must be logged only once.
            self._seen = seen
            self._read()
        return self._keys

    def _read(self) -> None:
        try:
            self._keys = tuple(self._parse(self._path.read_text("utf-8")))
        except (OSError, ValueError) as error:
            logger.error("%s can't be used, the keys of before stay in use: %s", self._name, type(error).__name__)
        else:
            logger.warning("%s has changed: %d keys are in use now", self._name, len(self._keys))

    def _stamp(self) -> Stamp | None:
        """None if the file is gone."""
        try:
            found = os.stat(self._path)
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def __len__(self) -> int:
        return len(self.current())

    def __iter__(self) -> Iterator[str]:
        return iter(self.current())

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        return self.current()[index]

    def __repr__(self) -> str:
        return f"KeyFile({self._name})"


def follow_signing_keys(**kwargs: Any) -> None:
    """Make Django sign with the newest key of `SECRET_KEY_FILE`, and accept signatures of the others.

    Django's keys are plain settings, so each request and each task begins with a check of the file.
    """
    keys = tuple(settings.SIGNING_KEYS)
    if (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS) != keys:
        # In this order, another thread never misses the key that it has just signed with.
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY, *keys]
        settings.SECRET_KEY = keys[0]
        settings.SECRET_KEY_FALLBACKS = list(keys[1:])


def follow_in_requests() -> None:
    """Begin each request and each task with that check."""
    if isinstance(settings.SIGNING_KEYS, KeyFile):
        request_started.connect(follow_signing_keys, dispatch_uid="ticketz.signing_keys")
        task_prerun.connect(follow_signing_keys, dispatch_uid="ticketz.signing_keys")
