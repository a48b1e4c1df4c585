"""What a scenario needs: haste, and real workers where the suite runs with Redis."""

import os
from collections.abc import Iterator

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from tests.rows import hurry
from tests.scoreboard.quick import PATIENCE_FILE, quicken
from tests.scoreboard.workers import Workers


@pytest.fixture(scope="session")
def workers(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Workers | None]:
    """Real worker processes where the suite runs with Redis; without it Ticketz is the command in this process."""
    folder = tmp_path_factory.mktemp("scoreboard")
    os.environ[PATIENCE_FILE] = str(folder / "patience")
    with django_db_blocker.unblock():
        hurry()
    if not settings.REDIS_URL:
        yield None
        return
    workers = Workers(folder)
    yield workers
    workers.end()


@pytest.fixture(autouse=True)
def _haste() -> Iterator[None]:
    with quicken():
        yield
