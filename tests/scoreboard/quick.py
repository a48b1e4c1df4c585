"""What takes time and proves nothing is short here: pauses between tries, waiting for an answer, hashing."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from billing.whmcs import Limits, WhmcsClient
from tests.hashing import cheap_hashes
from tests.pauses import without_pauses

PATIENCE_FILE = "SCOREBOARD_PATIENCE_FILE"
PATIENCE = 10.0


@contextmanager
def quicken() -> Iterator[None]:
    """Within the block this process hurries; a worker never leaves it."""
    begin = WhmcsClient.__init__

    def begin_impatiently(self: WhmcsClient, *who: Any, **options: Any) -> None:
        begin(self, *who, **{"limits": Limits(seconds=patience()), **options})

    with (
        cheap_hashes(),
        without_pauses(),
        patch.object(WhmcsClient, "__init__", begin_impatiently),
    ):
        yield


def patience() -> float:
    """Seconds to wait for one answer. A file says it, so that a worker process hears of it too."""
    try:
        return float(Path(os.environ[PATIENCE_FILE]).read_text())
    except (KeyError, OSError, ValueError):
        return PATIENCE


def set_patience(seconds: float) -> None:
    """Let every client that is made from now on, in this process and in the workers, wait only so long."""
    path = Path(os.environ[PATIENCE_FILE])
    part = path.with_suffix(".part")
    part.write_text(str(seconds))
    part.replace(path)
