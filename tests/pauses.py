"""Between two tries of a call Ticketz waits for seconds: time that proves nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from billing.whmcs import RetryPolicy


@contextmanager
def without_pauses() -> Iterator[None]:
    """Within the block a call is tried again at once."""
    at_once = {**(RetryPolicy.__init__.__kwdefaults__ or {}), "sleep": lambda seconds: None}
    with patch.object(RetryPolicy.__init__, "__kwdefaults__", at_once):
        yield
